# ruff: noqa: PLR0917  (a kernel takes its arrays by position)
"""Compiled loops over packed code points: the terms of texts and how often each occurs.

Imported where a batch is worked on and not before: numba takes seconds and 100 MB to load.
"""

from typing import Any

import numpy as np

from review.neardup.compiling import compiled

_WORD, _SPACE, _ALONE = 1, 2, 4
_SHORTEST, _LONGEST = 3, 5  # characters of a part of a word
_BASIS, _PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)


@compiled
def _fed(value: Any, point: Any) -> Any:
    """Return one step of FNV-1a, over a whole code point."""
    return np.uint64((np.uint64(value) ^ np.uint64(point)) * _PRIME)


@compiled
def _mixed(value: Any) -> Any:
    """Return the finalizer of MurmurHash3 in 64 bits."""
    value = np.uint64((value ^ (value >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD))
    value = np.uint64((value ^ (value >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53))
    return np.uint64(value ^ (value >> np.uint64(33)))


@compiled
def _words(
    points: Any, at: int, end: int, kinds: Any, seed: Any, buckets: Any, found: Any, count: int
) -> int:
    """Write bucket, begin and end of each word and each pair of neighbours; return how many are written."""
    before, begun = np.uint64(0), -1
    while at < end:
        kind = kinds[points[at]]
        if not kind & _WORD:
            at += 1
            continue
        start, value = at, _fed(_BASIS, seed)
        while True:
            value = _fed(value, points[at])
            at += 1
            if kind & _ALONE or at == end:
                break
            kind = kinds[points[at]]
            if not kind & _WORD or kind & _ALONE:
                break
        found[count, 0], found[count, 1], found[count, 2] = np.int64(_mixed(value) & buckets), start, at
        count += 1
        if begun >= 0:
            pair = _mixed(np.uint64(before * np.uint64(0x9E3779B97F4A7C15)) ^ value)
            found[count, 0], found[count, 1], found[count, 2] = np.int64(pair & buckets), begun, at
            count += 1
        before, begun = value, start
    return count


@compiled
def _parts(
    points: Any, at: int, end: int, kinds: Any, first: int, buckets: Any, found: Any, count: int
) -> int:
    """Write bucket, begin and end of each run of 3 to 5 characters in a word with a space on either side."""
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
                inside = at <= place < stop
                value = _fed(value, points[place] if inside else np.uint32(32))
                if place - start + 1 >= _SHORTEST:
                    found[count, 0] = first + np.int64(_mixed(value) & buckets)
                    found[count, 1], found[count, 2] = start, place + 1
                    count += 1
        at = stop
    return count


@compiled
def occurrences(
    points: Any, ends: Any, conversation: int, kinds: Any, words: int, parts: int, found: Any
) -> int:
    """Write every term of one conversation: its bucket, and where it begins and ends; return how many.

    Texts 2·i and 2·i + 1 are the instruction and the answer of conversation i. Begin and end of a part of a word
    may lie one outside its text, where the space stands.
    """
    at, middle, end = ends[2 * conversation], ends[2 * conversation + 1], ends[2 * conversation + 2]
    mask = np.uint64(words - 1)
    count = _words(points, at, middle, kinds, np.uint32(1), mask, found, 0)
    count = _words(points, middle, end, kinds, np.uint32(2), mask, found, count)
    return _parts(points, middle, end, kinds, words, np.uint64(parts - 1), found, count)


@compiled
def counted(
    points: Any, ends: Any, kinds: Any, words: int, parts: int, columns: Any, values: Any, rows: Any
) -> int:
    """Write the columns, ascending, and sublinear counts (1 + ln n) of all conversations; return how many.

    `rows` gets where each conversation's columns end, at index + 1.
    """
    longest = 0
    for text in range(0, ends.size - 2, 2):
        longest = max(longest, ends[text + 2] - ends[text])
    found = np.empty((5 * longest + 16, 3), np.int64)
    out = 0
    for conversation in range((ends.size - 1) // 2):
        count = occurrences(points, ends, conversation, kinds, words, parts, found)
        buckets = np.sort(found[:count, 0])
        at = 0
        while at < count:
            start = at
            while at < count and buckets[at] == buckets[start]:
                at += 1
            columns[out] = np.int32(buckets[start])
            values[out] = np.float32(1 + np.log(at - start))
            out += 1
        rows[conversation + 1] = out
    return out
