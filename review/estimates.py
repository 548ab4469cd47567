"""The share of bad examples, estimated from the labels on a random sample."""

import math
from dataclasses import dataclass
from statistics import NormalDist

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """Two shares between 0 and 1, the lower one first."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Estimate:
    """What the reviewed part of a sample says about its population.

    `reviewed` counts the sampled examples with a decision and `bad` those among them that are bad;
    `share`, `low` and `high` are None while nothing is reviewed.
    """

    bad: int
    reviewed: int
    population: int
    share: float | None
    low: float | None
    high: float | None

    @property
    def sentence(self) -> str:
        """The estimate in words, as a person would say it."""
        if self.share is None or self.low is None or self.high is None:
            return "Nothing is reviewed yet."
        verb = "is" if self.bad == 1 else "are"
        return (
            f"{self.bad:,} of {self.reviewed:,} reviewed {verb} bad: {self.share * 100:.1f} % "
            f"({self.low * 100:.1f} to {self.high * 100:.1f} %)"
        )


def estimate(bad: int, reviewed: int, population: int, confidence: float = CONFIDENCE) -> Estimate:
    """The bad share among `population` examples, with its Wilson interval."""
    if reviewed > population:
        raise ValueError(f"{reviewed} reviewed of only {population}")
    interval = wilson(bad, reviewed, confidence)
    if interval is None:
        return Estimate(bad, reviewed, population, None, None, None)
    return Estimate(bad, reviewed, population, bad / reviewed, interval.low, interval.high)


def wilson(bad: int, reviewed: int, confidence: float = CONFIDENCE) -> Interval | None:
    """The score interval for a share, without continuity correction; None for no observations.

    With p = bad / n and z the two-sided normal quantile, the ends are
    (p + z²/2n ± z √(p(1 - p)/n + z²/4n²)) / (1 + z²/n).
    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    Journal of the American Statistical Association 22 (1927), 209-212.
    It treats the population as unlimited, so it is a little too wide for a sample that is a
    large part of its dataset. Raises ValueError for counts that cannot be.
    """
    if not 0 <= bad <= reviewed or not 0 < confidence < 1:
        raise ValueError(f"no interval for {bad} of {reviewed} at confidence {confidence}")
    if reviewed == 0:
        return None
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share, weight = bad / reviewed, z * z / reviewed
    middle = share + weight / 2
    half = z * math.sqrt(share * (1 - share) / reviewed + weight / (4 * reviewed))
    # Rounding leaves the exact ends 0 and 1 a hair inside or outside.
    low = 0.0 if bad == 0 else (middle - half) / (1 + weight)
    high = 1.0 if bad == reviewed else (middle + half) / (1 + weight)
    return Interval(low, high)
