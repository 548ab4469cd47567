"""The compiled loop that follows rows through trees."""

import numpy as np
import numpy.typing as npt

from review.neardup.compiling import compiled

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]


@compiled
def sums(  # noqa: PLR0917  (compiled code takes arrays, not objects)
    features: Floats, roots: Ints, feature: Ints, limit: Floats, left: Ints, right: Ints, value: Floats
) -> Floats:
    """Return for each row (n, F) the sum of `value` at the leaf of each tree; a leaf leads to itself.

    Every other node must lead to later ones, which ends every way; nothing is checked here.
    """
    total = np.zeros(features.shape[0])
    for row in range(features.shape[0]):
        for root in roots:
            node = root
            while left[node] != node:
                node = left[node] if features[row, feature[node]] <= limit[node] else right[node]
            total[row] += value[node]
    return total
