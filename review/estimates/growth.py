"""The estimate as the sample grew, for a plot."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from review.estimates.intervals import Interval, wilson
from review.estimates.sequential import sequence_bounds
from review.estimates.words import CONFIDENCE

MOST_POINTS = 120


@dataclass(frozen=True, slots=True)
class GrowthPoint:
    """What `reviewed` items said: the share, Wilson's interval, and the bounds that hold at all moments at once."""

    reviewed: int
    bad: int
    share: float
    low: float
    high: float
    sequence_low: float
    sequence_high: float


def growth(
    verdicts: Sequence[bool] | Sequence[int],
    population: int,
    confidence: float = CONFIDENCE,
    most: int = MOST_POINTS,
) -> tuple[GrowthPoint, ...]:
    """Follow the estimate through verdicts (1 is bad) in the order of their decisions, in `most` points or fewer.

    The points are evenly spaced, and the last is what all verdicts say. Raises ValueError for more verdicts than
    there are examples.
    """
    total, bad = len(verdicts), [0, *accumulate(map(int, verdicts))]
    count = min(total, most)
    at = [total - total * back // count for back in range(count)][::-1] if count else []
    return tuple(_point(bad[reviewed], reviewed, population, confidence) for reviewed in at)


def _point(bad: int, reviewed: int, population: int, confidence: float) -> GrowthPoint:
    interval = wilson(bad, reviewed, confidence, population) or Interval(0.0, 1.0)
    bounds = sequence_bounds(bad, reviewed, population, confidence)
    ends = bounds.low / population, bounds.high / population
    return GrowthPoint(reviewed, bad, bad / reviewed, interval.low, interval.high, *ends)
