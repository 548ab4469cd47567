"""Candidate pairs: records that share a band, found by sorting one band at a time."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from review.neardup.arrays import Bytes, Keys, Numbers, distinct, in_threads
from review.neardup.corpus import Part
from review.neardup.rule import CAP, Rule
from review.neardup.signatures import PERMUTATIONS, agreement

HUBS = 8
ROW_PAIRS, SPARE_PAIRS = 32, 1 << 21  # pairs that a part may give for each of its rows, and beside those
BLOCK = 1 << 20  # pairs written at a time
MERGED = 1 << 24  # pairs gathered before repeated ones are taken out: 128 MB

NO_SKETCHES = np.empty((0, PERMUTATIONS), np.uint8)


@dataclass(frozen=True, slots=True)
class Cut:
    """What the cap left out: buckets above it, their records, the largest, and the pairs not compared.

    A record in several such buckets counts in each; a pair left out of one may have been compared in another.
    `cap` is the lowest that held for any part.
    """

    buckets: int = 0
    records: int = 0
    largest: int = 0
    pairs: int = 0
    cap: int = CAP

    def __add__(self, other: "Cut") -> "Cut":
        return Cut(
            self.buckets + other.buckets,
            self.records + other.records,
            max(self.largest, other.largest),
            self.pairs + other.pairs,
            min(self.cap, other.cap),
        )


@dataclass(frozen=True, slots=True)
class Candidates:
    """Distinct pairs as smaller record << 32 | larger record, ascending; how often two records shared a band
    (in each band anew, also where their sketches ruled them out); and what the cap left out.
    """

    pairs: Keys
    met: int
    cut: Cut


def sides(pairs: Keys) -> tuple[Numbers, Numbers]:
    """Return the smaller and the larger record of each pair."""
    return (pairs >> np.uint64(32)).astype(np.int64), (pairs & np.uint64(0xFFFFFFFF)).astype(np.int64)


def part_candidates(part: Part, rule: Rule, sketches: Bytes = NO_SKETCHES) -> Candidates:
    """Return the pairs of one part.

    A bucket of at most `rule.cap` records gives all its pairs; the cap is halved while the part would give more
    than 32 pairs a row and 2 million. In a larger bucket each record is paired with 8 of them, so the cost grows
    with the bucket and not with its square. A cluster that fills the bucket stays whole, as each member meets the
    same 8; near duplicates among records that merely share a template meet in the bands that the template does
    not fill. Where the records' sketches are given, pairs whose sketches agree in too few places for
    `rule.similarity` are left out here.
    """
    from review.neardup import pair_kernels  # noqa: PLC0415  (numba: seconds and 100 MB)

    order = np.argsort(part.hashes)
    ordered, records = part.hashes[order], part.records[order]
    cap, most, tally = _fitting(ordered, rule.cap)
    hubs, least = min(HUBS, cap), agreement(rule.similarity)
    block = np.empty(max(BLOCK, most), np.uint64)
    blocks, at = [np.empty(0, np.uint64)], 0
    while at < ordered.size:
        at, used = pair_kernels.write_pairs(ordered, records, at, cap, hubs, sketches, least, block)
        blocks.append(block[:used].copy())
    return Candidates(np.concatenate(blocks), int(tally[4]), Cut(*map(int, (*tally[:4], cap))))


def _fitting(ordered: Numbers, cap: int) -> tuple[int, int, Numbers]:
    """Return the cap that keeps a part within bounds, the pairs of its largest bucket, and its tally."""
    from review.neardup import pair_kernels  # noqa: PLC0415

    while True:
        tally = np.zeros(5, np.int64)
        most = pair_kernels.room(ordered, cap, min(HUBS, cap), tally)
        if tally[4] <= ROW_PAIRS * ordered.size + SPARE_PAIRS or cap <= HUBS:
            return cap, most, tally
        cap //= 2


def candidates(
    parts: Iterable[Part], rule: Rule, threads: int = 2, sketches: Bytes = NO_SKETCHES
) -> Candidates:
    """Return the pairs of all parts; no more parts are in memory than threads, and one."""
    cut, met, waiting, gathered = Cut(cap=rule.cap), 0, 0, [np.empty(0, np.uint64)]
    for found in in_threads(lambda part: part_candidates(part, rule, sketches), parts, threads):
        cut += found.cut
        met += found.met
        gathered.append(found.pairs)
        waiting += found.pairs.size
        if waiting > MERGED:
            gathered, waiting = [distinct(np.concatenate(gathered))], 0
    return Candidates(distinct(np.concatenate(gathered)), met, cut)
