"""What the page of reviewers shows, laid out from its numbers; each figure with the address of its examples."""

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from accounts.models import User
from annotate.access import Access
from annotate.templatetags.annotate_text import known_as
from review.estimates.agreement import Agreement, Confusion, PairAgreement, RaterAgreement
from review.estimates.reasons import ReasonAgreement
from review.estimates.words import percent
from review.people_forms import PauseForm
from review.queries.gold import GoldScore, PauseState
from review.queries.rules import Rules
from review.views.people_tabs import people_tabs
from review.views.reviewer_numbers import ReviewerNumbers, Reviewers

# The agreement on fewer says next to nothing of a pair or a person.
FEW = 20
PAIRS_SHOWN = 40
LISTED = (
    "sampled", "bad", "today", "week", "both", "apart", "settled", "overruled", "looked", "overturned",
    "gold", "answers", "skipped",
)  # fmt: skip

type Address = Callable[..., str]


def reviewers_context(
    access: Access, found: Reviewers, pausing: User | None = None, pause_form: PauseForm | None = None
) -> dict[str, Any]:
    """Return everything that the page shows; the form of a pause where it was sent and is to be mended."""
    address = labels_address(access)
    slug = access.project.slug
    context = {
        "tabs": people_tabs(access, "reviewers"),
        "people": [_person(access, found.rules, each, address) for each in found.people],
        "pausing": pausing,
        "pause_form": pause_form or PauseForm(),
        "urls": {
            "csv": reverse("review:reviewers_csv", args=[slug]),
            "json": reverse("review:reviewers_json", args=[slug]),
            "settled": address(kind="settled"),
        },
        "gold_window": found.rules.stored.gold_window,
    }
    if access.manages:
        context |= {
            "overall": overall_words(found.agreement, found.rules.stored.alpha_wanted, address),
            "confusion": _cells(found.agreement.confusion, address) if found.agreement.items else [],
            "pairs": [_pair(found.names, pair, address) for pair in found.agreement.pairs[:PAIRS_SHOWN]],
            "pairs_more": max(0, len(found.agreement.pairs) - PAIRS_SHOWN),
            "reasons": reasons_shown(found.reasons, found.rules, address),
        }
    return context


def labels_address(access: Access) -> Address:
    """Return what makes the address of the list of labels that are so and so."""
    base = reverse("review:reviewer_labels", args=[access.project.slug])

    def address(**asked: Any) -> str:
        return (
            f"{base}?{urlencode({name: value for name, value in asked.items() if value not in (None, '')})}"
        )

    return address


def overall_words(found: Agreement, wanted: float, address: Address) -> dict[str, Any]:
    """Say how far all agree, and whether that is what the project wants."""
    if not found.items:
        return {"items": 0}
    said: dict[str, Any] = {
        "items": found.items,
        "share": percent(found.share or 0.0),
        "both_url": address(kind="both"),
        "apart": _apart(found.confusion),
        "apart_url": address(kind="apart"),
        "wanted": f"{wanted:.3g}",
    }
    if found.alpha is None:
        return said | {"alpha": None}
    interval = f"{_signed(found.low)} to {_signed(found.high or 0.0)}" if found.low is not None else ""
    sure = found.low is not None and (found.low >= wanted or (found.high or 0.0) < wanted)
    reached = found.alpha >= wanted
    return said | {
        "alpha": _signed(found.alpha),
        "interval": interval,
        "reached": reached,
        "sure": sure,
        "tone": "good" if reached and sure else "warn" if reached or not sure else "bad",
    }


def reasons_shown(found: Sequence[ReasonAgreement], rules: Rules, address: Address) -> list[dict[str, Any]]:
    """Return how far reviewers agree on each reason that anybody gave."""
    words = {reason.slug: reason.label for reason in rules.reasons}
    return [
        {
            "label": words.get(one.reason, one.reason),
            "both": one.both,
            "one": one.one,
            "share": percent(one.share) if one.share is not None else "",
            "overlap": percent(one.overlap) if one.overlap is not None else "",
            "alpha": _signed(one.alpha) if one.alpha is not None else "",
            "url": address(kind="reason", reason=one.reason),
            "both_url": address(kind="shared", reason=one.reason),
        }
        for one in found
        if one.both or one.one
    ]


def _signed(value: float) -> str:
    """Write a coefficient with two decimals, and a minus sign that is as wide as a plus."""
    return f"{value:.2f}".replace("-", "\N{MINUS SIGN}")


def _apart(confusion: Confusion) -> int:
    """Count the pairs of verdicts that differ: each stands on both sides of the diagonal."""
    good, bad = confusion.verdicts
    return confusion.count(good, bad)


def _cells(confusion: Confusion, address: Address) -> list[dict[str, Any]]:
    """Return the confusion of all reviewers: the pairs of verdicts that met, and their examples."""
    good, bad = confusion.verdicts
    same = {verdict: address(kind="both", mine=verdict, theirs=verdict) for verdict in (good, bad)}
    return [
        {"label": "both good", "count": confusion.count(good, good), "url": same[good], "tone": ""},
        {
            "label": "one good, one bad",
            "count": _apart(confusion),
            "url": address(kind="apart"),
            "tone": "warn",
        },
        {"label": "both bad", "count": confusion.count(bad, bad), "url": same[bad], "tone": ""},
    ]


def _pair(names: dict[int, User], pair: PairAgreement, address: Address) -> dict[str, Any]:
    first, second = int(str(pair.first)), int(str(pair.second))
    asked = {"by": first, "beside": second}
    good, bad = pair.confusion.verdicts
    return {
        "first": names[first],
        "second": names[second],
        "items": pair.items,
        "items_url": address(kind="both", **asked),
        "share": percent(pair.share),
        "kappa": _signed(pair.kappa) if pair.kappa is not None else "",
        "few": pair.items < FEW,
        "cells": [
            {
                "count": pair.confusion.count(mine, theirs),
                "url": address(kind="both", mine=mine, theirs=theirs, **asked),
                "apart": mine != theirs,
            }
            for mine, theirs in ((good, good), (good, bad), (bad, good), (bad, bad))
        ],
    }


def _person(access: Access, rules: Rules, one: ReviewerNumbers, address: Address) -> dict[str, Any]:
    """Return a reviewer's row: for managers with the gold score and the bad share of what was drawn at random."""
    work, by = one.work, one.user.pk
    urls = {kind: address(by=by, kind=kind) for kind in LISTED}
    urls["all"] = address(by=by)
    urls["stricter"] = address(by=by, kind="both", mine="bad", theirs="good")
    urls["milder"] = address(by=by, kind="both", mine="good", theirs="bad")
    bad, of = (work.sampled_bad, work.sampled) if access.manages else (work.bad, work.decided)
    return {
        "user": one.user,
        "name": known_as(one.user, access),
        "role": one.role,
        "work": work,
        "urls": urls,
        "bad": bad,
        "of": of,
        "bad_share": percent(bad / of) if of else "",
        "bad_interval": f"{percent(one.bad.low)} to {percent(one.bad.high)} %"
        if access.manages and one.bad
        else "",
        "an_hour": round(work.an_hour) if work.an_hour else None,
        "median": f"{work.median:.0f}" if work.median is not None else "",
        "agreed": _agreed(one.agreed, one.kappa),
        "gold": _gold(one.gold, rules) if access.manages else None,
        "settled": one.settled,
        "against": one.against,
        "looked": one.looked,
        "overturned": one.overturned,
        "skipped": one.skipped,
        "pause": pause_words(one.pause) if one.pause else "",
        "qualified": one.qualified,
        "may_pause": access.manages and one.pause is None and one.role in ("reviewer", "manager"),
    }


def _agreed(found: RaterAgreement | None, kappa: float | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "items": found.items,
        "pairs": found.pairs,
        "apart": found.pairs - found.confusion.agreed,
        "share": percent(found.share),
        "interval": f"{percent(found.low)} to {percent(found.high)} %",
        "kappa": _signed(kappa) if kappa is not None else "",
        "few": found.pairs < FEW,
        "missed": found.confusion.count("good", "bad"),
        "stricter": found.confusion.count("bad", "good"),
    }


def _gold(score: GoldScore, rules: Rules) -> dict[str, Any]:
    low = score.accuracy is not None and not score.reaches(rules.stored.gold_accuracy)
    return {"right": score.right, "asked": score.asked, "wrong": score.asked - score.right, "low": low}


def pause_words(state: PauseState) -> str:
    """Say why somebody is paused."""
    at = f"{state.pause.at:%-d %b, %H:%M}"
    if state.by_hand:
        note = f": “{state.pause.note}”" if state.pause.note else ""
        return f"Paused by {state.pause.by} on {at}{note}."
    return (
        f"Paused on {at}: {state.right} of the last {state.asked} gold examples were right, "
        f"{state.needed} are needed."
    )
