"""What pages show of the limits' verdict on examples: reasons in words, flags, rulings."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.urls import reverse

from annotate.access import Access
from annotate.models import Dataset, Example
from review.explanations import explained
from review.forms import AddressForm, PlaceForm
from review.limits import Limit, bounds_words
from review.models import ClusterMember, Measurement, Ruling
from review.policies import Policy
from review.queries.funnels import Funnel, funnel
from review.queries.policies import policy_of
from review.queries.reasons import (
    FLAGGED,
    KEPT,
    LANGUAGE,
    OUTSIDE,
    RESCUED,
    count_of,
    examples_by,
    measurement_of,
    memberships_of,
    reasons_page,
    rulings_on,
    rulings_page,
)
from review.queries.spoken import language_name, languages_of
from review.queries.verdicts import UNMEASURED
from review.verdicts import BY_HAND, Reason, Verdict, verdict
from review.views.funnels import reasons_url
from review.views.standings import STANDING_NAMES, standing_choices, standing_counts

NAMES = {
    BY_HAND: "Dropped by hand",
    KEPT: "Kept",
    RESCUED: "Kept by hand",
    UNMEASURED: "Not measured yet",
}


LANGUAGES_SHOWN = 12

# Button, value as sent, look, key: what a manager may do with the examples of a reason.
Action = tuple[str, str, str, str]
KEEP: Action = ("Keep anyway", str(Ruling.Verdict.KEEP.value), "good", "a")
DROP: Action = ("Drop", str(Ruling.Verdict.DROP.value), "bad", "d")
NEITHER: Action = ("Leave to the limits", str(Ruling.Verdict.NEITHER.value), "", "l")


@dataclass(frozen=True, slots=True)
class Line:
    """One reason in words, with what explains it, and who is kept instead of a duplicate."""

    label: str
    text: str
    notes: Sequence[str] = ()
    member: ClusterMember | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """An example with the verdict on its present text, its reasons and flags in words, and the ruling that counts."""

    example: Example
    verdict: Verdict
    reasons: Sequence[Line]
    flags: Sequence[Line]
    ruling: Ruling | None
    values: dict[str, Any] = field(default_factory=dict)


def judged(examples: Sequence[Example], policy: Policy) -> list[Judged]:
    """Judge examples with their measurements loaded, each in words."""
    members, rulings = memberships_of(examples), rulings_on(examples)
    return [
        _judged(example, policy, members.get(example.pk, []), rulings.get(example.pk)) for example in examples
    ]


def dropped_context(access: Access, dataset: Dataset, place: PlaceForm) -> dict[str, Any]:
    """Return what the page of one reason's examples shows. Raises NoSuchReason."""
    _, policy = policy_of(access.project)
    found = funnel(dataset)
    by = place.value("by") or _first(found)
    examples = examples_by(dataset, policy, by)
    page = reasons_page(examples, after=place.value("after"), before=place.value("before"))
    limit, spoken = policy.limit(by.rpartition(":")[2]), languages_of(dataset)
    counts = {f"{LANGUAGE}{code}": count for code, count in spoken.items()} | standing_counts(dataset)
    return {
        "dataset": dataset, "found": found, "by": by, "name": name_of(by, limit),
        "asked": bounds_words(limit) if limit else "",
        "count": counts.get(by, count_of(found, by)),
        "others": _others(dataset, found, by, limit),
        "choices": [*_choices(dataset, found, by), standing_choices(dataset, by), _languages(dataset, spoken, by)],
        "rows": judged(page.rows, policy), "back": _here(dataset, by, place),
        "first": reasons_url(dataset, by),
        "previous": page.previous and reasons_url(dataset, by, before=page.previous),
        "next": page.next and reasons_url(dataset, by, after=page.next),
        "ruled": ruled(access, place),
        "actions": _actions(by),
    }  # fmt: skip


def rulings_context(access: Access, place: PlaceForm) -> dict[str, Any]:
    """Return a page of the project's rulings."""
    rows, next_before = rulings_page(access.project, before=place.value("before") or 0)
    page = reverse("review:rulings", args=[access.project.slug])
    return {
        "rulings": rows,
        "first": page if place.value("before") else "",
        "next": f"{page}?before={next_before}" if next_before else "",
        "back": page,
    }


def ruled(access: Access, place: AddressForm) -> Ruling | None:
    """Return the ruling that the address says was just made."""
    rulings = Ruling.objects.filter(project=access.project, undone_at=None)
    return rulings.filter(pk=place.value("ruled") or 0).first()


def name_of(by: str, limit: Limit | None) -> str:
    """Name a reason as a heading: "Dropped by Length"."""
    if by in STANDING_NAMES:
        return STANDING_NAMES[by]
    if by.startswith(LANGUAGE):
        return language_name(by.removeprefix(LANGUAGE))
    if by in NAMES or limit is None:
        return NAMES.get(by, by)
    word = "Flagged by" if by.startswith(FLAGGED) else "Outside" if by.startswith(OUTSIDE) else "Dropped by"
    return f"{word} {limit.label}"


def _judged(
    example: Example, policy: Policy, members: Sequence[ClusterMember], ruling: Ruling | None
) -> Judged:
    values = _values(measurement_of(example), policy)
    found = verdict(values, policy)
    by_kind = {member.kind: member for member in members}

    def line(reason: Reason) -> Line:
        notes = explained(reason.slug, values, example.conversation.turns)
        return Line(reason.label, reason.text, notes, by_kind.get(reason.slug))

    reasons, flags = ([line(reason) for reason in some] for some in (found.reasons, found.flags))
    return Judged(example, found, reasons, flags, ruling, values)


def _values(row: Measurement | None, policy: Policy) -> dict[str, Any]:
    if row is None:
        return {}
    fields = {limit.field for limit in policy.limits}
    return {name: getattr(row, name) for name in (*fields, "ruling", "details", "format_issues")}


def _actions(by: str) -> list[Action]:
    ways = {BY_HAND: [NEITHER, KEEP], KEPT: [DROP], RESCUED: [NEITHER, DROP], UNMEASURED: [KEEP, DROP]}
    ways |= {name: [DROP] for name in STANDING_NAMES}
    return ways.get(by, [KEEP, DROP] if by.startswith((FLAGGED, LANGUAGE)) else [KEEP])


def _first(found: Funnel) -> str:
    return next((slug for slug, count in found.dropped.items() if count), KEPT)


def _here(dataset: Dataset, by: str, place: PlaceForm) -> str:
    where = {name: place.value(name) for name in ("after", "before") if place.value(name)}
    return reasons_url(dataset, by, **where)


def _others(dataset: Dataset, found: Funnel, by: str, limit: Limit | None) -> dict[str, Any] | None:
    """Return the way between what fell at a limit and all that is outside it, where these differ."""
    if limit is None or not limit.drops:
        return None
    here, every = count_of(found, limit.slug), count_of(found, f"{OUTSIDE}{limit.slug}")
    if by.startswith(OUTSIDE):
        return {"url": reasons_url(dataset, limit.slug), "count": here, "text": "dropped here first"}
    if here == every:
        return None
    return {
        "url": reasons_url(dataset, f"{OUTSIDE}{limit.slug}"),
        "count": every,
        "text": "outside this limit in all, whatever dropped or kept them",
    }


def _choices(dataset: Dataset, found: Funnel, by: str) -> list[dict[str, Any]]:
    """Return every reason with its count: what drops, what flags, what is kept."""
    steps = [(step.slug, step.label) for step in found.steps if step.action == "drop"]
    flags = [(f"{FLAGGED}{step.slug}", step.label) for step in found.steps if step.action == "flag"]
    kept = [(KEPT, "Kept"), (RESCUED, "Kept by hand")]
    waiting = [(UNMEASURED, NAMES[UNMEASURED])] if found.unmeasured else []
    groups = (("Dropped by", steps), ("Flagged by", flags), ("Otherwise", [*kept, *waiting]))
    return [
        {"label": label, "items": [_choice(dataset, found, by, *one) for one in some]}
        for label, some in groups
    ]


def _languages(dataset: Dataset, spoken: dict[str, int], by: str) -> dict[str, Any]:
    """Return the languages that most examples are in, and the one that is shown."""
    shown = [
        code for place, code in enumerate(spoken) if place < LANGUAGES_SHOWN or by == f"{LANGUAGE}{code}"
    ]
    items = [
        {
            "label": language_name(code),
            "count": spoken[code],
            "url": reasons_url(dataset, f"{LANGUAGE}{code}"),
            "current": by == f"{LANGUAGE}{code}",
        }
        for code in shown
    ]
    return {"label": "Language", "items": items}


def _choice(dataset: Dataset, found: Funnel, by: str, slug: str, label: str) -> dict[str, Any]:
    current = by in (slug, f"{OUTSIDE}{slug}")
    return {
        "label": label,
        "count": count_of(found, slug),
        "url": reasons_url(dataset, slug),
        "current": current,
    }
