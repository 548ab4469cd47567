"""Classes of characters, as tables that compiled loops look code points up in."""

import unicodedata
from functools import cache

import numpy as np
import numpy.typing as npt

# Kinds of a character; a table holds their sum. The kernels repeat these numbers.
WORD, SPACE, ALONE, LETTER, UPPER, DIGIT = 1, 2, 4, 8, 16, 32
SIGN, EMOJI, VOWEL, OPENING, CLOSING, STOP, WIDE_STOP, CODE = 64, 128, 256, 512, 1024, 2048, 4096, 8192

Table = npt.NDArray[np.uint16]
Points = npt.NDArray[np.uint32]

_POINTS = 0x110000
_NAMED = 0x20000  # letters, marks, punctuation and emoji; beyond come Han characters, tags and private use
_VOWELS = "aeiouyàáâãäåæèéêëìíîïòóôõöøœùúûüý"
_OPENING, _CLOSING = "([{“«「『\uff08【", ")]}”»」』\uff09】"
_STOPS, _WIDE_STOPS = ".!?…؟\u06d4।", "。\uff01\uff1f｡"
_CODE = "{}[]();=<>_\\#`|"

# Han, kana and the scripts of South-East Asia: a word is no run of letters between spaces there.
_UNSPACED = (
    (0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x3040, 0x30FF), (0x3400, 0x4DBF), (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF), (0x20000, 0x323AF),
)  # fmt: skip
_EMOJI = ((0x2600, 0x27BF), (0x2B50, 0x2B55), (0x1F000, 0x1FAFF))

SCRIPTS = (
    "other", "Latin", "Greek", "Cyrillic", "Hebrew", "Arabic", "Indic", "South-East Asian", "Han", "kana", "Hangul",
)  # fmt: skip
_SCRIPTS = (
    (1, 0x0041, 0x024F), (1, 0x1E00, 0x1EFF), (2, 0x0370, 0x03FF), (2, 0x1F00, 0x1FFF), (3, 0x0400, 0x052F),
    (4, 0x0590, 0x05FF), (5, 0x0600, 0x077F), (5, 0x08A0, 0x08FF), (5, 0xFB50, 0xFDFF), (5, 0xFE70, 0xFEFF),
    (6, 0x0900, 0x0DFF), (7, 0x0E00, 0x0EFF), (7, 0x1000, 0x109F), (7, 0x1780, 0x17FF), (8, 0x3400, 0x4DBF),
    (8, 0x4E00, 0x9FFF), (8, 0xF900, 0xFAFF), (8, 0x20000, 0x323AF), (9, 0x3040, 0x30FF), (10, 0x1100, 0x11FF),
    (10, 0xAC00, 0xD7AF),
)  # fmt: skip


@cache
def kinds() -> Table:
    """Return the kinds of each code point, added up."""
    signs = np.arange(_POINTS, dtype="<u4").view("<U1")
    letters, digits = np.strings.isalpha(signs), np.strings.isdecimal(signs)
    table = (WORD | LETTER) * letters.astype(np.uint16) + (WORD | DIGIT) * digits.astype(np.uint16)
    table += SPACE * np.strings.isspace(signs).astype(np.uint16)
    table += UPPER * np.strings.isupper(signs).astype(np.uint16)
    table[:_NAMED] |= np.array([_NAMED_KINDS.get(category[0], 0) for category in _categories()], np.uint16)
    for first, last in _UNSPACED:
        table[first : last + 1] |= ALONE * (table[first : last + 1] & WORD)
    for first, last in _EMOJI:
        table[first : last + 1] = EMOJI
    for kind, members in _MEMBERS.items():
        table[[ord(sign) for sign in members]] |= kind
    return table


@cache
def lowered() -> Points:
    """Return each code point's lower case, where that is one character."""
    points = np.arange(_POINTS, dtype="<u4")
    lower = np.strings.lower(points[:_NAMED].view("<U1")).view("<u4")
    # A NUL is an empty string there.
    points[1:_NAMED] = lower[1:]
    return points


@cache
def scripts() -> npt.NDArray[np.uint8]:
    """Return for each code point the place of its script in SCRIPTS."""
    table = np.zeros(_POINTS, np.uint8)
    for script, first, last in _SCRIPTS:
        table[first : last + 1] = script
    return table


# Unicode's general categories by their first letter: marks belong to the word that they stand in.
_NAMED_KINDS = {"M": WORD, "P": SIGN, "S": SIGN}
_MEMBERS = {
    VOWEL: _VOWELS + _VOWELS.upper(),
    OPENING: _OPENING,
    CLOSING: _CLOSING,
    STOP: _STOPS,
    WIDE_STOP: _WIDE_STOPS,
    CODE: _CODE,
}


def _categories() -> list[str]:
    return [unicodedata.category(chr(point)) for point in range(_NAMED)]
