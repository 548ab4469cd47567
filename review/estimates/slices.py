"""The bad share of each part of a dataset, beside that of all the rest of it."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from review.estimates.hypergeometric import at_least
from review.estimates.intervals import Interval, wilson
from review.estimates.shares import Estimate, estimate
from review.estimates.words import CONFIDENCE

# Of so few, even none bad leaves more than a tenth possible.
SMALL = 30


class Counts(NamedTuple):
    """What was found in one part."""

    bad: int = 0
    reviewed: int = 0
    population: int = 0


@dataclass(frozen=True, slots=True)
class Slice:
    """One part: its estimate, and by how much its share is above the rest's, with an interval (None: no rest).

    `small` warns of few reviews. `worse` and `better` say that the difference is hardly chance, even though there are
    so many slices to find one in: Fisher's exact test, one-sided, at half of 1 - confidence over the number of slices.
    """

    value: str
    found: Estimate
    difference: Interval | None
    small: bool
    worse: bool
    better: bool


def slices(rows: Iterable[tuple[str, int, int, int]], confidence: float = CONFIDENCE) -> tuple[Slice, ...]:
    """Estimate each slice from rows of (value, bad, reviewed, population), the most surely worse one first.

    They stand in the order of the lower end of the difference to the rest, so a slice with two of three bad ones does
    not lead the list; what has no reviews comes last. Raises ValueError for counts that cannot be.
    """
    parts = [(value, Counts(*counts)) for value, *counts in rows]
    every = Counts(*(sum(column) for column in zip(*(counts for _, counts in parts), strict=True)))
    looked_at = sum(1 for _, counts in parts if counts.reviewed)
    found = []
    for value, own in parts:
        rest = Counts(*(whole - part for whole, part in zip(every, own, strict=True)))
        shown = estimate(own.bad, own.reviewed, own.population, confidence)
        small, rarity = own.reviewed < SMALL, (1 - confidence) / 2 / max(looked_at, 1)
        worse, better = _chance_of_more(own, every) <= rarity, _chance_of_fewer(own, every) <= rarity
        found.append(Slice(value, shown, difference(own, rest, confidence), small, worse, better))
    return tuple(sorted(found, key=_order))


def difference(first: Counts, second: Counts, confidence: float = CONFIDENCE) -> Interval | None:
    """The interval for how much the first share of bad ones is above the second.

    None where one has no reviews. Source: R. G. Newcombe, "Interval estimation for the difference between
    independent proportions: comparison of eleven methods", Statistics in Medicine 17 (1998), 873-890, method 10:
    from Wilson's intervals of both.
    """
    shares, ends = [], []
    for bad, reviewed, population in (first, second):
        interval = wilson(bad, reviewed, confidence, population)
        if interval is None:
            return None
        shares.append(bad / reviewed)
        ends.append(interval)
    (one, other), (its, others) = shares, ends
    below = math.hypot(one - its.low, others.high - other)
    above = math.hypot(its.high - one, other - others.low)
    return Interval(one - other - below, one - other + above)


def _chance_of_more(own: Counts, every: Counts) -> float:
    """Return how likely so many bad ones or more fall into a slice where slices make no difference.

    Source: R. A. Fisher, Statistical Methods for Research Workers, 5th edition (1934), section 21.02.
    """
    return at_least(own.bad, own.reviewed, every.reviewed, every.bad)


def _chance_of_fewer(own: Counts, every: Counts) -> float:
    """Return how likely so few bad ones or fewer fall into a slice where slices make no difference."""
    return at_least(own.reviewed - own.bad, own.reviewed, every.reviewed, every.reviewed - every.bad)


def _order(part: Slice) -> tuple[bool, float, float, str]:
    lowest = part.difference.low if part.difference else 0.0
    return part.found.share is None, -lowest, -(part.found.low or 0.0), part.value
