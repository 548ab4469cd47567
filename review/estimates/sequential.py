"""Bounds that hold at every moment at once, so that looking early and often does no harm."""

import math
from functools import lru_cache

from review.estimates.hypergeometric import log_choose, log_probability
from review.estimates.intervals import REMEMBERED, Bounds, first_true
from review.estimates.words import CONFIDENCE

# What is expected before anything is seen: mostly small bad shares, 4.8 % on average, worth ten and a half reviews.
# The bounds hold whatever the prior is; this one decides soonest where few are bad (docs/explanation/estimates.md).
# It is the same for every dataset, and does not follow the tolerated share: a manager may move that at any time.
PRIOR_BAD, PRIOR_GOOD = 0.5, 10.0


@lru_cache(maxsize=REMEMBERED)
def sequence_bounds(bad: int, reviewed: int, population: int, confidence: float = CONFIDENCE) -> Bounds:
    """The bounds for how many of `population` are bad, one moment of a confidence sequence.

    Drawn without replacement in random order, with probability `confidence` the true count lies within the bounds
    of every moment from the first item to the last; so one may stop whenever they suit. A count is left out when
    the prior-posterior ratio of a beta-binomial prior has reached 1 / (1 - confidence) for it.
    Source: I. Waudby-Smith and A. Ramdas, "Confidence sequences for sampling without replacement", Advances in
    Neural Information Processing Systems 33 (2020), section 2.
    Raises ValueError for counts that cannot be.
    """
    if not 0 <= bad <= reviewed <= population or not 0 < confidence < 1:
        raise ValueError(f"no bounds for {bad} of {reviewed} of {population} at confidence {confidence}")
    least, most = bad, population - (reviewed - bad)
    # The likelihood of a count rises up to this one and falls after it.
    peak = min(max(bad * (population + 1) // max(reviewed, 1), least), most)

    def inside(count: int) -> bool:
        return log_evidence(bad, reviewed, population, count) < -math.log(1 - confidence)

    low = first_true(inside, least, peak)
    high = first_true(lambda count: not inside(count), peak, most + 1) - 1
    return Bounds(low, high)


def log_evidence(bad: float, reviewed: float, population: int, count: int) -> float:
    """Return the logarithm of the prior-posterior ratio against `count` bad ones in the population.

    It is what the prior gave to the seen number of bad ones, over what `count` gives to it; infinite where `count`
    cannot be. `bad` and `reviewed` may be fractions, so that a share can be carried forward.
    """
    good = reviewed - bad
    if bad > count or good > population - count:
        return math.inf
    expected = (
        log_choose(reviewed, bad)
        + _log_beta(bad + PRIOR_BAD, good + PRIOR_GOOD)
        - _log_beta(PRIOR_BAD, PRIOR_GOOD)
    )
    return expected - log_probability(bad, reviewed, population, count)


def _log_beta(first: float, second: float) -> float:
    return math.lgamma(first) + math.lgamma(second) - math.lgamma(first + second)
