"""The numbers of reviewers as values and as rows, for those who work with them elsewhere."""

from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from annotate.access import Access
from annotate.templatetags.annotate_text import known_as
from review.views.reviewer_numbers import ReviewerNumbers, Reviewers

HEAD = (
    "reviewer", "role", "decisions", "bad", "bad_share", "today", "seven_days", "decisions_per_hour",
    "median_seconds", "labelled_by_two", "agreement", "agreement_low", "agreement_high", "kappa", "gold_right",
    "gold_asked", "settled", "settled_otherwise", "second_looks", "second_looks_otherwise",
    "skipped", "paused",
)  # fmt: skip

type Row = tuple[Any, ...]


def reviewer_rows(access: Access, found: Reviewers) -> Iterator[Row]:
    """Yield one row for each reviewer under one head; what is not known is empty."""
    yield HEAD
    for one in found.people:
        values = _values(access, one)
        yield tuple("" if values[name] is None else values[name] for name in HEAD)


def reviewer_values(access: Access, found: Reviewers) -> dict[str, Any]:
    """Return all numbers of the page as plain values; shares lie between 0 and 1."""
    values: dict[str, Any] = {
        "project": access.project.slug,
        "reviewers": [_values(access, one) for one in found.people],
    }
    if not access.manages:
        return values
    agreed = found.agreement
    names = {pk: str(user) for pk, user in found.names.items()}
    return values | {
        "agreement": {
            **{name: getattr(agreed, name) for name in ("items", "share", "alpha", "low", "high")},
            "alpha_wanted": found.rules.stored.alpha_wanted,
            "confusion": asdict(agreed.confusion),
        },
        "pairs": [
            {
                "first": names[int(str(pair.first))],
                "second": names[int(str(pair.second))],
                **{name: getattr(pair, name) for name in ("items", "share", "kappa")},
                "confusion": asdict(pair.confusion),
            }
            for pair in agreed.pairs
        ],
        "reasons": [asdict(one) for one in found.reasons],
    }


def _values(access: Access, one: ReviewerNumbers) -> dict[str, Any]:
    work, agreed = one.work, one.agreed
    bad, of = (work.sampled_bad, work.sampled) if access.manages else (work.bad, work.decided)
    return {
        "reviewer": known_as(one.user, access),
        "role": one.role,
        "decisions": work.decided,
        "bad": bad,
        "bad_share": bad / of if of else None,
        "today": work.today,
        "seven_days": work.week,
        "decisions_per_hour": work.an_hour,
        "median_seconds": work.median,
        "labelled_by_two": agreed.items if agreed else 0,
        "agreement": agreed.share if agreed else None,
        "agreement_low": agreed.low if agreed else None,
        "agreement_high": agreed.high if agreed else None,
        "kappa": one.kappa,
        "gold_right": one.gold.right if access.manages else None,
        "gold_asked": one.gold.asked if access.manages else None,
        "settled": one.settled,
        "settled_otherwise": one.against,
        "second_looks": one.looked,
        "second_looks_otherwise": one.overturned,
        "skipped": one.skipped,
        "paused": one.pause is not None,
    }
