"""The pure numbers of review: what labels on a random sample say, how surely, and what follows.

`agreement`, `ppi`, `reasons`, `slices` and `growth` are imported from their modules, whose names they have but for
`ppi.prediction_powered`.
"""

from review.estimates.acceptance import Recommendation, recommend
from review.estimates.correction import Correction, Gold, corrected
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
    "Correction",
    "Estimate",
    "Gold",
    "Interval",
    "Recommendation",
    "clopper_pearson",
    "corrected",
    "estimate",
    "finite_bounds",
    "finite_lower",
    "finite_upper",
    "recommend",
    "sequence_bounds",
    "wilson",
]
