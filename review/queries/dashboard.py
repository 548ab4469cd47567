"""A project at a glance: what each dataset holds and is worth, what is approved, and the pace of its people."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from annotate.models import Dataset, Project
from review.forecasts import WINDOW_DAYS
from review.models import Tally
from review.queries.paces import good_by_day
from review.queries.reports import DatasetReport, dataset_report
from review.queries.tallies import DatasetCounts, not_stored, stale_since


@dataclass(frozen=True, slots=True)
class DatasetRow:
    """One dataset with what the limits keep of it, what would be released of it, and what its samples say."""

    dataset: Dataset
    counts: DatasetCounts
    report: DatasetReport

    @property
    def approved(self) -> int:
        return self.counts.approved

    @property
    def stale_since(self) -> datetime | None:
        return stale_since(self.counts.kept, self.counts.standings, self.counts.samples)


@dataclass(frozen=True, slots=True)
class Day:
    """How many examples people approved on one day."""

    on: date
    count: int


@dataclass(frozen=True, slots=True)
class Dashboard:
    """A project's datasets, the last whole days, and today so far.

    `counted_at` is the oldest of the counts that no longer hold.
    """

    rows: tuple[DatasetRow, ...]
    days: tuple[Day, ...]
    today: Day
    counted_at: datetime | None

    @property
    def approved(self) -> int:
        return sum(row.approved for row in self.rows)


def dashboard(project: Project, today: date) -> Dashboard:
    """Look at every dataset of a project, from stored counts where it is large."""
    datasets = Dataset.objects.filter(project=project).select_related("project")
    rows = tuple(dataset_row(dataset) for dataset in datasets)
    stale = [row.stale_since for row in rows if row.stale_since]
    *days, current = approved_days([row.counts for row in rows], today)
    return Dashboard(rows, tuple(days), current, min(stale, default=None))


def dataset_row(dataset: Dataset) -> DatasetRow:
    """Return one dataset's line of the dashboard."""
    counts = DatasetCounts(dataset)
    return DatasetRow(
        dataset, counts, dataset_report(dataset, counts.kept.value.by_import, counts.samples.value)
    )


def approved_days(counts: Sequence[DatasetCounts], today: date) -> tuple[Day, ...]:
    """Return for each of the last whole days, and for today, how many examples people called good, each once a day."""
    first = today - timedelta(days=WINDOW_DAYS)
    counted = Counter[date]()
    for each in counts:
        if each.has_stored(Tally.Kind.DAYS):
            counted.update(each.days.value)
    counted.update(good_by_day(not_stored(counts, Tally.Kind.DAYS), first))
    days = (first + timedelta(days=number) for number in range(WINDOW_DAYS + 1))
    return tuple(Day(day, counted[day]) for day in days)
