"""What is compared: the normal form of a text and its shingles, in plain Python.

The compiled kernels do the same over a batch; a test holds them equal to this definition.
"""

import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Literal

import xxhash

# Raised whenever the same text could get other shingles: stored bands of another version then never match.
VERSION = 1
SURROGATES = "surrogatepass"  # a lone surrogate in an imported string is compared, not refused

_MARKS = frozenset({"Sk", "Cc", "Cf"})
# Where those categories and punctuation occur at all; a test looks through the rest.
_PLANES = (range(0x20000), range(0xE0000, 0xE1000))


@dataclass(frozen=True, slots=True)
class Shingles:
    """Runs of `size` characters or words of the normal form."""

    unit: Literal["characters", "words"]
    size: int

    @property
    def slug(self) -> str:
        return f"{self.unit}-{self.size}"


CHARACTERS = Shingles("characters", 5)
WORDS = Shingles("words", 3)
CHOICES = {choice.slug: choice for choice in (CHARACTERS, WORDS)}


@cache
def dropped() -> dict[int, None]:
    """Return the code points that the normal form leaves out, as `str.translate` wants them.

    Unicode's general categories P* (punctuation), Sk (modifier symbols, such as the backtick), Cc and Cf
    (control and format characters) that are no white space. Symbols such as + = $ and emoji stay.
    """
    points: dict[int, None] = {}
    for plane in _PLANES:
        for point in plane:
            category = unicodedata.category(chr(point))
            if (category[0] == "P" or category in _MARKS) and not chr(point).isspace():
                points[point] = None
    return points


def composed(text: str) -> str:
    """Return the text in lower case and Unicode NFC, so that equivalent spellings are one."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", text.lower())


def normal_form(text: str) -> str:
    """Return the text as it is compared: lower case, NFC, no punctuation, one space for any white space.

    Punctuation is taken away, not replaced: "don't" becomes "dont", "a - b" becomes "a b". No space is left at
    either end.
    """
    return " ".join(composed(text).translate(dropped()).split())


def shingles_of(text: str, shingles: Shingles) -> list[str]:
    """Return the shingles of a text in their order, repeated ones too.

    A normal form shorter than one shingle is one shingle itself; an empty one has none.
    """
    normal = normal_form(text)
    if not normal:
        return []
    size = shingles.size
    if shingles.unit == "characters":
        return [normal[start : start + size] for start in range(max(1, len(normal) - size + 1))]
    words = normal.split(" ")
    return [" ".join(words[start : start + size]) for start in range(max(1, len(words) - size + 1))]


def shingle_hashes(text: str, shingles: Shingles) -> set[int]:
    """Return the set that stands for a text: xxh32 (seed 0) of the UTF-8 bytes of each shingle."""
    return {
        xxhash.xxh32_intdigest(shingle.encode("utf-8", SURROGATES)) for shingle in shingles_of(text, shingles)
    }


def jaccard[T: (int, str)](one: set[T], other: set[T]) -> float:
    """Return the shared part of two sets' union; 0 where either is empty."""
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared) if shared else 0.0
