"""How far a judge's scores tell what reviewers call good from what they call bad, beside length and the classifier."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from review.estimates import Interval
from review.quality.labels import Flags
from review.quality.metrics import auc
from review.quality.resampling import auc_draws, interval_of

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

GRADES = (1, 2, 3, 4, 5)
CHANCE = 0.5


@dataclass(frozen=True, slots=True)
class JudgedRows:
    """Labels of the random sample, one for each of n texts that a judge scored.

    `score` is from 1 to 5, `words` the length of the answer, `group` what belongs together, `classifier` the
    probability of good by a classifier that was not fitted to the row; nan where there is none.
    """

    score: Floats
    good: Flags
    words: Floats
    group: Ints
    classifier: Floats

    def __len__(self) -> int:
        return len(self.score)

    def take(self, rows: Flags) -> "JudgedRows":
        return JudgedRows(
            self.score[rows], self.good[rows], self.words[rows], self.group[rows], self.classifier[rows]
        )


@dataclass(frozen=True, slots=True)
class Area:
    """An area under the ROC curve over `count` rows; without an interval where fewer than ten groups are."""

    count: int
    value: float | None
    interval: Interval | None


@dataclass(frozen=True, slots=True)
class JudgeFigures:
    """Figures of `count` labels, `bad` of them bad.

    `length` is the area by the length of the answer alone, longer or shorter being better, whichever does better here;
    `gain` how far the judge's is above it. `classifier` is over the rows that the classifier could score out of fold,
    and `judge_there` the judge's over the same. `table` has for each grade how many good and bad ones got it.
    """

    count: int
    bad: int
    judge: Area
    length: Area
    gain: Interval | None
    classifier: Area
    judge_there: Area
    mean_good: float | None
    mean_bad: float | None
    table: tuple[tuple[int, int, int], ...]

    @property
    def beats_length(self) -> bool:
        """Whether the whole interval of the gain over length is above 0, and that of the area above chance."""
        if self.gain is None or self.judge.interval is None:
            return False
        return self.gain.low > 0 and self.judge.interval.low > CHANCE

    @property
    def standing(self) -> str:
        """Say in words what the figures allow."""
        own, length = self.judge, self.length.value
        if own.value is None or own.interval is None or length is None:
            return "Not measured: the judge has scored too few good and bad labels of the random sample."
        verdict = "Better than length" if self.beats_length else "Not better than length"
        at = f"{own.value:.2f} ({own.interval.low:.2f} to {own.interval.high:.2f})"
        return f"{verdict}: its area under the curve is {at}, that of length alone {length:.2f}."


def judge_figures(rows: JudgedRows, seed: int = 0) -> JudgeFigures:
    """Return how a judge does on labels of a random sample."""
    length = _length(rows)
    there = rows.take(np.isfinite(rows.classifier))
    draws = auc_draws([rows.score, length], rows.good, rows.group, seed=seed)
    grades = np.clip(np.floor(rows.score + 0.5), GRADES[0], GRADES[-1])
    return JudgeFigures(
        len(rows),
        int((~rows.good).sum()),
        Area(len(rows), auc(rows.score, rows.good), interval_of(draws[0])),
        Area(len(rows), auc(length, rows.good), interval_of(draws[1])),
        interval_of(draws[0] - draws[1]),
        _area(there.classifier, there, seed),
        _area(there.score, there, seed),
        _mean(rows.score[rows.good]),
        _mean(rows.score[~rows.good]),
        tuple(
            (grade, int((rows.good & (grades == grade)).sum()), int((~rows.good & (grades == grade)).sum()))
            for grade in GRADES
        ),
    )


def _length(rows: JudgedRows) -> Floats:
    """Return the length of the answer, the other way round where shorter ones are better."""
    area = auc(rows.words, rows.good)
    return -rows.words if area is not None and area < CHANCE else rows.words


def _area(scores: Floats, rows: JudgedRows, seed: int) -> Area:
    draws = auc_draws([scores], rows.good, rows.group, seed=seed)
    return Area(len(rows), auc(scores, rows.good), interval_of(draws[0]))


def _mean(scores: Floats) -> float | None:
    return float(scores.mean()) if len(scores) else None
