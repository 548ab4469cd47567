"""Figures of how well scores tell good from bad, and how far probabilities can be taken at their word."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from review.estimates import CONFIDENCE, wilson
from review.quality.labels import Flags

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

BINS = 10
MOST_POINTS = 100


@dataclass(frozen=True, slots=True)
class Point:
    """Of the precision/recall curve: of all bad rows `recall` lie below `threshold`, and of those below it `precision`
    are bad.
    """

    threshold: float
    precision: float
    recall: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Of the reliability plot: `count` rows whose probability is from `low` to below `high`.

    `predicted` is their mean probability of good, `good` the share that is; `good_low` and `good_high` are Wilson's
    95 % interval of it. All three are None in an empty bin.
    """

    low: float
    high: float
    count: int
    predicted: float | None
    good: float | None
    good_low: float | None
    good_high: float | None


@dataclass(frozen=True, slots=True)
class Confusion:
    """What a threshold makes of rows: those at or above it are kept."""

    threshold: float
    kept_good: int
    kept_bad: int
    dropped_good: int
    dropped_bad: int


def auc(scores: Floats, good: Flags) -> float | None:
    """Return the chance that a good row scores above a bad one, ties counting half: the area under the ROC curve.

    None where a class is missing. Source: D. Bamber, "The area above the ordinal dominance graph and the area below
    the receiver operating characteristic graph", Journal of Mathematical Psychology 12 (1975), 387-415.
    """
    many, few = int(good.sum()), int((~good).sum())
    if not many or not few:
        return None
    from scipy.stats import rankdata  # type: ignore[import-untyped]  # noqa: PLC0415  (a second to load)

    ranks = rankdata(scores)[good].sum()
    return float((ranks - many * (many + 1) / 2) / (many * few))


def curve_of(probability: Floats, good: Flags) -> tuple[Point, ...]:
    """Return precision and recall of dropping at each threshold that occurs, at most some 100 of them."""
    if good.all():
        return ()
    ends = np.unique(np.quantile(probability, np.linspace(0, 1, MOST_POINTS + 1), method="nearest"))
    ordered, order = np.sort(probability), np.argsort(probability, kind="stable")
    bad = np.cumsum(~good[order])
    dropped = np.append(np.searchsorted(ordered, ends[1:], side="left"), len(good))
    thresholds = np.append(ends[1:], 1.0)
    return tuple(
        Point(float(threshold), float(bad[count - 1] / count), float(bad[count - 1] / bad[-1]))
        for threshold, count in zip(thresholds, dropped, strict=True)
        if count
    )


def average_precision(probability: Floats, good: Flags) -> float | None:
    """Return the mean precision among the worst-scored down to each bad row; by chance it is the share of bad ones.

    Rows of the same score count as one step. None where no row is bad.
    """
    if good.all():
        return None
    values, place = np.unique(probability, return_inverse=True)
    bad = np.bincount(place, ~good, len(values))
    precision = np.cumsum(bad) / np.cumsum(np.bincount(place, minlength=len(values)))
    return float((precision * bad).sum() / bad.sum())


def bins_of(probability: Floats, good: Flags, bins: int = BINS) -> tuple[Bin, ...]:
    """Return the reliability of probabilities in bins of the same width."""
    place = np.minimum((probability * bins).astype(int), bins - 1)
    return tuple(
        _bin(number, bins, probability[place == number], good[place == number]) for number in range(bins)
    )


def _bin(number: int, bins: int, probability: Floats, good: Flags) -> Bin:
    low, high, count = number / bins, (number + 1) / bins, len(good)
    interval = wilson(int(good.sum()), count, CONFIDENCE)
    if interval is None:
        return Bin(low, high, 0, None, None, None, None)
    return Bin(low, high, count, float(probability.mean()), float(good.mean()), interval.low, interval.high)


def expected_calibration_error(bins: Sequence[Bin]) -> float:
    """Return the mean difference of what bins predict and what they hold, each bin counting by its rows.

    Source: M. Naeini, G. Cooper and M. Hauskrecht, "Obtaining well calibrated probabilities using Bayesian binning"
    (2015). With few rows chance alone makes it some hundredths.
    """
    total = sum(each.count for each in bins)
    off = sum(
        each.count * abs(each.predicted - each.good)
        for each in bins
        if each.predicted is not None and each.good is not None
    )
    return off / total if total else 0.0


def confusion_at(threshold: float, probability: Floats, good: Flags) -> Confusion:
    """Return how many good and bad rows a threshold keeps and drops."""
    kept = probability >= threshold
    return Confusion(
        threshold,
        int((kept & good).sum()),
        int((kept & ~good).sum()),
        int((~kept & good).sum()),
        int((~kept & ~good).sum()),
    )
