"""The bad share corrected for the reviewers' own errors, as gold examples show them."""

import math
from dataclasses import dataclass
from statistics import NormalDist

from review.estimates.words import CONFIDENCE, percent

# Below this the normal approximation behind the interval fails: one error more or less would move it by a tenth.
FEWEST_GOLD = 10


@dataclass(frozen=True, slots=True)
class Gold:
    """How reviewers judged examples whose right label is known: `caught` of `bad` as bad, `passed` of `good` as good.

    `basis` says in words what they are: gold examples, or those that an adjudication settled. The latter flatter the
    reviewers, since two who err alike are never adjudicated.
    """

    caught: int
    bad: int
    passed: int
    good: int
    basis: str = "gold examples"

    @property
    def sensitivity(self) -> float | None:
        """The share of bad examples that reviewers find."""
        return self.caught / self.bad if self.bad else None

    @property
    def specificity(self) -> float | None:
        """The share of good examples that reviewers pass."""
        return self.passed / self.good if self.good else None


@dataclass(frozen=True, slots=True)
class Correction:
    """The corrected share with its interval, all None where `reason` says why there is none."""

    gold: Gold
    sentence: str
    reason: str = ""
    share: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def usable(self) -> bool:
        return not self.reason


def corrected(bad: int, reviewed: int, gold: Gold, confidence: float = CONFIDENCE) -> Correction:
    """Correct `bad` of `reviewed` for the reviewers' sensitivity and specificity, both estimated from `gold`.

    The share is (p + Sp - 1) / (Se + Sp - 1), kept within 0 and 1. Source: W. J. Rogan and B. Gladen, "Estimating
    prevalence from the results of a screening test", American Journal of Epidemiology 107 (1978), 71-76.
    The interval counts in that Se and Sp are themselves estimates. Source: Zs. Lang and J. Reiczigel, "Confidence
    limits for prevalence of disease adjusted for estimated sensitivity and specificity", Preventive Veterinary
    Medicine 113 (2014), 13-22. It takes the population as unlimited, and gold as judged like any other example.
    Raises ValueError for counts that cannot be.
    """
    pairs = ((bad, reviewed), (gold.caught, gold.bad), (gold.passed, gold.good))
    if any(not 0 <= part <= whole for part, whole in pairs) or not 0 < confidence < 1:
        raise ValueError(f"no correction of {bad} of {reviewed} by {gold} at confidence {confidence}")
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    reason = _unusable(reviewed, gold, z)
    if reason:
        return Correction(gold, f"Not corrected for the reviewers' errors: {reason}.", reason)
    sensitivity, specificity = gold.caught / gold.bad, gold.passed / gold.good
    share = (bad / reviewed + specificity - 1) / (sensitivity + specificity - 1)
    share = min(max(share, 0.0), 1.0)
    low, high = _interval(bad, reviewed, gold, z)
    # The interval stands around a shrunken estimate; at the ends of the scale the plain one can fall beside it.
    low, high = min(low, share), max(high, share)
    return Correction(gold, _words(gold, share, low, high), "", share, low, high)


def _unusable(reviewed: int, gold: Gold, z: float) -> str:
    if not reviewed:
        return "nothing is reviewed yet"
    if min(gold.bad, gold.good) < FEWEST_GOLD:
        return (
            f"it needs {FEWEST_GOLD} judgements of bad {gold.basis} and {FEWEST_GOLD} of good ones, "
            f"and there are {gold.bad:,} and {gold.good:,}"
        )
    (caught, caught_error), (passed, passed_error) = (
        _shrunken(gold.caught, gold.bad),
        _shrunken(gold.passed, gold.good),
    )
    if caught + passed - 1 <= z * math.sqrt(caught_error + passed_error):
        return f"on {gold.basis} the reviewers tell bad from good hardly better than chance"
    return ""


def _shrunken(part: int, whole: int, extra: float = 1.0) -> tuple[float, float]:
    """Return a share with `extra` successes and failures added, and the variance of that."""
    share = (part + extra) / (whole + 2 * extra)
    return share, share * (1 - share) / (whole + 2 * extra)


def _interval(bad: int, reviewed: int, gold: Gold, z: float) -> tuple[float, float]:
    """Return the limits of Lang and Reiczigel (2014), their equations 4, 7, 16 and 17, within 0 and 1."""
    apparent, apparent_error = _shrunken(bad, reviewed, z * z / 2)
    sensitivity, sensitivity_error = _shrunken(gold.caught, gold.bad)
    specificity, specificity_error = _shrunken(gold.passed, gold.good)
    youden = sensitivity + specificity - 1
    share = (apparent + specificity - 1) / youden
    shift = 2 * z * z * (share * sensitivity_error - (1 - share) * specificity_error)
    variance = apparent_error + share**2 * sensitivity_error + (1 - share) ** 2 * specificity_error
    half = z * math.sqrt(variance) / youden
    middle = share + shift
    return min(max(middle - half, 0.0), 1.0), min(max(middle + half, 0.0), 1.0)


def _words(gold: Gold, share: float, low: float, high: float) -> str:
    return (
        f"Corrected for the reviewers' own errors: {percent(share)} % ({percent(low)} to {percent(high)} %). "
        f"On {gold.basis} they found {gold.caught:,} of {gold.bad:,} bad ones and passed {gold.passed:,} of "
        f"{gold.good:,} good ones."
    )
