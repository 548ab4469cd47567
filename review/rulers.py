"""Rulers: where values stand between the stops of a slider and the bars of a histogram, which are the same."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

TRACE = 0.001  # what is less counts as none where shares are drawn
FEWEST_BARS = 4

Kind = Literal["count", "share", "length"]


@dataclass(frozen=True, slots=True)
class Ruler:
    """Ascending edges, drawn evenly spaced; a bar stands between each two, and the last one is open above.

    `grain` is the step from one value to the next where values lie apart: what is kept up to and including a
    value ends one grain above it.
    """

    edges: tuple[float, ...]
    grain: float = 0.0

    @property
    def inner(self) -> tuple[float, ...]:
        """The edges between bars: a value's bar is the number of these that do not exceed it."""
        return self.edges[1:-1]

    def position(self, value: float) -> float:
        """Where a value stands, from 0 to 100; what lies beyond an end stands at that end."""
        last = len(self.edges) - 1
        at = min(max(bisect_right(self.edges, value) - 1, 0), last - 1)
        low, high = self.edges[at], self.edges[at + 1]
        part = min(max((value - low) / (high - low), 0.0), 1.0)
        return round(100 * (at + part) / last, 3)

    def trimmed(self, counts: Sequence[int], values: Iterable[float]) -> tuple["Ruler", list[int]]:
        """Cut away the empty ends around the counts of the bars and some values; return what is left of both."""
        filled = [number for number, count in enumerate(counts) if count]
        wanted = [*filled, *(bisect_right(self.inner, value) for value in values)]
        first, last = (min(wanted), max(wanted) + 1) if wanted else (0, len(counts))
        last = min(max(last, first + FEWEST_BARS), len(counts))
        first = max(min(first, last - FEWEST_BARS), 0)
        return replace(self, edges=self.edges[first : last + 1]), list(counts[first:last])


def ruler(kind: Kind) -> Ruler:
    """Return the whole ruler for a kind of value."""
    return _RULERS[kind]


def _decades(start: int, end: int) -> tuple[float, ...]:
    steps = (1, 1.1, 1.25, 1.4, 1.6, 1.8, 2, 2.25, 2.5, 2.8, 3.2, 3.6, 4, 4.5, 5, 5.6, 6.4, 7.2, 8, 9)
    return tuple(round(step * 10**power) for power in range(start, end) for step in steps)


# Counts run on in ever wider steps; lengths are logarithmic, twenty stops to a factor of ten.
_RULERS: dict[Kind, Ruler] = {
    "count": Ruler((*range(13), 15, 20, 30, 50, 75, 100, 200, 500, 1_000), grain=1),
    "share": Ruler((0, TRACE, *(number / 100 for number in range(1, 101))), grain=TRACE),
    "length": Ruler((*range(11), *_decades(1, 5)[1:], 100_000)),
}
