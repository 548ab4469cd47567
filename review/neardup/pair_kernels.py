# ruff: noqa: PLR0917  (a kernel takes its arrays by position)
"""Compiled loops over sorted band hashes and over sets: candidate pairs, exact overlaps."""

from typing import Any

import numpy as np

from review.neardup.compiling import Hashes, Keys, Numbers, compiled


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
def count_pairs(ordered: Numbers, cap: int, hubs: int, cut: Numbers) -> int:
    """Return how many pairs `write_pairs` will write for sorted band hashes.

    `cut` gets: buckets over the cap, their records, the largest of them, and the pairs left out of them.
    """
    total, at = 0, 0
    while at < ordered.size:
        end = _bucket_end(ordered, at)
        size = end - at if ordered[at] != 0 else 0
        pairs = size * (size - 1) // 2
        if size > cap:
            kept = hubs * (size - hubs) + hubs * (hubs - 1) // 2
            cut[0] += 1
            cut[1] += size
            cut[2] = max(cut[2], size)
            cut[3] += pairs - kept
            pairs = kept
        total += pairs
        at = end
    return total


@compiled
def write_pairs(ordered: Numbers, records: Numbers, cap: int, hubs: int, found: Keys) -> None:
    """Write the pairs of each bucket as smaller record << 32 | larger record.

    A bucket of at most `cap` records gives all its pairs. A larger one gives those of `hubs` records, spread
    evenly over it and its first record among them, with each of its records.
    """
    out, at = 0, 0
    while at < ordered.size:
        end = _bucket_end(ordered, at)
        size = end - at if ordered[at] != 0 else 0
        members = np.sort(records[at:end])
        if size > cap:
            for hub in range(hubs):
                place = hub * size // hubs
                members[hub], members[place] = members[place], members[hub]
        for one in range(hubs if size > cap else size):
            for other in range(one + 1, size):
                low, high = min(members[one], members[other]), max(members[one], members[other])
                found[out] = np.uint64(low) << np.uint64(32) | np.uint64(high)
                out += 1
        at = end
