# ruff: noqa: PLR0917  (a kernel takes its arrays by position)
"""Compiled loops over sorted band hashes and over sets: candidate pairs, exact overlaps."""

from typing import Any

import numpy as np

from review.neardup.arrays import Bytes, Hashes, Keys, Numbers
from review.neardup.compiling import compiled


@compiled
def overlaps(hashes: Hashes, ends: Numbers, left: Numbers, right: Numbers, least: float, found: Any) -> None:
    """Write the exact Jaccard of each pair of sets; 0 for a pair that cannot reach `least`."""
    for pair in range(left.size):
        i, i_end = ends[left[pair]], ends[left[pair] + 1]
        j, j_end = ends[right[pair]], ends[right[pair] + 1]
        both = (i_end - i) + (j_end - j)
        needed = np.int64(np.ceil(least * both / (1.0 + least) - 1e-6))
        shared = 0
        while i < i_end and j < j_end and shared + min(i_end - i, j_end - j) >= needed:
            # Without a branch on the values, and with the bound looked at once in 16 steps.
            for _ in range(16):
                if i == i_end or j == j_end:
                    break
                one, other = hashes[i], hashes[j]
                shared += one == other
                i += one <= other
                j += other <= one
        value = shared / (both - shared) if shared else 0.0
        found[pair] = value if value >= least else 0.0


@compiled
def _bucket_end(ordered: Numbers, at: int) -> int:
    end = at + 1
    while end < ordered.size and ordered[end] == ordered[at]:
        end += 1
    return end


@compiled
def _pairs(size: int, cap: int, hubs: int) -> Any:
    if size <= cap:
        return size * (size - 1) // 2
    return hubs * (size - hubs) + hubs * (hubs - 1) // 2


@compiled
def room(ordered: Numbers, cap: int, hubs: int, tally: Numbers) -> Any:
    """Return how many pairs the bucket with the most pairs gives, for band hashes in ascending order.

    `tally` gets: buckets over the cap, their records, the largest of them, the pairs left out of them, and the
    pairs that all buckets give.
    """
    most, at = 0, 0
    while at < ordered.size:
        end = _bucket_end(ordered, at)
        size = end - at if ordered[at] != 0 else 0
        pairs = _pairs(size, cap, hubs)
        if size > cap:
            tally[0] += 1
            tally[1] += size
            tally[2] = max(tally[2], size)
            tally[3] += size * (size - 1) // 2 - pairs
        tally[4] += pairs
        most = max(most, pairs)
        at = end
    return most


@compiled
def _hubs_first(members: Numbers, hubs: int) -> None:
    """Move those with the smallest scattered numbers to the front: any few, but the same in whatever order."""
    for hub in range(hubs):
        best, least = hub, np.uint64(0xFFFFFFFFFFFFFFFF)
        for place in range(hub, members.size):
            scattered = np.uint64(members[place]) * np.uint64(0x9E3779B97F4A7C15)
            if scattered < least:
                best, least = place, scattered
        members[hub], members[best] = members[best], members[hub]


@compiled
def _agree(sketches: Bytes, one: int, other: int, least: int) -> bool:
    same = np.uint8(0)
    for place in range(sketches.shape[1]):
        same = np.uint8(same + np.uint8(sketches[one, place] == sketches[other, place]))
    return bool(same >= least)


@compiled
def write_pairs(
    ordered: Numbers, records: Numbers, at: int, cap: int, hubs: int, sketches: Bytes, least: int, found: Keys
) -> tuple[int, int]:
    """Write the pairs of the buckets from `at` on as smaller record << 32 | larger record, while there is room.

    A bucket of at most `cap` records gives all its pairs; a larger one those of `hubs` records with each of its
    records. Where there are sketches, a pair must agree in `least` places. `records` may change their order
    within a bucket. Returns where the next bucket begins and how many pairs were written.
    """
    out = 0
    while at < ordered.size:
        end = _bucket_end(ordered, at)
        size = end - at if ordered[at] != 0 else 0
        if out + _pairs(size, cap, hubs) > found.size:
            break
        members = records[at:end]
        if size > cap:
            _hubs_first(members, hubs)
        for first in range(hubs if size > cap else size):
            for second in range(first + 1, size):
                one, other = members[first], members[second]
                if sketches.shape[0] == 0 or _agree(sketches, one, other, least):
                    found[out] = np.uint64(min(one, other)) << np.uint64(32) | np.uint64(max(one, other))
                    out += 1
        at = end
    return at, out
