"""Counts of datasets as pages read them: at once from what was counted before where they are large, else counted now.

A page shows with a stored count when it was made and whether it still holds. What a decision rests on is never read
from here but counted (`queries.reports`).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count
from django.utils import timezone

from annotate.models import Dataset, Example
from review.models import Tally
from review.queries.funnels import Funnel, Step, funnel
from review.queries.policies import policy_of
from review.queries.releases import RELEASED, standings
from review.queries.slices import Populations, populations_of
from review.queries.stamps import stamp_of
from review.queries.verdicts import kept

# Fewer are counted whenever a page is asked for: that takes a tenth of a second.
LARGE = 100_000
WRITTEN = 0  # in the place of an import's id


@dataclass(frozen=True, slots=True)
class Counted[T]:
    """What was counted, when, and whether it is what counting now would say."""

    value: T
    at: datetime
    is_current: bool


@dataclass(frozen=True, slots=True)
class Kept:
    """A dataset's funnel, and how many are kept of each import by its id; 0 stands for what was written here."""

    funnel: Funnel
    by_import: Mapping[int, int]


def kept_of(dataset: Dataset) -> Counted[Kept]:
    """Return what the limits keep of a dataset."""
    found = _counted(dataset, Tally.Kind.KEPT)
    stored = found.value
    steps = tuple(Step(**step) for step in stored["funnel"].pop("steps"))
    by_import = {int(pk): count for pk, count in stored["by_import"].items()}
    return Counted(Kept(Funnel(**stored["funnel"], steps=steps), by_import), found.at, found.is_current)


def parts_of(dataset: Dataset) -> Counted[dict[int, Populations]]:
    """Return how many are kept of each part (`queries.slices`) of each import by its id."""
    found = _counted(dataset, Tally.Kind.PARTS)
    return Counted({int(pk): parts for pk, parts in found.value.items()}, found.at, found.is_current)


def standings_of(dataset: Dataset) -> Counted[dict[str, int]]:
    """Return how many would be released now ("") and how many are held back by what (`queries.releases`)."""
    return _counted(dataset, Tally.Kind.STANDINGS)


def approved_in(found: Sequence[Counted[dict[str, int]]]) -> int:
    """Add up the approved examples: those that a release made now would hold."""
    return sum(counts.value.get(RELEASED, 0) for counts in found)


def count(dataset: Dataset, kind: str) -> Any:
    """Count a dataset, as plain values."""
    return COUNTS[Tally.Kind(kind)](dataset)


def is_large(dataset: Dataset) -> bool:
    """Say whether a dataset is too large to be counted whenever somebody looks; reads no further than that."""
    return Example.objects.filter(dataset=dataset)[LARGE - 1 : LARGE].exists()


def _counted(dataset: Dataset, kind: str) -> Counted[Any]:
    stored = Tally.objects.filter(dataset=dataset, kind=kind).first()
    if stored is None:
        return Counted(count(dataset, kind), timezone.now(), True)
    return Counted(stored.counts, stored.counted_at, stored.stamp == stamp_of(dataset, kind))


def _kept(dataset: Dataset) -> dict[str, Any]:
    _, policy = policy_of(dataset.project)
    examples = Example.objects.submitted().filter(kept(policy), dataset=dataset)
    rows = examples.values_list("source_import").annotate(count=Count("pk")).order_by()
    by_import = {str(pk or WRITTEN): counted for pk, counted in rows}
    return {"funnel": asdict(funnel(dataset)), "by_import": by_import}


def _parts(dataset: Dataset) -> dict[str, Any]:
    _, policy = policy_of(dataset.project)
    return {str(pk): parts for pk, parts in populations_of(dataset, policy).items()}


def _standings(dataset: Dataset) -> dict[str, int]:
    _, policy = policy_of(dataset.project)
    return standings([dataset], policy)


COUNTS: Mapping[Tally.Kind, Callable[[Dataset], Any]] = {
    Tally.Kind.KEPT: _kept,
    Tally.Kind.PARTS: _parts,
    Tally.Kind.STANDINGS: _standings,
}
