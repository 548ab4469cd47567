"""What a limit on the classifier's score would do, for every place where it can be set."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from review.estimates.intervals import wilson
from review.estimates.words import CONFIDENCE

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

STEPS = 100


@dataclass(frozen=True, slots=True)
class Preview:
    """For every limit (k,) what is kept, which is whatever scores at least as much.

    `kept` counts examples; it never rises with the limit. `bad_share` is the expected bad share among them with its
    interval `low` to `high`. `bad_caught` and `good_lost` are the shares of all bad and of all good ones that are not
    kept; they never fall. What is based on no label is not a number. `labels_kept` and `bad_kept` are the counts of
    labels that it rests on, out of `labels` and `bad`.
    """

    limits: Floats
    kept: Ints
    bad_share: Floats
    low: Floats
    high: Floats
    bad_caught: Floats
    good_lost: Floats
    labels_kept: Ints
    bad_kept: Ints
    labels: int
    bad: int


def limits_of(steps: int = STEPS) -> Floats:
    """Return the limits from 0 to 1 at which a slider can stand."""
    return np.arange(steps + 1) / steps


def counted(scores: Floats, limits: Floats) -> Ints:
    """Return how many scores lie in each part (k + 1,) that the limits make: below the first, …, from the last on.

    Of many scores the counts of parts can be added up.
    """
    return np.bincount(np.searchsorted(limits, scores, side="right"), minlength=len(limits) + 1)


def preview(
    good: Flags, scores: Floats, counts: Ints, limits: Floats, confidence: float = CONFIDENCE
) -> Preview:
    """Preview limits (k,), rising, from labels on a random sample and how all examples score.

    `good` (n,) are the labels, `scores` (n,) the probability of good out of fold; rows whose score is not a number are
    left out. `counts` (k + 1,) are the `counted` scores of all that may be kept. The interval is Wilson's
    (`review.estimates.wilson`) at each limit by itself. Raises ValueError for arrays that do not fit together.
    """
    if len(good) != len(scores) or len(counts) != len(limits) + 1 or bool((np.diff(limits) <= 0).any()):
        raise ValueError("labels and scores, or counts and limits, do not fit together")
    scored = np.isfinite(scores)
    good, scores = good[scored], scores[scored]
    kept, good_kept, bad_kept = (
        _from(parts) for parts in (counts, counted(scores[good], limits), counted(scores[~good], limits))
    )
    labels_kept, bad = good_kept + bad_kept, int((~good).sum())
    low, high = _intervals(bad_kept, labels_kept, kept, confidence)
    return Preview(
        limits=limits,
        kept=kept,
        bad_share=_share(bad_kept, labels_kept),
        low=low,
        high=high,
        bad_caught=1 - _share(bad_kept, np.full(len(limits), bad)),
        good_lost=1 - _share(good_kept, np.full(len(limits), len(good) - bad)),
        labels_kept=labels_kept,
        bad_kept=bad_kept,
        labels=len(good),
        bad=bad,
    )


def _from(parts: Ints) -> Ints:
    """Return how many lie at each limit or above, from the counts of the parts between."""
    found: Ints = parts[::-1].cumsum()[::-1][1:]
    return found


def _share(part: Ints, whole: Ints) -> Floats:
    found: Floats = np.divide(part, whole, out=np.full(len(part), np.nan), where=whole > 0)
    return found


def _intervals(bad: Ints, labels: Ints, kept: Ints, confidence: float) -> tuple[Floats, Floats]:
    found = np.full((2, len(bad)), np.nan)
    for at, (some, of, all_kept) in enumerate(zip(bad.tolist(), labels.tolist(), kept.tolist(), strict=True)):
        # Out of fold a label can score above a limit that the example itself does not reach.
        interval = wilson(some, of, confidence, max(all_kept, of))
        if interval:
            found[:, at] = interval.low, interval.high
    return found[0], found[1]
