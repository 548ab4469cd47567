"""Gradient-boosted trees on the features: fitted by scikit-learn, kept as arrays, scored with numpy."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import HistGradientBoostingClassifier

from review.quality.labels import Flags

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]

ROUNDS, LEAVES, RATE, LEAST_ROWS, RIDGE = 60, 7, 0.08, 10, 1.0
_BATCH = 20_000  # rows whose way through the trees is followed at once: about 20 MB


@dataclass(frozen=True, slots=True)
class Boosted:
    """Trees of N nodes in all: from node i a row goes to left[i] where row[feature[i]] <= limit[i], else to right[i].

    A leaf leads to itself, so that every way can be followed for `depth` steps. `roots` (trees) are where the trees
    begin. logit = base + sum of `value` at each tree's leaf.
    """

    base: float
    depth: int
    roots: Ints
    feature: Ints
    limit: Floats
    left: Ints
    right: Ints
    value: Floats

    def logits(self, features: Floats) -> Floats:
        """Return the logit of each row's being good (n) from its features (n, F)."""
        batches = [self._logits(features[at : at + _BATCH]) for at in range(0, len(features), _BATCH)]
        return np.concatenate([np.zeros(0), *batches])

    def _logits(self, features: Floats) -> Floats:
        rows = np.arange(len(features))
        total = np.full(len(features), self.base)
        for root in self.roots:
            node = np.full(len(features), root)
            for _ in range(self.depth):
                below = features[rows, self.feature[node]] <= self.limit[node]
                node = np.where(below, self.left[node], self.right[node])
            total += self.value[node]
        return total


def fit_boosted(features: Floats, good: Flags, weights: Floats, seed: int) -> Boosted:
    """Fit to rows of both classes; the same rows in the same order give the same trees, on one thread."""
    model = HistGradientBoostingClassifier(
        max_iter=ROUNDS,
        max_leaf_nodes=LEAVES,
        learning_rate=RATE,
        min_samples_leaf=LEAST_ROWS,
        l2_regularization=RIDGE,
        early_stopping=False,
        random_state=seed,
    )
    model.fit(features, good, sample_weight=weights)
    return exported(model)


def exported(model: HistGradientBoostingClassifier) -> Boosted:
    """Return a fitted model of two classes as arrays.

    Reads scikit-learn's private trees, which no public attribute gives; a test compares the outcome with the model's
    own probabilities, so that a version that keeps them otherwise is noticed.
    """
    trees = [stage[0].nodes for stage in model._predictors]
    starts = np.concatenate([[0], np.cumsum([len(tree) for tree in trees])])
    nodes = np.concatenate(trees)
    own, first = np.arange(len(nodes)), np.repeat(starts[:-1], np.diff(starts))
    leaf = nodes["is_leaf"].astype(bool)

    def led(side: str) -> Ints:
        return np.where(leaf, own, nodes[side] + first).astype(np.int32)

    return Boosted(
        float(model._baseline_prediction[0, 0]),
        int(nodes["depth"].max()),
        starts[:-1].astype(np.int32),
        np.where(leaf, 0, nodes["feature_idx"]).astype(np.int32),
        np.where(leaf, 0.0, nodes["num_threshold"]),
        led("left"),
        led("right"),
        np.where(leaf, nodes["value"], 0.0),
    )
