"""What the dashboard shows, laid out from its query."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import timezone

from annotate.access import Access
from annotate.models import Dataset
from review.forecasts import Forecast, forecast
from review.plots import IntervalPlot, axis_end, interval_plot, share_of
from review.project_forms import TargetForm
from review.queries.dashboard import Dashboard, DatasetRow, Day, dashboard
from review.queries.reasons import APPROVED, KEPT
from review.queries.reports import SampleReport
from review.queries.rules import rules_of
from review.readiness import LEAST_EXAMPLES
from review.views.funnels import reasons_url
from review.views.reports import TONES, percent

RECOMMENDED = {"accept": ("accept", "good"), "reject": ("reject", "bad"), "more": ("review more", "warn")}
ROOM = 1.06  # beyond the last mark of the track


@dataclass(frozen=True, slots=True)
class Track:
    """Approved examples on a line to the target, positions in 0..100."""

    done: float
    least: float
    target: float


@dataclass(frozen=True, slots=True)
class Bar:
    """One day of the pace: `height` in 0..100 of the best day, `left` and `width` in 0..100 of the plot."""

    day: Day
    left: float
    width: float
    height: float

    @property
    def top(self) -> float:
        return 100 - self.height


@dataclass(frozen=True, slots=True)
class SampleLine:
    """One sample of a dataset's row."""

    report: SampleReport
    url: str
    plot: IntervalPlot | None
    limit: float

    @property
    def name(self) -> str:
        return str(self.report.sample.source_import or "Written here")

    @property
    def share(self) -> str:
        return percent(self.report.found.share)

    @property
    def interval(self) -> str:
        found = self.report.found
        return "" if found.low is None else f"{percent(found.low)} to {percent(found.high)} %"

    @property
    def recommended(self) -> tuple[str, str]:
        return RECOMMENDED[self.report.recommended.kind]


@dataclass(frozen=True, slots=True)
class Line:
    """One dataset's row of the dashboard, each figure with the address of its examples."""

    dataset: Dataset
    row: DatasetRow
    samples: Sequence[SampleLine]
    kept_url: str
    approved_url: str
    tone: str

    @property
    def kept_share(self) -> float:
        counts = self.row.counts.kept.value.funnel
        return share_of(counts.kept, counts.total)


def dashboard_context(access: Access, form: TargetForm) -> dict[str, Any]:
    """Return everything the dashboard shows."""
    today = timezone.now().date()
    found, rules = dashboard(access.project, today), rules_of(access.project).stored
    end = _axis(found, rules.tolerated)
    return {
        "found": found,
        "lines": [_line(access, row, end, rules.tolerated) for row in found.rows],
        "tolerated": percent(rules.tolerated),
        "target": rules.target,
        "least": LEAST_EXAMPLES,
        "track": track(found.approved, rules.target),
        "bars": day_bars((*found.days, found.today)),
        "pace": _pace(found, rules.target, today),
        "form": form,
        "axis": f"0 to {end * 100:.0f} %",
    }


def track(approved: int, target: int) -> Track:
    """Place the approved examples, the least number that changes a model, and the target on one line."""
    end = max(approved, target, LEAST_EXAMPLES) * ROOM
    done, least, goal = (round(100 * count / end, 2) for count in (approved, LEAST_EXAMPLES, target))
    return Track(done, least, goal)


def day_bars(days: Sequence[Day]) -> list[Bar]:
    """Lay out a bar for each day, the best one as high as the plot."""
    best, step = max((day.count for day in days), default=0), 100 / max(1, len(days))
    return [
        Bar(day, round(place * step + step * 0.12, 2), round(step * 0.76, 2), share_of(day.count, best))
        for place, day in enumerate(days)
    ]


def _pace(found: Dashboard, target: int, today: date) -> Forecast:
    """Forecast from the days since people began, so that a project's first days are not thinned by those before."""
    counts = [day.count for day in found.days]
    first = next((place for place, count in enumerate(counts) if count), 0)
    return forecast(found.approved, target, counts[first:] or [0], today)


def _axis(found: Dashboard, tolerated: float) -> float:
    highs = [sample.found.high or 0.0 for row in found.rows for sample in row.report.samples]
    return axis_end(max([tolerated, *highs]))


def _line(access: Access, row: DatasetRow, end: float, tolerated: float) -> Line:
    dataset, decision = row.dataset, row.report.decision
    samples = [_sample(access, row, sample, end, tolerated) for sample in row.report.samples]
    return Line(
        dataset, row, samples, reasons_url(dataset, KEPT), reasons_url(dataset, APPROVED),
        TONES[decision.verdict] if decision else "",
    )  # fmt: skip


def _sample(
    access: Access, row: DatasetRow, sample: SampleReport, end: float, tolerated: float
) -> SampleLine:
    url = reverse("review:sample_report", args=[access.project.slug, row.dataset.slug, sample.sample.pk])
    return SampleLine(sample, url, interval_plot(sample.found, end), round(100 * tolerated / end, 2))
