"""Finds the words and phrases of the lexicons in texts, by a hash table that compiled loops read."""

from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from review.quality.lexicons import KINDS, PHRASES, STOPS
from review.quality.text import Numbers, Packed, Words, words_of

NEVER = 1 << 40  # the place of a phrase that does not occur

_LEADS = 63  # the bit of a run of words that a longer phrase begins with
_SLOTS = 1 << 13


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in texts: how often each of KINDS occurs, at which word it first does, and each word's bits."""

    hits: Numbers  # (texts, kinds)
    first: Numbers  # (texts, kinds); NEVER where there is none
    common: npt.NDArray[np.uint64]  # (words,)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """A table of open addressing: for each phrase its kinds as bits in the order of KINDS."""

    keys: npt.NDArray[np.uint64]
    values: npt.NDArray[np.uint64]
    leads: np.uint64
    stops: np.uint64  # the bits of all languages' stop words

    def found(self, words: Words) -> Found:
        """Return the phrases of each text."""
        from review.quality.word_kernels import phrases  # noqa: PLC0415  (numba: seconds and 100 MB)

        texts = len(words.stops) - 1
        hits = np.zeros((texts, len(KINDS)), np.int64)
        first = np.full((texts, len(KINDS)), NEVER, np.int64)
        common = np.empty(len(words.hashes), np.uint64)
        phrases(words.hashes, words.stops, self.keys, self.values, self.leads, hits, first, common)
        return Found(hits, first, common)


@cache
def lexicon() -> Lexicon:
    """Return the table of all PHRASES and STOPS."""
    from review.quality.word_kernels import joined, stored  # noqa: PLC0415  (numba: seconds and 100 MB)

    keys, values = np.zeros(_SLOTS, np.uint64), np.zeros(_SLOTS, np.uint64)
    leads = np.uint64(1 << _LEADS)
    for place, texts in enumerate((*PHRASES.values(), *STOPS.values())):
        words = words_of(Packed.of(texts))
        for start, end in zip(words.stops[:-1], words.stops[1:], strict=True):
            value = words.hashes[start]
            for following in words.hashes[start + 1 : end]:
                stored(value, leads, keys, values)
                value = np.uint64(joined(value, following))
            stored(value, np.uint64(1 << place), keys, values)
    stops = sum(1 << KINDS.index(language) for language in STOPS)
    return Lexicon(keys, values, leads, np.uint64(stops))
