"""Gradient-boosted trees on the features: fitted by scikit-learn, kept as arrays."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from review.quality.labels import Flags
from review.quality.trees import Nodes, Trees, rounded, trees_of

if TYPE_CHECKING:
    from sklearn.ensemble import HistGradientBoostingClassifier

Floats = npt.NDArray[np.float64]

ROUNDS, LEAVES, RATE, LEAST_ROWS, RIDGE = 60, 7, 0.08, 10, 1.0
BINS = 64  # finding the ends of more takes longer than all the rest, where rows have weights


@dataclass(frozen=True, slots=True)
class Boosted:
    """logit = base + sum of the trees."""

    base: float
    trees: Trees

    def logits(self, features: Floats) -> Floats:
        """Return the logit of each row's being good (n) from its features (n, F)."""
        return self.base + self.trees(features)


def fit_boosted(features: Floats, good: Flags, weights: Floats, seed: int) -> Boosted:
    """Fit to rows of both classes; on one thread the same rows in the same order give the same trees."""
    from sklearn.ensemble import HistGradientBoostingClassifier  # noqa: PLC0415  (seconds and 100 MB, for fitting alone)

    model = HistGradientBoostingClassifier(
        max_iter=ROUNDS,
        max_bins=BINS,
        max_leaf_nodes=LEAVES,
        learning_rate=RATE,
        min_samples_leaf=LEAST_ROWS,
        l2_regularization=RIDGE,
        early_stopping=False,
        random_state=seed,
    )
    model.fit(rounded(features), good, sample_weight=None if (weights == 1).all() else weights)
    return exported(model)


def exported(model: "HistGradientBoostingClassifier") -> Boosted:
    """Return a fitted model of two classes as arrays.

    Reads scikit-learn's private trees, which no public attribute gives; a test compares the outcome with the model's
    own probabilities, so that a version that keeps them otherwise is noticed.
    """
    trees = [_nodes(stage[0].nodes) for stage in model._predictors]
    return Boosted(float(model._baseline_prediction[0, 0]), trees_of(trees))


def _nodes(tree: npt.NDArray[np.void]) -> Nodes:
    leaf = tree["is_leaf"].astype(np.bool_)
    # The limit of a split that only parts what is known from what is not may be infinite.
    limit = np.nan_to_num(tree["num_threshold"])
    left, right = (tree[side].astype(np.int64) for side in ("left", "right"))
    return Nodes(leaf, tree["feature_idx"], limit, left, right, tree["value"])
