"""Logistic regression on features and, from some fifty labels on, on words and parts of words."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from review.quality.labels import Flags
from review.quality.matrices import Texts
from review.quality.weighting import Weighting

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

Floats = npt.NDArray[np.float64]

# Of 0.1 to 10, 1 to 3 did best from 50 to 1,000 labels; 0.1 doubles the error of the probabilities.
C = 1.0
# A text far off everything that was seen shall not outweigh all the rest of what is known of it.
FARTHEST = 5.0
# Newton's method takes some ten rounds to what L-BFGS takes hundreds for, at a tenth of the time.
SOLVER, ROUNDS, TOLERANCE = "newton-cg", 200, 1e-8


@dataclass(frozen=True, slots=True)
class Linear:
    """logit = intercept + coefficients · standard features + word_coefficients · tf-idf.

    `mean`, `scale` and `coefficients` have one number for each feature; a standard feature is
    (value - mean) / scale, at most 5 either way. `weighting` and `word_coefficients` are empty where no words are read.
    """

    intercept: float
    mean: Floats
    scale: Floats
    coefficients: Floats
    weighting: Weighting
    word_coefficients: Floats

    def logits(self, texts: Texts) -> Floats:
        """Return the logit of each text's being good; a text's own does not depend on the others."""
        # Not by @: how BLAS adds up depends on how many rows there are.
        found: Floats = self.intercept + self.feature_parts(texts.features).sum(axis=1)
        if self.weighting.columns.size:
            found = found + self.weighting(texts.terms) @ self.word_coefficients
        return found

    def feature_parts(self, features: Floats) -> Floats:
        """Return what each feature adds to each text's logit, (n, F)."""
        return standard(features, self.mean, self.scale) * self.coefficients


def standard(features: Floats, mean: Floats, scale: Floats) -> Floats:
    """Return how far features are from the mean, in standard deviations, at most 5 either way."""
    return np.clip((features - mean) / scale, -FARTHEST, FARTHEST)


def fit_linear(texts: Texts, good: Flags, weights: Floats, *, words: bool) -> Linear:
    """Fit to rows of both classes; the same rows in the same order give the same numbers."""
    mean, spread = texts.features.mean(axis=0), texts.features.std(axis=0)
    scale = np.where(spread > 1e-9, spread, 1.0)
    columns = standard(texts.features, mean, scale)
    weighting = Weighting.of(texts.terms) if words else Weighting.none()
    if weighting.columns.size:
        from scipy.sparse import csr_matrix, hstack  # noqa: PLC0415  (slow to load)

        columns = hstack([csr_matrix(columns), weighting(texts.terms)], format="csr")
    coefficients, intercept = _fitted(columns, good, weights)
    size = len(mean)
    return Linear(intercept, mean, scale, coefficients[:size], weighting, coefficients[size:])


def _fitted(columns: "Floats | csr_matrix", good: Flags, weights: Floats) -> tuple[Floats, float]:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415  (seconds and 100 MB, for fitting alone)

    model = LogisticRegression(C=C, solver=SOLVER, tol=TOLERANCE, max_iter=ROUNDS)
    model.fit(columns, good, sample_weight=weights)
    return model.coef_[0].astype(np.float64), float(model.intercept_[0])


def length_logits(known: Floats, good: Flags, weights: Floats, asked: Floats) -> Floats:
    """Return the logits of `asked` (m, 1) by a model of one feature that was fitted to `known` (n, 1)."""
    spread = known.std() or 1.0
    coefficients, intercept = _fitted((known - known.mean()) / spread, good, weights)
    found: Floats = intercept + coefficients[0] * (asked[:, 0] - known.mean()) / spread
    return found
