"""Candidate pairs: records that share a band, found by sorting one band at a time."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from review.neardup.corpus import Part
from review.neardup.signatures import Keys, Numbers, in_threads

CAP = 200
HUBS = 8
MERGED = 1 << 24  # pairs gathered before repeated ones are taken out: 128 MB


@dataclass(frozen=True, slots=True)
class Cut:
    """What the cap left out: buckets above it, their records, the largest, and the pairs not compared.

    A record in several such buckets counts in each; a pair left out of one may have been compared by another.
    """

    buckets: int = 0
    records: int = 0
    largest: int = 0
    pairs: int = 0

    def __add__(self, other: "Cut") -> "Cut":
        largest = max(self.largest, other.largest)
        return Cut(
            self.buckets + other.buckets, self.records + other.records, largest, self.pairs + other.pairs
        )


@dataclass(frozen=True, slots=True)
class Candidates:
    """Distinct pairs as smaller record << 32 | larger record, ascending, and what the cap left out."""

    pairs: Keys
    cut: Cut

    def sides(self) -> tuple[Numbers, Numbers]:
        """Return the smaller and the larger record of each pair."""
        right = (self.pairs & np.uint64(0xFFFFFFFF)).astype(np.int64)
        return (self.pairs >> np.uint64(32)).astype(np.int64), right


def part_candidates(part: Part, cap: int = CAP) -> Candidates:
    """Return the pairs of one part.

    A bucket of at most `cap` records gives all its pairs. In a larger one each record is paired with 8 of them
    spread evenly over it, so the cost grows with the bucket and not with its square. A cluster that fills the
    bucket stays whole, as each member meets the same 8; near duplicates among records that merely share a
    template meet in the bands that the template does not fill.
    """
    from review.neardup import pair_kernels  # noqa: PLC0415  (numba: seconds and 100 MB)

    order = np.argsort(part.hashes)
    ordered, records = part.hashes[order], part.records[order]
    cut, hubs = np.zeros(4, np.int64), min(HUBS, cap)
    pairs = np.empty(pair_kernels.count_pairs(ordered, cap, hubs, cut), np.uint64)
    pair_kernels.write_pairs(ordered, records, cap, hubs, pairs)
    return Candidates(pairs, Cut(*map(int, cut)))


def candidates(parts: Iterable[Part], cap: int = CAP, threads: int = 2) -> Candidates:
    """Return the pairs of all parts; no more parts are in memory than threads, and one."""
    cut, waiting, gathered = Cut(), 0, [np.empty(0, np.uint64)]
    for found in in_threads(lambda part: part_candidates(part, cap), parts, threads):
        cut += found.cut
        gathered.append(found.pairs)
        waiting += found.pairs.size
        if waiting > MERGED:
            gathered, waiting = [np.unique(np.concatenate(gathered))], 0
    return Candidates(np.unique(np.concatenate(gathered)), cut)
