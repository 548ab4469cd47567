"""Extremely randomised trees on the features: fitted by scikit-learn, kept as arrays.

Each tree splits at limits drawn by chance, which makes their mean smooth and hard to overfit: from fifty labels on
they do better than boosted trees do from two hundred. Source: P. Geurts, D. Ernst and L. Wehenkel, "Extremely
randomized trees", Machine Learning 63 (2006), 3-42.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from review.quality.labels import Flags
from review.quality.trees import Nodes, Trees, rounded, trees_of

if TYPE_CHECKING:
    from sklearn.ensemble import ExtraTreesClassifier

Floats = npt.NDArray[np.float64]

TREES, MOST_LEAVES = 150, 256
# No share of trees that agree makes a text certain.
SUREST = 0.02


@dataclass(frozen=True, slots=True)
class Forest:
    """probability = sum of the trees, each of which adds its leaf's share of good rows, divided by their number."""

    trees: Trees

    def logits(self, features: Floats) -> Floats:
        """Return the logit of each row's being good (n) from its features (n, F), at most that of 98 %."""
        from scipy.special import logit  # type: ignore[import-untyped]  # noqa: PLC0415  (slow to load)

        found: Floats = logit(np.clip(self.trees(features), SUREST, 1 - SUREST))
        return found


def fit_forest(features: Floats, good: Flags, weights: Floats, seed: int) -> Forest:
    """Fit to rows of both classes; the same rows in the same order give the same trees."""
    from sklearn.ensemble import ExtraTreesClassifier  # noqa: PLC0415  (seconds and 100 MB, for fitting alone)

    model = ExtraTreesClassifier(n_estimators=TREES, max_leaf_nodes=MOST_LEAVES, random_state=seed)
    model.fit(rounded(features), good, sample_weight=weights)
    return exported(model)


def exported(model: "ExtraTreesClassifier") -> Forest:
    """Return a fitted model of two classes as arrays."""
    return Forest(trees_of([_nodes(each.tree_, len(model.estimators_)) for each in model.estimators_]))


def _nodes(tree: object, trees: int) -> Nodes:
    left, right, feature, limit, value = (
        getattr(tree, name) for name in ("children_left", "children_right", "feature", "threshold", "value")
    )
    share = value[:, 0, 1] / value[:, 0].sum(axis=1)
    return Nodes(left < 0, feature, limit, left, right, share / trees)
