"""What another policy would change: both funnels from one pass, and some of the examples it treats otherwise."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from django.db import connection

from annotate.models import Dataset, Example
from review.models import Measurement
from review.policies import Policy
from review.queries.funnels import Funnel, funnel_of
from review.queries.patterns import CURRENT, Pattern, patterns, verdict_of
from review.queries.verdicts import kept_sql, outside_sql
from review.verdicts import Verdict, verdict

Way = Literal["lost", "gained", "flags"]

SHOWN = 20
# Every example has a place on a circle, far from its neighbours': the golden ratio's share of the circle further on.
# Those below a bound are a spread-out part of all, the same every time, and are found without sorting.
CIRCLE = 1 << 31
STEP = 1_327_217_885
PLACE = f"(measurement.example_id %% {CIRCLE}) * {STEP} %% {CIRCLE}"
MOVED = "SELECT measurement.example_id FROM review_measurement measurement WHERE {current} AND ({moved})"
SPARE = 4  # times as many are looked up as are shown, so that there are enough of them


@dataclass(frozen=True, slots=True)
class Change:
    """One example that another policy treats otherwise, with what each of the two says of it."""

    example: Example
    way: Way
    was: Verdict
    will: Verdict


@dataclass(frozen=True, slots=True)
class Preview:
    """Two policies over the same examples: so many are no longer kept, newly kept, or kept with other flags."""

    was: Funnel
    will: Funnel
    lost: int
    gained: int
    flags: int
    changes: tuple[Change, ...] = ()

    @property
    def is_any(self) -> bool:
        return bool(self.lost or self.gained or self.flags)


def preview(scope: Sequence[Dataset], old: Policy, new: Policy, shown: int = SHOWN) -> Preview:
    """Compare two policies over the datasets' submitted examples, with up to `shown` of those that would change.

    Those shown are spread over all that change, and the same every time; each way has its share of them, and what
    changes sides comes before what only changes its flags.
    """
    found = patterns(scope, [old, new])
    total = Example.objects.submitted().filter(dataset__in=scope).count()
    counts: Counter[Way | None] = Counter()
    for pattern in found:
        counts[_way(pattern, old, new)] += pattern.count
    return Preview(
        was=funnel_of(found, old, total),
        will=funnel_of(found, new, total, 1),
        lost=counts["lost"],
        gained=counts["gained"],
        flags=counts["flags"],
        changes=_changes(scope, old, new, _shares(counts, shown), counts),
    )


def _way(pattern: Pattern, old: Policy, new: Policy) -> Way | None:
    was, will = (verdict_of(pattern, policy, number) == "" for number, policy in enumerate((old, new)))
    if was != will:
        return "lost" if was else "gained"
    flags = [_flags(policy) & seen.outside for policy, seen in zip((old, new), pattern.seen, strict=True)]
    return "flags" if was and flags[0] != flags[1] else None


def _flags(policy: Policy) -> frozenset[str]:
    return frozenset(limit.slug for limit in policy.limits if not limit.drops)


def _shares(counts: Mapping[Way | None, int], shown: int) -> dict[Way, int]:
    """Return how many to show of each way: half each where examples move both ways, and flags in what is left."""
    lost, gained = counts["lost"], counts["gained"]
    of_lost = min(lost, max(shown // 2, shown - gained))
    of_gained = min(gained, shown - of_lost)
    shares: dict[Way, int] = {"lost": of_lost, "gained": of_gained}
    shares["flags"] = min(counts["flags"], shown - of_lost - of_gained)
    return {way: share for way, share in shares.items() if share}


def _changes(
    scope: Sequence[Dataset],
    old: Policy,
    new: Policy,
    shares: Mapping[Way, int],
    counts: Mapping[Way | None, int],
) -> tuple[Change, ...]:
    bounds = {way: min(CIRCLE, CIRCLE * SPARE * SHOWN // counts[way]) for way in shares}
    ids = _moved(scope, old, new, bounds)
    ways: dict[Way, list[tuple[int, Verdict, Verdict]]] = {way: [] for way in shares}
    fields = ["ruling", *dict.fromkeys(limit.field for policy in (old, new) for limit in policy.limits)]
    rows = Measurement.objects.filter(pk__in=ids).values("pk", *fields)
    for row in sorted(rows, key=lambda row: row["pk"] % CIRCLE * STEP % CIRCLE):
        was, will = verdict(row, old), verdict(row, new)
        way: Way = "flags" if was.kept == will.kept else "lost" if was.kept else "gained"
        if way in ways:
            ways[way].append((row["pk"], was, will))
    chosen = [(way, *one) for way, share in shares.items() for one in ways[way][:share]]
    examples = Example.objects.select_related("dataset__project").in_bulk([pk for _, pk, _, _ in chosen])
    return tuple(Change(examples[pk], way, was, will) for way, pk, was, will in chosen if pk in examples)


def _moved(scope: Sequence[Dataset], old: Policy, new: Policy, bounds: Mapping[Way, int]) -> list[int]:
    """Return the ids of those that change in each way, as far as their place is below the way's bound."""
    if not bounds:
        return []
    # `CURRENT` has compared the revisions already.
    was, will = (f"({kept_sql(policy, 'measurement', 'measurement')}) IS TRUE" for policy in (old, new))
    moved = {
        "lost": f"{was} AND NOT {will}",
        "gained": f"{will} AND NOT {was}",
        "flags": f"{was} AND {will} AND ({_flags_differ(old, new)})",
    }
    terms = [f"{PLACE} < {bound} AND {moved[way]}" for way, bound in bounds.items()]
    with connection.cursor() as cursor:
        statement = MOVED.format(current=CURRENT, moved=" OR ".join(terms))
        cursor.execute(statement, [[dataset.pk for dataset in scope]])
        return [pk for (pk,) in cursor.fetchall()]


def _flags_differ(old: Policy, new: Policy) -> str:
    pairs = ((_flagged_sql(old, slug), _flagged_sql(new, slug)) for slug in _flags(old) | _flags(new))
    return " OR ".join(sorted(f"{was} <> {will}" for was, will in pairs if was != will)) or "FALSE"


def _flagged_sql(policy: Policy, slug: str) -> str:
    limit = policy.limit(slug)
    return outside_sql(limit, "measurement") if limit and not limit.drops else "FALSE"
