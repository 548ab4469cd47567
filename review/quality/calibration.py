"""Platt scaling: probabilities that are right as often as they say, where that can be shown to help.

Source: J. Platt, "Probabilistic outputs for support vector machines" (1999); H.-T. Lin, C.-J. Lin and R. Weng, "A note
on Platt's probabilistic outputs for support vector machines", Machine Learning 68 (2007), 267-276.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from review.quality.labels import Flags

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

LEAST, LEAST_OF_A_CLASS = 50, 10


@dataclass(frozen=True, slots=True)
class Platt:
    """probability = 1 / (1 + exp(-(slope · logit + shift))); the slope is above 0, so that no order changes."""

    slope: float = 1.0
    shift: float = 0.0

    @property
    def is_plain(self) -> bool:
        return (self.slope, self.shift) == (1.0, 0.0)

    def logits(self, logits: Floats) -> Floats:
        return self.slope * logits + self.shift

    def __call__(self, logits: Floats) -> Floats:
        """Return the probabilities of logits."""
        from scipy.special import expit  # type: ignore[import-untyped]  # noqa: PLC0415  (slow to load)

        found: Floats = expit(self.logits(logits))
        return found


PLAIN = Platt()


def probabilities(logits: Floats) -> Floats:
    return PLAIN(logits)


def platt_of(logits: Floats, good: Flags) -> Platt:
    """Fit slope and shift to out-of-fold logits; PLAIN where one class is missing or the slope is not above 0.

    Targets are (n + 1) / (n + 2) and 1 / (m + 2) for n good and m bad rows in place of 1 and 0, as Platt proposes.
    """
    many, few = int(good.sum()), int((~good).sum())
    if not many or not few:
        return PLAIN
    from scipy.optimize import minimize  # type: ignore[import-untyped]  # noqa: PLC0415  (slow to load)

    target = np.where(good, (many + 1) / (many + 2), 1 / (few + 2))

    def loss(found: Floats) -> tuple[float, Floats]:
        scaled = found[0] * logits + found[1]
        slack = probabilities(scaled) - target
        return float((np.logaddexp(0, scaled) - target * scaled).sum()), np.array(
            [slack @ logits, slack.sum()]
        )

    slope, shift = minimize(loss, [1.0, 0.0], jac=True, method="L-BFGS-B").x
    return Platt(float(slope), float(shift)) if slope > 0 and np.isfinite([slope, shift]).all() else PLAIN


def crossed(logits: Floats, good: Flags, fold: Ints, fitted: Flags | None = None) -> Floats:
    """Return each row's probability by the scaling that was fitted to the other folds, to their `fitted` rows."""
    found = np.empty(len(logits))
    for each in np.unique(fold):
        inside = fold == each
        others = ~inside if fitted is None else ~inside & fitted
        found[inside] = platt_of(logits[others], good[others])(logits[inside])
    return found


def brier(probability: Floats, good: Flags) -> float:
    """Return the mean square of what probabilities are off (Brier 1950)."""
    return float(np.mean((probability - good) ** 2))


def scaling_helps(logits: Floats, good: Flags, fold: Ints) -> bool:
    """Whether scaling lowers the Brier score of rows that it was not fitted to; never for fewer than 50 rows."""
    if len(good) < LEAST or min(good.sum(), (~good).sum()) < LEAST_OF_A_CLASS:
        return False
    return brier(crossed(logits, good, fold), good) < brier(probabilities(logits), good)
