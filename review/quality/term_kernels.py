# ruff: noqa: PLR0917  (a kernel takes its arrays by position)
"""Compiled loops over packed texts and their words: the terms of conversations and how often each occurs.

Imported where a batch is worked on and not before: numba takes seconds and 100 MB to load.
"""

from typing import Any

import numpy as np

from review.neardup.compiling import compiled

_SPACE = 2
_SHORTEST, _LONGEST = 3, 5  # characters of a part of a word
_BASIS, _PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)
_ONE, _TWO = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)


@compiled
def _words(hashes: Any, spans: Any, at: int, end: int, seed: Any, shift: Any, found: Any, count: int) -> int:
    """Write bucket, begin and end of each word and each pair of neighbours; return how many are written."""
    for place in range(at, end):
        value = np.uint64(hashes[place] ^ seed) * _ONE
        found[count, 0] = np.int64(value >> shift)
        found[count, 1], found[count, 2] = spans[place, 0], spans[place, 1]
        count += 1
        if place + 1 < end:
            value = (value ^ (value >> np.uint64(32))) * _TWO + hashes[place + 1] * _ONE
            found[count, 0] = np.int64(value >> shift)
            found[count, 1], found[count, 2] = spans[place, 0], spans[place + 1, 1]
            count += 1
    return count


@compiled
def _parts(
    points: Any, at: int, end: int, kinds: Any, lowered: Any, first: int, shift: Any, found: Any, count: int
) -> int:
    """Write bucket, begin and end of each run of 3 to 5 characters between spaces, one space on either side."""
    while at < end:
        if kinds[points[at]] & _SPACE:
            at += 1
            continue
        stop = at
        while stop < end and not kinds[points[stop]] & _SPACE:
            stop += 1
        for start in range(at - 1, stop - 1):
            value = _BASIS
            for place in range(start, min(start + _LONGEST, stop + 1)):
                point = lowered[points[place]] if at <= place < stop else np.uint32(32)
                value = np.uint64((value ^ np.uint64(point)) * _PRIME)
                if place - start + 1 >= _SHORTEST:
                    mixed = np.uint64((value ^ (value >> np.uint64(32))) * _ONE)
                    found[count, 0] = first + np.int64(mixed >> shift)
                    found[count, 1], found[count, 2] = start, place + 1
                    count += 1
        at = stop
    return count


@compiled
def occurrences(
    points: Any, ends: Any, hashes: Any, spans: Any, stops: Any, row: int, kinds: Any, lowered: Any,
    words: int, parts: int, found: Any,
) -> int:  # fmt: skip
    """Write every term of one conversation: its bucket, and where it begins and ends; return how many.

    Texts 2·i and 2·i + 1 are the instruction and the answer of conversation i; there are 2^words and 2^parts
    buckets. Begin and end of a part of a word may lie one outside its text, where the space is thought.
    """
    shift, asked, told = np.uint64(64 - words), 2 * row, 2 * row + 1
    count = _words(hashes, spans, stops[asked], stops[told], np.uint64(1), shift, found, 0)
    count = _words(hashes, spans, stops[told], stops[told + 1], np.uint64(2), shift, found, count)
    shift = np.uint64(64 - parts)
    return _parts(points, ends[told], ends[told + 1], kinds, lowered, 1 << words, shift, found, count)


@compiled
def counted(
    points: Any, ends: Any, hashes: Any, spans: Any, stops: Any, kinds: Any, lowered: Any,
    words: int, parts: int, columns: Any, values: Any, rows: Any,
) -> int:  # fmt: skip
    """Write the columns, ascending, and sublinear counts (1 + ln n) of all conversations; return how many.

    `rows` gets where each conversation's columns end, at index + 1.
    """
    longest = 0
    for text in range(0, ends.size - 2, 2):
        longest = max(longest, ends[text + 2] - ends[text])
    found = np.empty((5 * longest + 16, 3), np.int64)
    out = 0
    for row in range((ends.size - 1) // 2):
        count = occurrences(points, ends, hashes, spans, stops, row, kinds, lowered, words, parts, found)
        buckets = np.sort(found[:count, 0])
        at = 0
        while at < count:
            start = at
            while at < count and buckets[at] == buckets[start]:
                at += 1
            columns[out] = np.int32(buckets[start])
            values[out] = np.float32(1 + np.log(at - start))
            out += 1
        rows[row + 1] = out
    return out
