"""The pure numbers of review: what labels on a random sample say, how surely, and what follows."""

from review.estimates.intervals import (
    Bounds,
    Interval,
    clopper_pearson,
    finite_bounds,
    finite_lower,
    finite_upper,
    wilson,
)
from review.estimates.sequential import sequence_bounds
from review.estimates.shares import Estimate, estimate
from review.estimates.words import CONFIDENCE

__all__ = [
    "CONFIDENCE",
    "Bounds",
    "Estimate",
    "Interval",
    "clopper_pearson",
    "estimate",
    "finite_bounds",
    "finite_lower",
    "finite_upper",
    "sequence_bounds",
    "wilson",
]
