# ruff: noqa: PLR0917  (a kernel takes its arrays by position)
"""Compiled loops over words: where they are, their hashes, and the phrases of a lexicon among them.

Imported where a batch is worked on and not before: numba takes seconds and 100 MB to load.
"""

from typing import Any

import numpy as np

from review.neardup.compiling import compiled

_WORD, _ALONE, _VOWEL = 1, 4, 256
_BASIS, _PRIME = np.uint64(0xCBF29CE484222325), np.uint64(0x100000001B3)
_JOIN = np.uint64(0x9E3779B97F4A7C15)
_STEM = 5  # characters that most forms of a word share
_E, _L = np.uint32(101), np.uint32(108)

# Columns of what is counted of each text's words.
WORDS, WORD_LETTERS, SYLLABLES, DISTINCT, PAIRS, FOURS, LOOP = range(7)
_PERIODS = 24  # the longest loop looked for, in words


@compiled
def _mixed(value: Any) -> Any:
    """Return the finalizer of MurmurHash3 in 64 bits."""
    value = np.uint64((value ^ (value >> np.uint64(33))) * np.uint64(0xFF51AFD7ED558CCD))
    value = np.uint64((value ^ (value >> np.uint64(33))) * np.uint64(0xC4CEB9FE1A85EC53))
    return np.uint64(value ^ (value >> np.uint64(33)))


@compiled
def joined(value: Any, following: Any) -> Any:
    """Return the hash of a run of words and the word after it."""
    return _mixed(np.uint64(np.uint64(value * _JOIN) ^ following))


@compiled
def _stop(points: Any, at: int, end: int, kinds: Any) -> int:
    """Return where the word that begins at `at` ends."""
    if kinds[points[at]] & _ALONE:
        return at + 1
    while at < end and kinds[points[at]] & _WORD and not kinds[points[at]] & _ALONE:
        at += 1
    return at


@compiled
def split(
    points: Any, ends: Any, kinds: Any, lowered: Any, hashes: Any, stems: Any, spans: Any, stops: Any
) -> int:
    """Write hash, hash of the first five characters, begin and end of each word in lower case; return how many.

    A word is a run of letters, marks and digits; where a script puts no space between words, each character is
    one. The hash is 64-bit FNV-1a over code points, finished as MurmurHash3 is. `stops` gets where each text's
    words end, at index + 1.
    """
    count = 0
    for text in range(ends.size - 1):
        at, end = ends[text], ends[text + 1]
        while at < end:
            if not kinds[points[at]] & _WORD:
                at += 1
                continue
            start, at, value = at, _stop(points, at, end, kinds), _BASIS
            for place in range(start, at):
                value = np.uint64((value ^ np.uint64(lowered[points[place]])) * _PRIME)
                if place < start + _STEM:
                    stems[count] = _mixed(value)
            hashes[count], spans[count, 0], spans[count, 1] = _mixed(value), start, at
            count += 1
        stops[text + 1] = count
    return count


@compiled
def stored(hashed: Any, bits: Any, keys: Any, values: Any) -> None:
    """Add bits to what a table of open addressing holds for a hash; its size is a power of two."""
    mask = np.uint64(keys.size - 1)
    place = hashed & mask
    while keys[place] != 0 and keys[place] != hashed:
        place = np.uint64(place + np.uint64(1)) & mask
    keys[place] = hashed
    values[place] |= bits


@compiled
def _looked_up(hashed: Any, keys: Any, values: Any) -> Any:
    mask = np.uint64(keys.size - 1)
    place = hashed & mask
    while keys[place] != 0:
        if keys[place] == hashed:
            return values[place]
        place = np.uint64(place + np.uint64(1)) & mask
    return np.uint64(0)


@compiled
def phrases(
    hashes: Any, stops: Any, keys: Any, values: Any, leads: Any, hits: Any, first: Any, common: Any
) -> None:
    """Count the phrases of each kind in each text, and write at which word the first begins.

    `values` has a bit for each kind of phrase, and `leads` for one that a longer phrase begins with; `common`
    gets the bits of each single word.
    """
    for text in range(stops.size - 1):
        start, end = stops[text], stops[text + 1]
        for at in range(start, end):
            value, place = hashes[at], at
            bits = _looked_up(value, keys, values)
            common[at] = bits
            while bits != 0:
                for kind in range(hits.shape[1]):
                    if bits >> np.uint64(kind) & np.uint64(1):
                        hits[text, kind] += 1
                        first[text, kind] = min(first[text, kind], at - start)
                place += 1
                if not bits & leads or place == end:
                    break
                value = joined(value, hashes[place])
                bits = _looked_up(value, keys, values)


@compiled
def _syllables(points: Any, start: int, end: int, kinds: Any, lowered: Any) -> int:
    """Return the groups of vowels, less a silent e: a rough count for words in Latin letters; at least 1."""
    count, inside = 0, False
    for at in range(start, end):
        vowel = kinds[points[at]] & _VOWEL != 0
        count += vowel and not inside
        inside = vowel
    silent = lowered[points[end - 1]] == _E and end - start > 2
    if silent and count > 1 and lowered[points[end - 2]] != _L and not kinds[points[end - 2]] & _VOWEL:
        count -= 1
    return max(1, count)


@compiled
def _unlike(values: Any) -> Any:
    """Return the values sorted, each once."""
    values.sort()
    count = 0
    for at in range(values.size):
        if at == 0 or values[at] != values[at - 1]:
            values[count] = values[at]
            count += 1
    return values[:count]


@compiled
def _loop(hashes: Any) -> int:
    """Return the words of the longest run that says again what stood right before it."""
    longest = 0
    for period in range(1, min(_PERIODS, hashes.size // 2) + 1):
        run = 0
        for at in range(period, hashes.size):
            run = run + 1 if hashes[at] == hashes[at - period] else 0
            if run >= period and run > longest:
                longest = run
    return longest


@compiled
def counted(points: Any, kinds: Any, lowered: Any, hashes: Any, spans: Any, stops: Any, found: Any) -> None:
    """Write what is counted of each text's words into the rows of `found`."""
    for text in range(stops.size - 1):
        start, end = stops[text], stops[text + 1]
        for at in range(start, end):
            found[text, WORD_LETTERS] += spans[at, 1] - spans[at, 0]
            found[text, SYLLABLES] += _syllables(points, spans[at, 0], spans[at, 1], kinds, lowered)
        words = hashes[start:end]
        found[text, WORDS], found[text, LOOP] = end - start, _loop(words)
        runs = words.copy()
        found[text, DISTINCT] = _unlike(runs.copy()).size
        for length in range(1, min(4, words.size)):
            for at in range(words.size - length):
                runs[at] = joined(runs[at], words[at + length])
            if length != 2:
                column = PAIRS if length == 1 else FOURS
                found[text, column] = _unlike(runs[: words.size - length].copy()).size


@compiled
def _content(stems: Any, common: Any, passed: Any) -> Any:
    """Return the stems of words without a bit of `passed`, sorted, each once."""
    kept, count = np.empty(stems.size, np.uint64), 0
    for at in range(stems.size):
        if not common[at] & passed:
            kept[count] = stems[at]
            count += 1
    return _unlike(kept[:count])


@compiled
def _pairs(hashes: Any) -> Any:
    found = np.empty(max(0, hashes.size - 1), np.uint64)
    for at in range(found.size):
        found[at] = joined(hashes[at], hashes[at + 1])
    return _unlike(found)


@compiled
def _in_both(one: Any, other: Any) -> int:
    count, here, there = 0, 0, 0
    while here < one.size and there < other.size:
        count += one[here] == other[there]
        ahead = one[here] <= other[there]
        there += one[here] >= other[there]
        here += ahead
    return count


# Columns of what an instruction and its answer share.
ASKED, TOLD, BOTH, BEGINNING, PAIRS_TOLD, PAIRS_BOTH = range(6)


@compiled
def shared(hashes: Any, stems: Any, stops: Any, common: Any, passed: Any, found: Any) -> None:
    """Write for each conversation how its instruction and its answer overlap.

    Texts 2·i and 2·i + 1 are the instruction and the answer of conversation i. Columns: distinct stems of words
    without a bit of `passed` in the instruction, in the answer, in both; words that both begin with; distinct pairs
    of neighbours in the answer, in both.
    """
    for row in range((stops.size - 1) // 2):
        start, middle, end = stops[2 * row], stops[2 * row + 1], stops[2 * row + 2]
        asked = _content(stems[start:middle], common[start:middle], passed)
        told = _content(stems[middle:end], common[middle:end], passed)
        found[row, ASKED], found[row, TOLD], found[row, BOTH] = asked.size, told.size, _in_both(asked, told)
        same = 0
        while start + same < middle and middle + same < end and hashes[start + same] == hashes[middle + same]:
            same += 1
        found[row, BEGINNING] = same
        pairs = _pairs(hashes[middle:end])
        found[row, PAIRS_TOLD], found[row, PAIRS_BOTH] = (
            pairs.size,
            _in_both(pairs, _pairs(hashes[start:middle])),
        )
