# ruff: noqa: PLR0917  (a kernel takes its arrays by position)
"""Compiled loops over packed UTF-8: normal forms, shingles, signatures, bands, exact sets.

Imported where a batch is worked on and not before: numba takes seconds and 100 MB to load. `np.uint32(...)` stands
around every step of 32-bit arithmetic, because numba widens.
"""

from typing import Any

import numpy as np

from review.neardup.arrays import Bytes, Hashes, Keys, Numbers
from review.neardup.compiling import compiled

SPACE = 32
DROPPED, BLANK, KEPT = (
    0,
    1,
    2,
)  # classes of code points; an ASCII character that is kept has its lower case as class

_P1, _P2, _P3 = np.uint32(2654435761), np.uint32(2246822519), np.uint32(3266489917)
_P4, _P5 = np.uint32(668265263), np.uint32(374761393)


@compiled
def _rotate(value: Any, bits: Any) -> Any:
    return np.uint32((value << np.uint32(bits)) | (value >> np.uint32(32 - bits)))


@compiled
def _word(data: Bytes, at: int) -> Any:
    """Return four bytes as a little-endian number."""
    return np.uint32(
        np.uint32(data[at])
        | np.uint32(data[at + 1]) << np.uint32(8)
        | np.uint32(data[at + 2]) << np.uint32(16)
        | np.uint32(data[at + 3]) << np.uint32(24)
    )


@compiled
def _lane(value: Any, word: Any) -> Any:
    return np.uint32(_rotate(np.uint32(value + np.uint32(word * _P2)), 13) * _P1)


@compiled
def xxh32(data: Bytes, at: int, end: int) -> Any:
    """Return xxHash's 32-bit hash of data[at:end] with seed 0."""
    length = np.uint32(end - at)
    if end - at >= 16:
        one, two = np.uint32(_P1 + _P2), _P2
        three, four = np.uint32(0), np.uint32(np.uint32(0) - _P1)
        while at + 16 <= end:
            one, two = _lane(one, _word(data, at)), _lane(two, _word(data, at + 4))
            three, four = _lane(three, _word(data, at + 8)), _lane(four, _word(data, at + 12))
            at += 16
        found = np.uint32(_rotate(one, 1) + _rotate(two, 7) + _rotate(three, 12) + _rotate(four, 18))
    else:
        found = _P5
    found = np.uint32(found + length)
    while at + 4 <= end:
        found = np.uint32(_rotate(np.uint32(found + np.uint32(_word(data, at) * _P3)), 17) * _P4)
        at += 4
    while at < end:
        found = np.uint32(_rotate(np.uint32(found + np.uint32(np.uint32(data[at]) * _P5)), 11) * _P1)
        at += 1
    found = np.uint32(np.uint32(found ^ (found >> np.uint32(15))) * _P2)
    found = np.uint32(np.uint32(found ^ (found >> np.uint32(13))) * _P3)
    return np.uint32(found ^ (found >> np.uint32(16)))


@compiled
def _mixed(value: Any) -> Any:
    """Return MurmurHash3's 32-bit finalizer, with which datasketch's affine32 begins."""
    value = np.uint32(np.uint32(value ^ (value >> np.uint32(16))) * np.uint32(0x85EBCA6B))
    value = np.uint32(np.uint32(value ^ (value >> np.uint32(13))) * np.uint32(0xC2B2AE35))
    return np.uint32(value ^ (value >> np.uint32(16)))


@compiled
def _point(data: Bytes, at: int, width: int) -> Any:
    """Return the code point whose UTF-8 bytes, two to four, begin at `at`."""
    point = np.int64(data[at]) & (0xFF >> (width + 1))
    for step in range(1, width):
        point = point << 6 | (np.int64(data[at + step]) & 63)
    return point


@compiled
def normalise(data: Bytes, offsets: Numbers, classes: Bytes, normal: Bytes, ends: Numbers) -> int:
    """Write the normal forms of packed texts one after the other; return how many bytes they take.

    `data` holds texts that are composed unless they are ASCII; `classes` has for each code point 0 (left out), a
    space (white space), or anything else (kept; for ASCII its lower case). `ends` gets each text's end, at
    index + 1.
    """
    out = 0
    for text in range(offsets.size - 1):
        at, end, begin, blank = offsets[text], offsets[text + 1], out, True
        while at < end:
            first = data[at]
            if first < 0x80:
                # Written first and counted afterwards: no branch on the character, three times as fast.
                kind = classes[first]
                normal[out] = kind
                is_space = kind == SPACE
                out += (kind != DROPPED) & (not (is_space & blank))
                blank = is_space | (blank & (kind == DROPPED))
                at += 1
                continue
            width = 2 + (first >= 0xE0) + (first >= 0xF0)
            kind = classes[_point(data, at, width)]
            if kind == SPACE:
                normal[out] = SPACE
                out += not blank
                blank = True
            elif kind != DROPPED:
                for step in range(width):
                    normal[out + step] = data[at + step]
                out += width
                blank = False
            at += width
        if out > begin and normal[out - 1] == SPACE:
            out -= 1
        ends[text + 1] = out
    return out


@compiled
def _starts(normal: Bytes, at: int, end: int, words: bool, starts: Numbers) -> int:
    """Write where each unit of a normal form begins, and where one after the last would; return their count."""
    if end == at:
        return 0
    count = 0
    if words:
        starts[0] = at
        for place in range(at, end):
            starts[count + 1] = place + 1
            count += normal[place] == SPACE
        count += 1
        starts[count] = end + 1
    else:
        for place in range(at, end):
            starts[count] = place
            count += (normal[place] & 0xC0) != 0x80
        starts[count] = end
    return count


@compiled
def _hashes(normal: Bytes, at: int, end: int, words: bool, size: int, starts: Numbers, found: Hashes) -> int:
    """Write the hash of each shingle of a normal form; return how many there are."""
    units = _starts(normal, at, end, words, starts)
    if units == 0:
        return 0
    if units < size:
        found[0] = xxh32(normal, at, end)
        return 1
    gap = 1 if words else 0
    for unit in range(units - size + 1):
        found[unit] = xxh32(normal, starts[unit], starts[unit + size] - gap)
    return units - size + 1


@compiled
def _minima(hashes: Hashes, count: int, slopes: Hashes, shifts: Hashes, least: Hashes) -> None:
    """Write each permutation's smallest value over the hashes: slope * hash + shift, modulo 2^32."""
    least[:] = np.uint32(0xFFFFFFFF)
    whole = count - count % 4
    # Four hashes for each pass over the permutations: a quarter of the loads and stores.
    for at in range(0, whole, 4):
        a, b = hashes[at], hashes[at + 1]
        c, d = hashes[at + 2], hashes[at + 3]
        for k in range(least.size):
            slope, shift = slopes[k], shifts[k]
            one = min(np.uint32(slope * a + shift), np.uint32(slope * b + shift))
            two = min(np.uint32(slope * c + shift), np.uint32(slope * d + shift))
            least[k] = min(least[k], one, two)
    for at in range(whole, count):
        a = hashes[at]
        for k in range(least.size):
            least[k] = min(least[k], np.uint32(slopes[k] * a + shifts[k]))


@compiled
def _longest(offsets: Numbers) -> int:
    longest = 0
    for text in range(offsets.size - 1):
        longest = max(longest, offsets[text + 1] - offsets[text])
    return longest


@compiled
def signatures(
    normal: Bytes, offsets: Numbers, words: bool, size: int, slopes: Hashes, shifts: Hashes, found: Any
) -> None:
    """Write the signature of each packed normal form into the rows of `found`."""
    longest = _longest(offsets)
    starts, hashes = np.empty(longest + 2, np.int64), np.empty(longest + 2, np.uint32)
    for text in range(offsets.size - 1):
        count = _hashes(normal, offsets[text], offsets[text + 1], words, size, starts, hashes)
        for at in range(count):
            hashes[at] = _mixed(hashes[at])
        _minima(hashes, count, slopes, shifts, found[text])


@compiled
def bands(minima: Any, offsets: Numbers, rows: int, keys: Keys, found: Any) -> None:
    """Write each band's hash of each signature: found[band, text]; 0 where the text is empty."""
    for text in range(minima.shape[0]):
        for band in range(keys.size):
            key = keys[band]
            for row in range(rows):
                key = (key ^ np.uint64(minima[text, band * rows + row])) * np.uint64(0x9E3779B97F4A7C15)
                key = key ^ (key >> np.uint64(32))
            key = key | np.uint64(1) if key == np.uint64(0) else key
            found[band, text] = np.int64(key) if offsets[text + 1] > offsets[text] else np.int64(0)


@compiled
def _sort(values: Hashes, spare: Hashes, counts: Numbers) -> None:
    """Sort by four passes over one byte each (radix): ten times as fast as a general sort of 500 values."""
    counts[:] = 0
    for at in range(values.size):
        for byte in range(4):
            counts[byte * 256 + ((values[at] >> np.uint32(8 * byte)) & np.uint32(255))] += 1
    for byte in range(4):
        place = 0
        for digit in range(256):
            here = counts[byte * 256 + digit]
            counts[byte * 256 + digit] = place
            place += here
        source, target = (values, spare) if byte % 2 == 0 else (spare, values)
        for at in range(values.size):
            digit = byte * 256 + ((source[at] >> np.uint32(8 * byte)) & np.uint32(255))
            target[counts[digit]] = source[at]
            counts[digit] += 1


@compiled
def sets(
    normal: Bytes, offsets: Numbers, chosen: Numbers, words: bool, size: int, found: Hashes, ends: Numbers
) -> int:
    """Write the sorted distinct shingle hashes of the chosen texts one after the other; return their count.

    `found` has room for as many hashes as the chosen normal forms have bytes; `ends` gets each set's end, at
    index + 1.
    """
    longest = _longest(offsets)
    starts, counts = np.empty(longest + 2, np.int64), np.empty(1024, np.int64)
    hashes, spare = np.empty(longest + 2, np.uint32), np.empty(longest + 2, np.uint32)
    out = 0
    for index in range(chosen.size):
        text = chosen[index]
        count = _hashes(normal, offsets[text], offsets[text + 1], words, size, starts, hashes)
        _sort(hashes[:count], spare[:count], counts)
        for at in range(count):
            if at == 0 or hashes[at] != hashes[at - 1]:
                found[out] = hashes[at]
                out += 1
        ends[index + 1] = out
    return out
