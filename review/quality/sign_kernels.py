# ruff: noqa: PLR0917  (a kernel takes its arrays by position)
"""Compiled loops over characters and lines: what is counted of each text.

Imported where a batch is worked on and not before: numba takes seconds and 100 MB to load.
"""

from typing import Any

import numpy as np

from review.neardup.compiling import compiled

# As in `signs`: a kernel takes no constants from another file, because numba keeps the code until its own changes.
_SPACE, _LETTER, _UPPER, _DIGIT, _SIGN, _EMOJI = 2, 8, 16, 32, 64, 128
_OPENING, _CLOSING, _STOP, _WIDE_STOP, _CODE = 512, 1024, 2048, 4096, 8192
_NEWLINE, _BLANK = 10, 32
_QUOTE, _HASH, _STAR, _PLUS, _MINUS, _DOT, _BRACKET = 34, 35, 42, 43, 45, 46, 41
_TICK, _TILDE, _BULLET, _BAR, _COLON, _WIDE_COLON = 96, 126, 0x2022, 124, 58, 0xFF1A
_BASIS, _PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)

# Columns of what is counted.
LENGTH, LETTERS, UPPER, DIGITS, SIGNS, EMOJI, OPEN, QUOTES, SENTENCES, CODE = range(10)
LINES, UNLIKE_LINES, PARAGRAPHS, ITEMS, HEADINGS, FENCES, TABLES, COLONS, BOLD = range(10, 19)


@compiled
def _characters(points: Any, at: int, end: int, kinds: Any, found: Any) -> None:
    for place in range(at, end):
        kind = kinds[points[place]]
        found[LETTERS] += kind & _LETTER != 0
        found[UPPER] += kind & _UPPER != 0
        found[DIGITS] += kind & _DIGIT != 0
        found[SIGNS] += kind & _SIGN != 0
        found[EMOJI] += kind & _EMOJI != 0
        found[OPEN] += (kind & _OPENING != 0) - np.int64(kind & _CLOSING != 0)
        found[QUOTES] += points[place] == _QUOTE
        found[BOLD] += place > at and points[place] == _STAR and points[place - 1] == _STAR
        found[CODE] += kind & _CODE != 0


@compiled
def _sentences(points: Any, at: int, end: int, kinds: Any) -> int:
    """Return how many runs of letters end with a full stop before a space or a closing sign, or with their line."""
    count, begun = 0, False
    for place in range(at, end):
        kind = kinds[points[place]]
        begun = begun or kind & _LETTER != 0
        ended = points[place] == _NEWLINE or kind & _WIDE_STOP != 0
        if kind & _STOP and not ended:
            ended = place + 1 == end or kinds[points[place + 1]] & (_SPACE | _CLOSING) != 0
            ended = ended or points[place + 1] == _QUOTE
        if begun and ended:
            count, begun = count + 1, False
    return count + begun


@compiled
def _is_item(points: Any, at: int, end: int, kinds: Any) -> bool:
    """Whether a line begins with a bullet or a number, and a space."""
    first = points[at]
    if first in (_MINUS, _STAR, _PLUS, _BULLET):
        return bool(at + 1 < end and kinds[points[at + 1]] & _SPACE)
    digits = at
    while digits < end and digits - at < 3 and kinds[points[digits]] & _DIGIT:
        digits += 1
    if digits in (at, end):
        return False
    return bool(points[digits] in (_DOT, _BRACKET))


@compiled
def _is_heading(points: Any, at: int, end: int) -> bool:
    level = 0
    while at + level < end and points[at + level] == _HASH:
        level += 1
    return bool(0 < level <= 6 and at + level < end and points[at + level] == _BLANK)


@compiled
def _is_fence(points: Any, at: int, end: int) -> bool:
    if at + 3 > end or (points[at] != _TICK and points[at] != _TILDE):
        return False
    return bool(points[at] == points[at + 1] == points[at + 2])


@compiled
def _line(points: Any, at: int, end: int, kinds: Any, found: Any) -> Any:
    """Count what a line that is not blank is; return its hash."""
    found[ITEMS] += _is_item(points, at, end, kinds)
    found[HEADINGS] += _is_heading(points, at, end)
    found[FENCES] += _is_fence(points, at, end)
    found[TABLES] += points[at] == _BAR
    found[COLONS] += points[end - 1] in (_COLON, _WIDE_COLON)
    value = _BASIS
    for place in range(at, end):
        value = np.uint64((value ^ np.uint64(points[place])) * _PRIME)
    return value


@compiled
def _lines(points: Any, at: int, end: int, kinds: Any, found: Any, hashes: Any) -> None:
    several, blank = 0, True
    while at < end:
        stop = at
        while stop < end and points[stop] != _NEWLINE:
            stop += 1
        begin, last = at, stop
        while begin < last and kinds[points[begin]] & _SPACE:
            begin += 1
        while last > begin and kinds[points[last - 1]] & _SPACE:
            last -= 1
        if begin < last:
            found[PARAGRAPHS] += blank
            hashes[several] = _line(points, begin, last, kinds, found)
            several += 1
        blank, at = begin == last, stop + 1
    found[LINES] = several
    hashes[:several].sort()
    for line in range(several):
        found[UNLIKE_LINES] += line == 0 or hashes[line] != hashes[line - 1]


@compiled
def counted(points: Any, ends: Any, kinds: Any, found: Any) -> None:
    """Write what is counted of each text's characters and lines into the rows of `found`."""
    longest = 0
    for text in range(ends.size - 1):
        longest = max(longest, ends[text + 1] - ends[text])
    hashes = np.empty(longest // 2 + 2, np.uint64)
    for text in range(ends.size - 1):
        at, end = ends[text], ends[text + 1]
        found[text, LENGTH], found[text, SENTENCES] = end - at, _sentences(points, at, end, kinds)
        _characters(points, at, end, kinds, found[text])
        _lines(points, at, end, kinds, found[text], hashes)


@compiled
def scripted(points: Any, ends: Any, kinds: Any, scripts: Any, found: Any) -> None:
    """Count each text's letters by their script."""
    for text in range(ends.size - 1):
        for place in range(ends[text], ends[text + 1]):
            if kinds[points[place]] & _LETTER:
                found[text, scripts[points[place]]] += 1
