"""Labels that deserve a second look: those that a classifier which has not seen them finds improbable."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

# Out of fold, a label that is less probable than this is probably an error.
IMPROBABLE = 0.1
# A rare label is improbable for any text; it has to be so much less probable for this one.
RARER = 0.5
GOOD_FROM = 0.5
SUREST = 0.99


@dataclass(frozen=True, slots=True)
class Suspect:
    """A label, by its row, and how probable the classifier finds it."""

    row: int
    id: str
    good: bool
    probability: float

    @property
    def sentence(self) -> str:
        """Both sides in words."""
        said, other = ("good", "bad") if self.good else ("bad", "good")
        share = sure_words(1 - self.probability)
        return f"Labelled {said}; the classifier, which has not seen this label, takes it for {other} ({share} %)."


def sure_words(probability: float) -> str:
    """Write a probability in percent; never as 100, which nothing that was learnt can be."""
    return "over 99" if probability > SUREST else f"{100 * probability:.0f}"


def label_errors(
    ids: Sequence[str], good: Flags, scores: Floats, limit: float = IMPROBABLE
) -> tuple[Suspect, ...]:
    """Return the probable label errors, surest first.

    `good` (n,) are the labels, `scores` (n,) the probability of good out of fold; rows whose score is not a number are
    left out. A label counts where its probability is below `limit`, and below half of how frequent it is: where one in
    twenty is bad, a score of 95 % good says nothing about a text. The order of rows does not matter. Source of the
    idea: C. Northcutt, L. Jiang and I. Chuang, "Confident learning: Estimating uncertainty in dataset labels", Journal
    of Artificial Intelligence Research 70 (2021), 1373-1411.
    """
    own = _own(ids, good, scores)
    scored = np.isfinite(scores)
    share = float(good[scored].mean()) if scored.any() else 0.0
    usual = np.where(good, share, 1 - share)
    return _ordered(ids, good, own, scored & (own < limit) & (own < RARER * usual))


def disagreements(
    ids: Sequence[str], good: Flags, scores: Floats, threshold: float = GOOD_FROM
) -> tuple[Suspect, ...]:
    """Return what a reviewer called bad and the classifier takes for good, at `threshold` or above; surest first.

    Arguments as of `label_errors`.
    """
    own = _own(ids, good, scores)
    return _ordered(ids, good, own, ~good & (scores >= threshold))


def _own(ids: Sequence[str], good: Flags, scores: Floats) -> Floats:
    if not len(ids) == len(good) == len(scores):
        raise ValueError("ids, labels and scores differ in number")
    return np.where(good, scores, 1 - scores)


def _ordered(ids: Sequence[str], good: Flags, own: Floats, which: Flags) -> tuple[Suspect, ...]:
    rows = sorted(np.flatnonzero(which).tolist(), key=lambda row: (own[row], ids[row]))
    return tuple(Suspect(row, ids[row], bool(good[row]), float(own[row])) for row in rows)
