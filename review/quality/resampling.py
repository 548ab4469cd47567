"""Bootstrap intervals of areas under the ROC curve, by groups of rows that belong together."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from review.estimates import CONFIDENCE, Interval
from review.quality.labels import Flags

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

ROUNDS = 1_000
LEAST_GROUPS = 10
_CELLS = 2_000_000  # rows times draws that are counted at once: about 50 MB


def auc_draws(
    scores: Sequence[Floats], good: Flags, groups: Ints, rounds: int = ROUNDS, seed: int = 0
) -> Floats:
    """Return the areas of each of the scores in each draw, (len(scores), rounds); nan where a class is missing.

    Whole groups are drawn with replacement, the same for all scores, so that differences can be told (C. Field and
    A. Welsh, "Bootstrapping clustered data", Journal of the Royal Statistical Society B 69 (2007), 369-390).
    """
    _, numbers = np.unique(groups, return_inverse=True)
    sorted_scores = [_Sorted(each, good) for each in scores]
    made = [[each.areas(weights) for each in sorted_scores] for weights in _weights(numbers, rounds, seed)]
    return np.concatenate(made, axis=1) if made else np.zeros((len(scores), 0))


def interval_of(draws: Floats, confidence: float = CONFIDENCE) -> Interval | None:
    """Return the percentile interval of draws; None where fewer than half of them have a value."""
    valid = draws[np.isfinite(draws)]
    if not len(draws) or 2 * len(valid) < len(draws):
        return None
    low, high = np.quantile(valid, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(float(low), float(high))


def _weights(numbers: Ints, rounds: int, seed: int) -> Iterator[Floats]:
    """Yield how often each row is drawn, some draws (d, n) at a time; nothing for fewer than ten groups."""
    draw = np.random.default_rng(seed)
    size = int(numbers.max()) + 1 if len(numbers) else 0
    if size < LEAST_GROUPS:
        return
    step = max(1, _CELLS // len(numbers))
    for at in range(0, rounds, step):
        count = min(step, rounds - at)
        picks = draw.integers(size, size=(count, size)) + size * np.arange(count)[:, None]
        often = np.bincount(picks.ravel(), minlength=size * count).reshape(count, size)
        yield often[:, numbers].astype(np.float64)


class _Sorted:
    """Rows in the order of their scores, so that each draw's area is one pass."""

    def __init__(self, scores: Floats, good: Flags) -> None:
        self._order = np.argsort(scores, kind="stable")
        ordered = scores[self._order]
        self._starts = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]]))
        self._good = good[self._order]

    def areas(self, weights: Floats) -> Floats:
        """Return the area of each draw, with ties counting half."""
        weights = weights[:, self._order]
        good = np.add.reduceat(weights * self._good, self._starts, axis=1)
        bad = np.add.reduceat(weights * ~self._good, self._starts, axis=1)
        below = np.cumsum(bad, axis=1) - bad / 2
        pairs = good.sum(axis=1) * bad.sum(axis=1)
        with np.errstate(invalid="ignore"):
            found: Floats = (good * below).sum(axis=1) / pairs
        return found
