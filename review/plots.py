"""Where the marks of a plot stand: shares in, positions from 0 to 100 out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from review.estimates import Estimate

# Axes that a person reads at a glance; the first that leaves the interval some room is taken.
AXIS_ENDS = (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1.0)
ROOM = 1.15
TICKS = 5


@dataclass(frozen=True, slots=True)
class Mark:
    """An interval with its point on an axis, as positions in 0..100; `over` says that it goes on beyond the end."""

    low: float
    high: float
    point: float | None = None
    over: bool = False


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis of shares from 0 to `end`, which several rows have in common."""

    end: float

    def at(self, share: float) -> float:
        """Return where a share stands, in 0..100; what lies beyond the end stands there."""
        return round(100 * min(share / self.end, 1.0), 2)

    def mark(self, low: float, high: float, point: float | None = None) -> Mark:
        """Place an interval, and its point where there is one that the axis reaches."""
        seen = None if point is None or point > self.end else self.at(point)
        return Mark(self.at(low), self.at(high), seen, high > self.end)

    @property
    def ticks(self) -> list[tuple[float, str]]:
        """Return positions and their texts, the two ends among them."""
        return [
            (100 * tick / TICKS, f"{round(100 * self.end * tick / TICKS, 6):g} %")
            for tick in range(TICKS + 1)
        ]


@dataclass(frozen=True, slots=True)
class IntervalPlot:
    """A share with its interval on an axis from 0 to `end`; `low`, `point` and `high` are positions in 0..100."""

    low: float
    point: float
    high: float
    end: float

    def at(self, share: float) -> float:
        """Return where another share stands on the axis."""
        return round(100 * share / self.end, 2)

    @property
    def start_text(self) -> str:
        return "0 %"

    @property
    def end_text(self) -> str:
        return f"{self.end * 100:.0f} %"


@dataclass(frozen=True, slots=True)
class FunnelBar:
    """One step of the funnel: `share` of what was measured is still kept after it, in 0..100.

    `dropped` are those that fall here, `outside` all that are outside this step's limit, whatever fell before; the
    addresses lead to them.
    """

    label: str
    dropped: int
    outside: int
    kept: int
    share: float
    reason: str = ""
    url: str = ""
    outside_url: str = ""


@dataclass(frozen=True, slots=True)
class FlagBar:
    """What one limit flags and does not drop: `share` of what was measured, in 0..100."""

    label: str
    flagged: int
    share: float
    reason: str = ""
    url: str = ""


def axis_of(shares: Iterable[float]) -> Axis:
    """Return the smallest axis that reaches all of these shares and a little further."""
    return Axis(axis_end(max(shares, default=0.0)))


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
    """Lay out the funnel from `measured` examples through (label, dropped here, outside in all, reason) steps."""
    bars, kept = [], measured
    for label, dropped, outside, reason in steps:
        kept -= dropped
        bars.append(FunnelBar(label, dropped, outside, kept, share_of(kept, measured), reason))
    return bars


def share_of(part: int, whole: int) -> float:
    """Return a position in 0..100; 0 where there is no whole."""
    return round(100 * part / whole, 2) if whole else 0.0
