"""How far a classifier can be trusted, said by out-of-fold scores of labels from the random sample alone."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from review.estimates import Interval
from review.quality.calibration import brier
from review.quality.crossing import OutOfFold, Scaled
from review.quality.labels import Flags, Labels
from review.quality.metrics import (
    Bin,
    Confusion,
    Point,
    auc,
    average_precision,
    bins_of,
    confusion_at,
    curve_of,
    expected_calibration_error,
)
from review.quality.resampling import auc_draws, interval_of

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

THRESHOLD = 0.5
MOST_SLICES = 30
LENGTH_BANDS = (20, 50, 100, 200)
CHANCE = 0.5


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the rows: how many, how many bad, and what the model does there; `auc` is None for one class only."""

    value: str
    count: int
    bad: int
    auc: float | None
    brier: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Figures of `count` labels from the random sample, `bad` of them bad, by scores out of fold.

    `labels` is how many trained the model, `left_out` how many sampled ones no fold could score. `length_auc` is the
    area by the length of the answer alone, and `gain` how much the model's is above it. Areas are None where a class
    is missing, intervals where fewer than ten groups are; all else is empty where `count` is 0.
    """

    labels: int
    count: int
    bad: int
    left_out: int
    auc: float | None
    auc_interval: Interval | None
    length_auc: float | None
    gain: float | None
    gain_interval: Interval | None
    average_precision: float | None
    brier: float | None
    ece: float | None
    is_scaled: bool
    curve: tuple[Point, ...]
    bins: tuple[Bin, ...]
    confusion: Confusion
    slices: Mapping[str, tuple[Slice, ...]]

    @property
    def beats_length(self) -> bool:
        """Whether the whole interval of the gain over length alone is above 0, and that of the area above chance."""
        if self.gain_interval is None or self.auc_interval is None:
            return False
        return self.gain_interval.low > 0 and self.auc_interval.low > CHANCE

    @property
    def base_rate(self) -> float | None:
        return self.bad / self.count if self.count else None

    @property
    def standing(self) -> str:
        """Say in words what the figures allow."""
        if self.auc is None or self.length_auc is None or self.auc_interval is None:
            return "Not measured: too few good and bad labels from the random sample."
        at = f"{self.auc:.2f} ({self.auc_interval.low:.2f} to {self.auc_interval.high:.2f})"
        verdict = "Better than length" if self.beats_length else "Not better than length"
        return f"{verdict}: its area under the curve is {at}, that of length alone {self.length_auc:.2f}."


def evaluate(
    found: OutOfFold, made: Scaled, labels: Labels, threshold: float = THRESHOLD, seed: int = 0
) -> Evaluation:
    """Return every figure; rows that are not of a random draw, or that no fold could score, have no part in any.

    Labels count as they were before any second look.
    """
    rows = np.flatnonzero(labels.sampled & found.scored)
    good, probability = labels.measured[rows], made.probability[rows]
    bins = bins_of(probability, good)
    areas = _areas(found, rows, good, seed)
    return Evaluation(
        len(labels),
        len(rows),
        int((~good).sum()),
        int(labels.sampled.sum()) - len(rows),
        *areas,
        average_precision(probability, good),
        brier(probability, good) if len(rows) else None,
        expected_calibration_error(bins) if len(rows) else None,
        not made.platt.is_plain,
        curve_of(probability, good) if len(rows) else (),
        bins,
        confusion_at(threshold, probability, good),
        _broken_down(labels, found, rows, probability),
    )


def _areas(
    found: OutOfFold, rows: Ints, good: Flags, seed: int
) -> tuple[float | None, Interval | None, float | None, float | None, Interval | None]:
    """Return area, interval, area by length, gain and its interval."""
    # The logit before scaling: scaling differs from fold to fold, and would move rows past each other.
    logit, length = found.logit[rows], found.length[rows]
    own, base = auc(logit, good), auc(length, good)
    if own is None or base is None:
        return own, None, base, None, None
    draws = auc_draws([logit, length], good, found.group[rows], seed=seed)
    return own, interval_of(draws[0]), base, own - base, interval_of(draws[0] - draws[1])


def _broken_down(
    labels: Labels, found: OutOfFold, rows: Ints, probability: Floats
) -> dict[str, tuple[Slice, ...]]:
    named = {name: [values[row] for row in rows] for name, values in labels.slices.items()}
    named.setdefault("length", [length_band(words) for words in found.words[rows]])
    good, logit = labels.measured[rows], found.logit[rows]
    return {name: _slices(values, good, logit, probability) for name, values in named.items()}


def _slices(values: Sequence[str], good: Flags, logit: Floats, probability: Floats) -> tuple[Slice, ...]:
    """Return the most frequent values, each with its figures."""
    column = np.array(values, dtype=object)
    often = sorted(Counter(values).items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_SLICES]
    made = []
    for value, count in often:
        own = column == value
        bad = int((~good[own]).sum())
        made.append(Slice(value, count, bad, auc(logit[own], good[own]), brier(probability[own], good[own])))
    return tuple(made)


def length_band(words: float) -> str:
    """Return the band of an answer of so many words, as "20 to 49 words"."""
    edges = (0, *LENGTH_BANDS)
    place = sum(round(words) >= edge for edge in LENGTH_BANDS)
    if place == len(LENGTH_BANDS):
        return f"{LENGTH_BANDS[-1]} words or more"
    return f"{edges[place]} to {LENGTH_BANDS[place] - 1} words"
