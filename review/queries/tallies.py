"""Counts of datasets as pages read them: at once from what was counted before where they are large, else counted now.

A page shows with a stored count when it was made and whether it still holds. What a decision rests on is never read
from here but counted (`queries.reports`).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Count, Sum
from django.utils import timezone

from annotate.models import Dataset, Example
from review.forecasts import WINDOW_DAYS
from review.models import Tally
from review.queries.funnels import Funnel, Step, funnel
from review.queries.overlaps import overlapping, unchecked
from review.queries.paces import good_by_day
from review.queries.policies import policy_of
from review.queries.releases import RELEASED, standings, with_standing
from review.queries.reports import SampleCounts, sample_counts
from review.queries.sample_rows import Reviewed, reviewed_of, samples_of
from review.queries.slices import Populations, populations_of
from review.queries.stamps import stamps_of
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

    def as_value[V](self, value: V) -> "Counted[V]":
        """Return the same count in another shape."""
        return Counted(value, self.at, self.is_current)


@dataclass(frozen=True, slots=True)
class Kept:
    """A dataset's funnel, and how many are kept of each import by its id; 0 stands for what was written here."""

    funnel: Funnel
    by_import: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Approved:
    """Of what would be released: the tokens, and how many examples hold an evaluation item or were not compared."""

    tokens: int
    contaminated: int
    unchecked: int


class DatasetCounts:
    """The counts of one dataset for one page; each is read when it is first asked for, and compared at one moment."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset

    @cached_property
    def kept(self) -> Counted[Kept]:
        """What the limits keep."""
        found = self._counted(Tally.Kind.KEPT)
        stored = found.value
        steps = tuple(Step(**step) for step in stored["funnel"].pop("steps"))
        by_import = {int(pk): count for pk, count in stored["by_import"].items()}
        return found.as_value(Kept(Funnel(**stored["funnel"], steps=steps), by_import))

    @cached_property
    def parts(self) -> Counted[dict[int, Populations]]:
        """How many are kept of each part (`queries.slices`) of each import by its id."""
        found = self._counted(Tally.Kind.PARTS)
        return found.as_value({int(pk): parts for pk, parts in found.value.items()})

    @cached_property
    def samples(self) -> Counted[dict[int, SampleCounts]]:
        """How each sample stands, by the sample's id."""
        found = self._counted(Tally.Kind.ITEMS)
        return found.as_value({int(pk): SampleCounts(**values) for pk, values in found.value.items()})

    @cached_property
    def said(self) -> Counted[dict[int, Reviewed]]:
        """What the labels on each sample say, by the sample's id."""
        found = self._counted(Tally.Kind.LABELS)
        return found.as_value({int(pk): Reviewed.from_json(values) for pk, values in found.value.items()})

    @cached_property
    def standings(self) -> Counted[dict[str, int]]:
        """How many would be released now ("") and how many are held back by what (`queries.releases`)."""
        return self._counted(Tally.Kind.STANDINGS)

    @cached_property
    def training(self) -> Counted[Approved]:
        """What fine-tuning asks of the approved examples."""
        found = self._counted(Tally.Kind.TRAINING)
        return found.as_value(Approved(**found.value))

    @cached_property
    def days(self) -> Counted[dict[date, int]]:
        """How many examples people approved on each of the days that a forecast looks back on."""
        found = self._counted(Tally.Kind.DAYS)
        return found.as_value({date.fromisoformat(day): count for day, count in found.value.items()})

    @property
    def approved(self) -> int:
        """How many a release made now would hold."""
        return self.standings.value.get(RELEASED, 0)

    def has_stored(self, kind: str) -> bool:
        """Say whether a count is stored, so that nothing need be counted for it."""
        return kind in self._stored

    def _counted(self, kind: str) -> Counted[Any]:
        stored = self._stored.get(kind)
        if stored is None:
            return Counted(count(self.dataset, kind), timezone.now(), True)
        return Counted(stored.counts, stored.counted_at, stored.stamp == self._stamps[kind])

    @cached_property
    def _stored(self) -> Mapping[str, Tally]:
        # The counts of labels are long, and not every page shows them.
        return {tally.kind: tally for tally in Tally.objects.filter(dataset=self.dataset).defer("counts")}

    @cached_property
    def _stamps(self) -> Mapping[str, str]:
        return stamps_of(self.dataset)


def not_stored(counts: Iterable[DatasetCounts], kind: str) -> list[Dataset]:
    """Return the datasets that are not stored: what is wanted of all of them can be counted at once."""
    return [each.dataset for each in counts if not each.has_stored(kind)]


def stale_since(*found: Counted[Any]) -> datetime | None:
    """Return when the oldest was made of those counts that no longer hold."""
    return min((counted.at for counted in found if not counted.is_current), default=None)


def count(dataset: Dataset, kind: str) -> Any:
    """Count a dataset, as plain values."""
    return COUNTS[Tally.Kind(kind)](dataset)


def is_large(dataset: Dataset) -> bool:
    """Say whether a dataset is too large to be counted whenever somebody looks; reads no further than that."""
    return Example.objects.filter(dataset=dataset)[LARGE - 1 : LARGE].exists()


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


def _training(dataset: Dataset) -> dict[str, int]:
    _, policy = policy_of(dataset.project)
    approved = with_standing([dataset], policy).filter(standing=RELEASED)
    tokens: int | None = approved.aggregate(tokens=Sum("measurement__tokens"))["tokens"]
    contaminated = overlapping([dataset], policy).count()
    return {
        "tokens": tokens or 0,
        "contaminated": contaminated,
        "unchecked": unchecked(dataset.project, [dataset], policy),
    }


def _days(dataset: Dataset) -> dict[str, int]:
    # Without a new label no day changes, and the days that are looked at move on: none is ever missing.
    first = timezone.now().date() - timedelta(days=WINDOW_DAYS)
    return {day.isoformat(): number for day, number in good_by_day([dataset], first).items()}


def _items(dataset: Dataset) -> dict[str, Any]:
    _, policy = policy_of(dataset.project)
    return {str(sample.pk): asdict(sample_counts(sample, policy)) for sample in samples_of(dataset)}


def _labels(dataset: Dataset) -> dict[str, Any]:
    return {str(sample.pk): reviewed_of(sample).as_json() for sample in samples_of(dataset)}


COUNTS: Mapping[Tally.Kind, Callable[[Dataset], Any]] = {
    Tally.Kind.KEPT: _kept,
    Tally.Kind.PARTS: _parts,
    Tally.Kind.STANDINGS: _standings,
    Tally.Kind.TRAINING: _training,
    Tally.Kind.DAYS: _days,
    Tally.Kind.ITEMS: _items,
    Tally.Kind.LABELS: _labels,
}
