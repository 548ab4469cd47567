"""Where the marks of a plot stand: shares in, positions from 0 to 100 out."""

from collections.abc import Sequence
from dataclasses import dataclass

from review.estimates import Estimate

# Axes that a person reads at a glance; the first that leaves the interval some room is taken.
AXIS_ENDS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)
ROOM = 1.15


@dataclass(frozen=True, slots=True)
class IntervalPlot:
    """A share with its interval on an axis from 0 to `end`; `low`, `point` and `high` are positions in 0..100."""

    low: float
    point: float
    high: float
    end: float

    @property
    def start_text(self) -> str:
        return "0 %"

    @property
    def end_text(self) -> str:
        return f"{self.end * 100:.0f} %"


@dataclass(frozen=True, slots=True)
class FunnelBar:
    """One step of the funnel: `share` of what was measured is still kept after it, in 0..100.

    `dropped` are those that fall here, `alone` all that this step would drop without the others.
    """

    label: str
    dropped: int
    alone: int
    kept: int
    share: float
    reason: str = ""


def axis_end(high: float) -> float:
    """Return the smallest axis end that leaves room beyond a share of `high`."""
    return next((end for end in AXIS_ENDS if end >= high * ROOM), 1.0)


def interval_plot(found: Estimate, end: float | None = None) -> IntervalPlot | None:
    """Place an estimate on its axis, or on one that ends at `end`; None while nothing is reviewed."""
    if found.share is None or found.low is None or found.high is None:
        return None
    end = end or axis_end(found.high)
    low, point, high = (round(100 * share / end, 2) for share in (found.low, found.share, found.high))
    return IntervalPlot(low, point, high, end)


def funnel_bars(measured: int, steps: Sequence[tuple[str, int, int, str]]) -> list[FunnelBar]:
    """Lay out the funnel from `measured` examples through (label, dropped here, dropped alone, reason) steps."""
    bars, kept = [], measured
    for label, dropped, alone, reason in steps:
        kept -= dropped
        bars.append(
            FunnelBar(
                label,
                dropped,
                alone,
                kept,
                round(100 * kept / measured, 2) if measured else 0.0,
                reason,
            )
        )
    return bars
