"""The bad share from the labels on a random sample together with a classifier's scores of all: prediction-powered."""

import math
from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from review.estimates.intervals import NEGLIGIBLE_PART, Interval, wilson
from review.estimates.words import CONFIDENCE, percent

# Below these the interval holds the truth less often than it says (simulated by `bench.ppi`).
FEWEST_REVIEWED = 200
FEWEST_OF_EACH = 8
ROUNDING = 1e-18
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class PoweredEstimate:
    """The bad share of `population` from `reviewed` labels, `bad` of them bad, and the scores of all.

    `weight` is the paper's lambda: how far the scores are trusted, from 0 (not at all) to 1. `width_ratio` is the width
    of the interval over that of Wilson's plain one. `reason` says in words why the plain one is to be shown instead; ""
    where this one is. Shares, interval and ratio are None while nothing is reviewed.
    """

    bad: int
    reviewed: int
    population: int
    reason: str
    share: float | None = None
    low: float | None = None
    high: float | None = None
    weight: float = 0.0
    width_ratio: float | None = None
    confidence: float = CONFIDENCE

    @property
    def usable(self) -> bool:
        return not self.reason

    @property
    def sentence(self) -> str:
        """The estimate in words, or why there is none."""
        if self.reason or self.share is None or self.low is None or self.high is None:
            return f"The scores are not counted in: {self.reason}."
        said = f"Counting in the classifier's scores of all {self.population:,}: {percent(self.share)} %"
        narrower = round(100 * (1 - (self.width_ratio or 1.0)))
        than = f", an interval {narrower} % narrower" if narrower else ""
        return f"{said} ({percent(self.low)} to {percent(self.high)} %){than}."


def prediction_powered(
    bad: Flags, scores: Floats, *, others: float, population: int, confidence: float = CONFIDENCE
) -> PoweredEstimate:
    """Estimate the bad share of a population from labels on a random part of it and scores of all of it.

    `bad` (n,) are the labels, True for bad; `scores` (n,) the classifier's probability of bad for the same examples,
    from folds in which they were held out; `others` the mean score of the population - n that have no label. Scores
    need not be calibrated, nor good: that only costs width. Raises ValueError for counts or scores that cannot be.

    With f the scores and F their mean over all N, the share is mean(y) + lambda (F - mean(f)), and lambda, clipped to
    0..1, makes the variance least: cov(y, f) / var(f). Source: A. N. Angelopoulos, J. C. Duchi and T. Zrnic, "PPI++:
    Efficient prediction-powered inference", arXiv 2311.01453 (2023), its power tuning. Labels are drawn from the N
    without replacement, so only y - lambda f is left to chance, with variance (1 - n/N) var(y - lambda f) / n: the
    survey statisticians' difference estimator (C.-E. Särndal, B. Swensson and J. Wretman, Model Assisted Survey
    Sampling, 1992, section 6.3). The interval is `_interval`'s, since the paper's normal one fails for few bad ones.
    """
    bad = np.asarray(bad, np.bool_)
    _check(bad, scores, others, population)
    seen = _seen(bad, scores, population) if len(bad) else None
    plain = wilson(int(bad.sum()), len(bad), confidence, population)
    if seen is None or plain is None:
        return PoweredEstimate(0, 0, population, "nothing is reviewed yet", confidence=confidence)
    shift = seen.weight * (1 - seen.reviewed / population) * (others - float(scores.mean()))
    share = min(max(seen.bad / seen.reviewed + shift, 0.0), 1.0)
    gain = _gain(seen, confidence)
    interval = _interval(share, gain, seen, confidence)
    width = plain.high - plain.low
    ratio = (interval.high - interval.low) / width if width else 1.0
    return PoweredEstimate(
        seen.bad,
        seen.reviewed,
        population,
        _unusable(seen, gain > 1 and ratio <= 1),
        share=share,
        low=interval.low,
        high=interval.high,
        weight=seen.weight,
        width_ratio=ratio,
        confidence=confidence,
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """The counts, and the sums of squares and products of labels y and scores f about their means."""

    bad: int
    reviewed: int
    population: int
    labels: float
    scores: float
    both: float

    @property
    def weight(self) -> float:
        """The lambda of least variance within 0..1; scores that do not differ say nothing."""
        return min(max(self.both / self.scores, 0.0), 1.0) if self.scores else 0.0

    @property
    def left(self) -> float:
        """The sum of squares of y - lambda f."""
        return max(self.labels - 2 * self.weight * self.both + self.weight**2 * self.scores, 0.0)


def _seen(bad: Flags, scores: Floats, population: int) -> _Seen:
    share = float(bad.mean())
    centred = scores - scores.mean()
    spread, both = float(centred @ centred), float(centred[bad].sum())
    # Rounding leaves equal scores a spread that is not quite nothing.
    if spread < ROUNDING * len(bad):
        spread = 0.0
    return _Seen(
        int(bad.sum()), len(bad), population, len(bad) * share * (1 - share), scores=spread, both=both
    )


def _gain(seen: _Seen, confidence: float) -> float:
    """Return how many plain labels one label is worth beside the scores: var(y) / var(y - lambda f), shrunken.

    To both sums of squares z² is added, as if z² more examples had been misjudged outright: where the
    classifier has not erred yet, it may still (the idea of A. Agresti and B. A. Coull, "Approximate is better than
    'exact' for interval estimation of binomial proportions", The American Statistician 52 (1998), 119-126). The fitted
    lambda costs one degree of freedom.
    """
    squared = NormalDist().inv_cdf(0.5 + confidence / 2) ** 2
    freedom = max(seen.reviewed - 2, 1) / max(seen.reviewed - 1, 1)
    return (seen.labels + squared) / (seen.left + squared) * freedom


def _interval(share: float, gain: float, seen: _Seen, confidence: float) -> Interval:
    """Return Wilson's interval around `share` as if `gain` times as many had been reviewed.

    Source of the effective sample size: E. L. Korn and B. I. Graubard, "Confidence intervals for proportions with small
    expected number of positive counts estimated from survey data", Survey Methodology 24 (1998), 193-201; with
    Wilson's interval C. Franco and others, "Comparative study of confidence intervals for proportions in complex sample
    surveys", Journal of Survey Statistics and Methodology 7 (2019), 334-364. Beyond a twentieth of the population it is
    narrowed for drawing without replacement as the plain one is, and stays within what the labels leave possible.
    """
    bad, reviewed, population = seen.bad, seen.reviewed, seen.population
    if reviewed == population:
        return Interval(share, share)
    squared = NormalDist().inv_cdf(0.5 + confidence / 2) ** 2
    least, most = bad / population, 1 - (reviewed - bad) / population
    if reviewed > NEGLIGIBLE_PART * population:
        squared *= (population - reviewed) / (population - 1)
    weight = squared / (reviewed * gain)
    middle = (share + weight / 2) / (1 + weight)
    half = math.sqrt(weight * share * (1 - share) + weight * weight / 4) / (1 + weight)
    return Interval(min(max(middle - half, least), most), max(min(middle + half, most), least))


def _unusable(seen: _Seen, narrower: bool) -> str:
    bad, reviewed, population = seen.bad, seen.reviewed, seen.population
    if reviewed == population:
        return "all are reviewed, so the share is exact without them"
    if reviewed < FEWEST_REVIEWED:
        return f"it needs {FEWEST_REVIEWED} reviewed ones, and there are {reviewed:,}"
    if min(bad, reviewed - bad) < FEWEST_OF_EACH:
        found = f"{bad:,} bad and {reviewed - bad:,} good"
        return f"it needs {FEWEST_OF_EACH} bad and {FEWEST_OF_EACH} good ones among the reviewed, and there are {found}"
    return "" if narrower else "the interval would not be narrower"


def _check(bad: Flags, scores: Floats, others: float, population: int) -> None:
    if len(bad) != len(scores) or len(bad) > population:
        raise ValueError(f"{len(bad)} labels and {len(scores)} scores of a population of {population}")
    ends = (float(scores.min()), float(scores.max())) if len(scores) else ()
    # Written so that a score that is not a number is refused too.
    if not all(0 <= end <= 1 for end in (*ends, *([others] if len(bad) < population else []))):
        raise ValueError("scores are probabilities from 0 to 1")
