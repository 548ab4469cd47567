"""Intervals for a share, and for a count in a finite population, from what a random part of it showed."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from statistics import NormalDist

from review.estimates.hypergeometric import at_least
from review.estimates.words import CONFIDENCE

# Below this part of the population, drawing without replacement hardly narrows anything.
# Source: W. G. Cochran, Sampling Techniques, 3rd edition (1977), section 2.6.
NEGLIGIBLE_PART = 0.05
REMEMBERED = 4_096
# A tie counts as plausible, and so does what rounding makes one: the bounds are then never too narrow.
ROUNDING = 1e-7


@dataclass(frozen=True, slots=True)
class Interval:
    """Two shares between 0 and 1, the lower one first."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Bounds:
    """Two counts in a finite population, both included, the lower one first."""

    low: int
    high: int


def wilson(
    bad: int, reviewed: int, confidence: float = CONFIDENCE, population: int | None = None
) -> Interval | None:
    """The score interval for a share, without continuity correction; None for no observations.

    With p = bad / n and z the two-sided normal quantile, the ends are
    (p + z²/2n ± z √(p(1 - p)/n + z²/4n²)) / (1 + z²/n).
    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    Journal of the American Statistical Association 22 (1927), 209-212.
    Of a `population` of which more than a twentieth is reviewed, the variance is that of drawing without
    replacement, z² (N - n) / (N - 1) in place of z² (Cochran 1977, theorem 3.2), and the ends stay within what the
    reviewed ones leave possible; so a census is exact. Raises ValueError for counts that cannot be.
    """
    _check(bad, reviewed, population, confidence)
    if reviewed == 0:
        return None
    share = bad / reviewed
    if reviewed == population:
        return Interval(share, share)
    squared = NormalDist().inv_cdf(0.5 + confidence / 2) ** 2
    least, most = 0.0, 1.0
    if population and reviewed > NEGLIGIBLE_PART * population:
        squared *= (population - reviewed) / (population - 1)
        least, most = bad / population, 1 - (reviewed - bad) / population
    weight = squared / reviewed
    middle = share + weight / 2
    half = math.sqrt(squared * share * (1 - share) / reviewed + weight * weight / 4)
    # Rounding leaves the exact ends 0 and 1 a hair inside or outside.
    low = 0.0 if bad == 0 else (middle - half) / (1 + weight)
    high = 1.0 if bad == reviewed else (middle + half) / (1 + weight)
    return Interval(max(low, least), min(high, most))


def clopper_pearson(bad: int, reviewed: int, confidence: float = CONFIDENCE) -> Interval | None:
    """The exact interval for a share in an unlimited population; None for no observations.

    Source: C. J. Clopper and E. S. Pearson, "The use of confidence or fiducial limits illustrated in the case of
    the binomial", Biometrika 26 (1934), 404-413, by the quantiles of the beta distribution. It holds its level for
    every share, and so is wider than Wilson's. Raises ValueError for counts that cannot be.
    """
    _check(bad, reviewed, None, confidence)
    if reviewed == 0:
        return None
    from scipy.special import betaincinv  # type: ignore[import-untyped]  # noqa: PLC0415  (half a second to load)

    tail = (1 - confidence) / 2
    low = 0.0 if bad == 0 else float(betaincinv(bad, reviewed - bad + 1, tail))
    high = 1.0 if bad == reviewed else float(betaincinv(bad + 1, reviewed - bad, 1 - tail))
    return Interval(low, high)


def finite_bounds(bad: int, reviewed: int, population: int, confidence: float = CONFIDENCE) -> Bounds:
    """The exact two-sided bounds for how many of `population` are bad, drawn without replacement.

    Each end leaves at most half of 1 - confidence: the ends are the extreme counts under which so few or so many
    bad ones among the reviewed are no rarer than that. Nothing reviewed gives 0 and the population, all reviewed
    gives `bad` twice. Raises ValueError for counts that cannot be.
    Source: J. P. Buonaccorsi, "A note on confidence intervals for proportions in finite populations", The American
    Statistician 41 (1987), 215-218; T. Wright, Exact Confidence Bounds when Sampling from Small Finite Universes,
    Lecture Notes in Statistics 66 (1991).
    """
    _check(bad, reviewed, population, confidence)
    tail = (1 - confidence) / 2
    return Bounds(_lowest(bad, reviewed, population, tail), _highest(bad, reviewed, population, tail))


def finite_upper(bad: int, reviewed: int, population: int, confidence: float = CONFIDENCE) -> int:
    """The exact one-sided bound: with this confidence at most so many of `population` are bad.

    As `finite_bounds`, with all of 1 - confidence at the one end.
    """
    _check(bad, reviewed, population, confidence)
    return _highest(bad, reviewed, population, 1 - confidence)


def finite_lower(bad: int, reviewed: int, population: int, confidence: float = CONFIDENCE) -> int:
    """The exact one-sided bound: with this confidence at least so many of `population` are bad."""
    _check(bad, reviewed, population, confidence)
    return _lowest(bad, reviewed, population, 1 - confidence)


def first_true(holds: Callable[[int], bool], low: int, high: int) -> int:
    """Return the first number in low..high for which `holds`, which must stay true once it is; else `high`."""
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low


@lru_cache(maxsize=REMEMBERED)
def _lowest(bad: int, reviewed: int, population: int, tail: float) -> int:
    """Return the smallest count under which `bad` or more are seen with a probability of `tail` or above."""

    def plausible(count: int) -> bool:
        return at_least(bad, reviewed, population, count) >= tail * (1 - ROUNDING)

    return first_true(plausible, bad, population - (reviewed - bad)) if bad else 0


@lru_cache(maxsize=REMEMBERED)
def _highest(bad: int, reviewed: int, population: int, tail: float) -> int:
    """Return the largest count under which `bad` or fewer are seen with a probability of `tail` or above."""
    # Bad and good change places: the fewest good ones are what the most bad ones leave.
    return population - _lowest(reviewed - bad, reviewed, population, tail)


def _check(bad: int, reviewed: int, population: int | None, confidence: float) -> None:
    if not 0 <= bad <= reviewed or not 0 < confidence < 1:
        raise ValueError(f"no interval for {bad} of {reviewed} at confidence {confidence}")
    if population is not None and reviewed > population:
        raise ValueError(f"{reviewed} reviewed of only {population}")
