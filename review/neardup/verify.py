"""Every candidate pair is compared exactly: by the Jaccard of its two sets of shingle hashes."""

from dataclasses import dataclass

import numpy as np

from review.neardup.arrays import Numbers, Shares, distinct, in_threads
from review.neardup.candidates import Candidates, sides
from review.neardup.corpus import Sets, SetSource
from review.neardup.rule import Rule

ROOM = 1 << 26  # hashes of sets that are in memory at a time: 256 MB, twice while they are put together
PAIRS = 1 << 24  # pairs that are compared at a time: 400 MB


@dataclass(frozen=True, slots=True)
class Matches:
    """Pairs of records (left < right) and how much their sets overlap, 0 to 1."""

    left: Numbers
    right: Numbers
    similarity: Shares


def similarities(
    left: Numbers, right: Numbers, source: SetSource, threads: int = 2, least: float = 0.0
) -> Shares:
    """Return the exact Jaccard of each pair of records; 0 where it is below `least`.

    Shingles are told apart by 32-bit hashes: two sets of 500 hold a chance collision about once in 17,000 pairs,
    which moves their overlap by less than 0.002.
    """
    records = distinct(np.concatenate([left, right]))
    if source.room(records) > ROOM and left.size > 1:
        half = left.size // 2
        parts = [(left[:half], right[:half]), (left[half:], right[half:])]
        return np.concatenate([similarities(*part, source, threads, least) for part in parts])
    sets = source.sets(records, threads)
    places = np.searchsorted(records, left), np.searchsorted(records, right)
    return _overlaps(sets, *places, least, threads)


def _overlaps(sets: Sets, left: Numbers, right: Numbers, least: float, threads: int) -> Shares:
    from review.neardup import pair_kernels  # noqa: PLC0415  (numba: seconds and 100 MB)

    found = np.zeros(left.size, np.float64)
    bounds = np.linspace(0, left.size, 4 * threads + 1).astype(int)

    def overlap(at: int) -> None:
        part = slice(bounds[at], bounds[at + 1])
        pair_kernels.overlaps(sets.hashes, sets.ends, left[part], right[part], least, found[part])

    list(in_threads(overlap, range(4 * threads), threads))
    return found


def verify(candidates: Candidates, source: SetSource, rule: Rule, threads: int = 2) -> Matches:
    """Return the candidate pairs that overlap by at least `rule.similarity`."""
    none = np.empty(0, np.int64)
    matches = [(none, none, np.empty(0, np.float64))]
    for at in range(0, candidates.pairs.size, PAIRS):
        left, right = sides(candidates.pairs[at : at + PAIRS])
        found = similarities(left, right, source, threads, rule.similarity)
        kept = found >= rule.similarity
        matches.append((left[kept], right[kept], found[kept]))
    return Matches(*map(np.concatenate, zip(*matches, strict=True)))
