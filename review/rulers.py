"""Rulers: where values stand between the stops of a slider and the bars of a histogram, which are the same."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from review.limits import Limit, number

TRACE = 0.001  # what is less counts as none where shares are drawn
FEWEST_BARS = 4
TICKS = 5
PLOT = 72.0  # the height of the highest bar
LEAST = 2.0  # the height of the lowest that counts anything

Kind = Literal["count", "share", "length", "grade"]
# Of measured fields; what is not named is a count.
_KINDS: dict[str, Kind] = {
    "tokens": "length",
    "near_similarity": "share",
    "semantic_similarity": "share",
    "toxicity": "share",
    "contamination": "share",
    "quality": "share",
    "judge": "grade",
}
# The least and the highest value of the kinds that have both.
ENDS: dict[Kind, tuple[float, float]] = {"share": (0, 1), "grade": (1, 5)}


@dataclass(frozen=True, slots=True)
class Ruler:
    """Ascending edges, drawn evenly spaced; a bar stands between each two.

    The last one is open above unless the ruler is `closed`. `grain` is the step from one value to the next where values
    lie apart: what is kept up to and including a value ends one grain above it. `named` are the values that its axis
    names, where they are the same for all data.
    """

    edges: tuple[float, ...]
    grain: float = 0.0
    named: tuple[float, ...] = ()
    closed: bool = False

    @property
    def inner(self) -> tuple[float, ...]:
        """The edges between bars: a value's bar is the number of these that do not exceed it."""
        return self.edges[1:-1]

    @property
    def last(self) -> int:
        return len(self.edges) - 1

    def position(self, value: float) -> float:
        """Where a value stands, from 0 to 100; what lies beyond an end stands at that end."""
        at = min(max(bisect_right(self.edges, value) - 1, 0), self.last - 1)
        low, high = self.edges[at], self.edges[at + 1]
        part = min(max((value - low) / (high - low), 0.0), 1.0)
        return round(100 * (at + part) / self.last, 3)

    def trimmed(self, counts: Sequence[int], values: Iterable[float]) -> tuple["Ruler", list[int]]:
        """Cut away the empty ends around the counts of the bars and some values; return what is left of both.

        A ruler whose axis is the same for all data stays whole.
        """
        if self.named:
            return self, list(counts)
        filled = [place for place, count in enumerate(counts) if count]
        wanted = [*filled, *(bisect_right(self.inner, value) for value in values)]
        first, last = (min(wanted), max(wanted) + 1) if wanted else (0, len(counts))
        last = min(max(last, first + FEWEST_BARS), len(counts))
        first = max(min(first, last - FEWEST_BARS), 0)
        return replace(self, edges=self.edges[first : last + 1]), list(counts[first:last])

    def words(self, at: int) -> str:
        """Say which values a bar counts."""
        low, high = self.edges[at], self.edges[at + 1]
        if at == self.last - 1 and not self.closed:
            return f"{number(low)} or more"
        if self.grain == 1 and high - low == 1:
            return number(low)
        if high == TRACE:
            return "0"
        return f"{number(low)} to {'' if at == self.last - 1 else 'under '}{number(high)}"


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: where it begins and how wide it is (0 to 100), how high (0 to `PLOT`), and what it counts."""

    x: float
    width: float
    height: float
    words: str
    count: int

    @property
    def y(self) -> float:
        return round(PLOT - self.height, 2)


@dataclass(frozen=True, slots=True)
class Plot:
    """A histogram as it is drawn.

    `rooted` says that heights go by the fourth root of the counts. `ticks` are positions with their words and the
    side at which the words are anchored.
    """

    ruler: Ruler
    bars: tuple[Bar, ...]
    ticks: tuple[tuple[float, str, str], ...]
    rooted: bool

    def span(self, limit: Limit) -> tuple[float | None, float | None]:
        """Return where what a limit keeps begins and ends, from 0 to 100; None where it has no such bound."""
        low, high = limit.minimum, limit.maximum
        return (
            None if low is None else self.ruler.position(low),
            None if high is None else self.ruler.position(high + (0 if limit.below else self.ruler.grain)),
        )


def kind_of(field: str) -> Kind:
    """Say what a measured field holds."""
    return _KINDS.get(field, "count")


def ruler_of(field: str) -> Ruler:
    """Return the whole ruler of a measured field."""
    return _RULERS[kind_of(field)]


def plot_of(ruler: Ruler, counts: Sequence[int], limits: Iterable[Limit]) -> Plot:
    """Lay out the counts of a whole ruler's bars, cut to where there are values or bounds of the limits."""
    bounds = (bound for limit in limits for bound in (limit.minimum, limit.maximum) if bound is not None)
    shown, left = ruler.trimmed(counts, bounds)
    highest = max(left)
    # Where one bar holds most of all, the others would not be seen beside it.
    rooted = 0.5 * sum(left) < highest < sum(left)
    width = 100 / len(left)
    bars = (
        Bar(round(at * width, 3), round(width, 3), _height(count, highest, rooted), shown.words(at), count)
        for at, count in enumerate(left)
    )
    return Plot(shown, tuple(bars), _ticks(shown), rooted)


def _height(count: int, highest: int, rooted: bool) -> float:
    if not count:
        return 0.0
    share = count / highest
    return round(max(PLOT * (share**0.25 if rooted else share), LEAST), 2)


def _ticks(ruler: Ruler) -> tuple[tuple[float, str, str], ...]:
    """Name some edges; where a bar is one count, name the bars instead."""
    places = sorted({round(ruler.last * part / (TICKS - 1)) for part in range(TICKS)})
    if ruler.last <= TICKS:
        places = list(range(ruler.last + 1))
    if ruler.grain == 1:
        middles = ((at + 0.5, ruler.words(at)) for at in sorted({min(at, ruler.last - 1) for at in places}))
        return tuple((round(100 * at / ruler.last, 3), words, "middle") for at, words in middles)
    anchors = {0.0: "start", 100.0: "end"}
    named = (
        (ruler.position(value), number(value))
        for value in ruler.named or map(ruler.edges.__getitem__, places)
    )
    return tuple((place, words, anchors.get(place, "middle")) for place, words in named)


def _decades(start: int, end: int) -> tuple[float, ...]:
    steps = (1, 1.1, 1.25, 1.4, 1.6, 1.8, 2, 2.25, 2.5, 2.8, 3.2, 3.6, 4, 4.5, 5, 5.6, 6.4, 7.2, 8, 9)
    return tuple(dict.fromkeys(round(step * 10**power) for power in range(start, end) for step in steps))


# Counts run on in ever wider steps; lengths are logarithmic, twenty stops to a factor of ten.
_RULERS: dict[Kind, Ruler] = {
    "count": Ruler((*range(13), 15, 20, 30, 50, 75, 100, 200, 500, 1_000), grain=1),
    "share": Ruler(
        (0, TRACE, *(hundredth / 100 for hundredth in range(1, 101))),
        TRACE,
        (0, 0.25, 0.5, 0.75, 1),
        closed=True,
    ),
    # Whole numbers from 1 to 5; what lies between two counts with the lower.
    "grade": Ruler((*range(1, 7),), grain=1, named=(1, 2, 3, 4, 5), closed=True),
    "length": Ruler((*range(10), *_decades(1, 5), 100_000)),
}
