"""A project at a glance: what each dataset holds and is worth, what is approved, and the pace of its people."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count
from django.db.models.functions import TruncDate
from django.utils import timezone

from annotate.models import Dataset, Project
from review.forecasts import WINDOW_DAYS
from review.models import Label, Queue
from review.queries.outcomes import GOOD, untaken
from review.queries.reports import DatasetReport, dataset_report
from review.queries.tallies import Counted, Kept, approved_in, kept_of, standings_of


@dataclass(frozen=True, slots=True)
class DatasetRow:
    """One dataset with what the limits keep of it, what would be released of it, and what its samples say."""

    dataset: Dataset
    kept: Counted[Kept]
    standings: Counted[dict[str, int]]
    report: DatasetReport

    @property
    def approved(self) -> int:
        return approved_in([self.standings])


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
        return approved_in([row.standings for row in self.rows])


def dashboard(project: Project, today: date) -> Dashboard:
    """Look at every dataset of a project, from stored counts where it is large."""
    datasets = Dataset.objects.filter(project=project).select_related("project")
    rows = tuple(dataset_row(dataset) for dataset in datasets)
    counts: list[Counted[Any]] = [count for row in rows for count in (row.kept, row.standings)]
    stale = [count.at for count in counts if not count.is_current]
    *days, current = approved_days(project, today)
    return Dashboard(rows, tuple(days), current, min(stale, default=None))


def dataset_row(dataset: Dataset) -> DatasetRow:
    """Return one dataset's line of the dashboard."""
    kept = kept_of(dataset)
    return DatasetRow(dataset, kept, standings_of(dataset), dataset_report(dataset, kept.value.by_import))


def approved_days(project: Project, today: date) -> tuple[Day, ...]:
    """Return for each of the last whole days, and for today, how many examples people called good, each once a day.

    Accepting a dataset approves many at once; that is no pace and not counted.
    """
    first = today - timedelta(days=WINDOW_DAYS)
    between = {"at__gte": _begin(first), "at__lt": _begin(today + timedelta(days=1))}
    said = Label.objects.filter(verdict=GOOD, example__dataset__project=project, **between)
    said = untaken(said.exclude(queue=Queue.GOLD))
    rows = (
        said.annotate(on=TruncDate("at"))
        .values("on")
        .annotate(count=Count("example", distinct=True))
        .order_by()
    )
    counted = {row["on"]: row["count"] for row in rows}
    days = (first + timedelta(days=number) for number in range(WINDOW_DAYS + 1))
    return tuple(Day(day, counted.get(day, 0)) for day in days)


def _begin(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
