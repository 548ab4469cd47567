"""How far reviewers agree on each reason."""

from collections.abc import Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from review.estimates.ratings import Overlap, overlap_of
from review.estimates.reliability import alpha_of


@dataclass(frozen=True, slots=True)
class ReasonAgreement:
    """One reason over the pairs of labels on the same item: `both` give it, `one` of the two does, or `neither`.

    `share` of the pairs agree that it is there or not; `overlap` is `both` of those where any gives it, the stricter
    number for a rare reason. `alpha` treats present and absent as the two verdicts. None where there is nothing.
    """

    reason: str
    both: int
    one: int
    neither: int
    share: float | None
    overlap: float | None
    alpha: float | None


def reason_agreement(
    labels: Iterable[tuple[Hashable, Hashable, Collection[str]]], reasons: Sequence[str] = ()
) -> tuple[ReasonAgreement, ...]:
    """Measure agreement on each reason from (item, rater, reasons of that label), good labels with no reasons too.

    It tells of `reasons` and of all that occur, the one that divides most pairs first.
    """
    labels = list(labels)
    overlap = overlap_of((item, rater) for item, rater, _ in labels)
    known = dict.fromkeys([*reasons, *sorted({reason for *_, given in labels for reason in given})])
    found = [_one(reason, overlap, [reason in given for *_, given in labels]) for reason in known]
    return tuple(sorted(found, key=lambda one: (-one.one, -one.both)))


def _one(reason: str, overlap: Overlap, given: Sequence[bool]) -> ReasonAgreement:
    counts = overlap.item_counts(np.array(given, np.int64), 2)
    absent, present = counts.T
    both, neither = (int((count * (count - 1) // 2).sum()) for count in (present, absent))
    one = int((present * absent).sum())
    pairs = both + one + neither
    share = (both + neither) / pairs if pairs else None
    overlapping = both / (both + one) if both + one else None
    return ReasonAgreement(reason, both, one, neither, share, overlapping, alpha_of(counts))
