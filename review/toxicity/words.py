"""Words and their numbers in a vocabulary of which only hashes are kept."""

import re
from collections.abc import Iterable
from hashlib import blake2b
from itertools import islice

# scikit-learn's default: two or more letters, digits or underscores.
WORD = re.compile(r"\b\w\w+\b")
LONGEST = 40
REMEMBERED = 200_000


def lowered(text: str) -> str:
    """Return the text in lower case with every character where it was."""
    # The one character that becomes two in lower case.
    return text.replace("\u0130", "I").lower()


def words_of(text: str) -> list[str]:
    return WORD.findall(lowered(text))


def spans_of(text: str, first: int, last: int) -> list[tuple[int, int]]:
    """Return start and end, in characters of the text, of its words from `first` up to `last`."""
    return [found.span() for found in islice(WORD.finditer(lowered(text)), first, last)]


def word_hash(word: str) -> int:
    """Return a word as 64 bits: BLAKE2b of its UTF-8, little-endian."""
    return int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "little")


class Numbers(dict[str, int]):
    """The numbers of words, each looked up by its hash once and then remembered.

    A word's number is its place among `hashes`; `absent` for a word that is not there, `stop` for one among
    `stops`. At most 200,000 words are remembered, none over 40 characters, so hostile texts fill no memory.
    """

    def __init__(self, hashes: Iterable[int], stops: Iterable[int], absent: int, stop: int) -> None:
        super().__init__()
        self._absent = absent
        self._places = {hashed: place for place, hashed in enumerate(hashes)} | dict.fromkeys(stops, stop)

    def __missing__(self, word: str) -> int:
        if len(word) > LONGEST:
            return self._absent
        number = self._places.get(word_hash(word), self._absent)
        if len(self) >= REMEMBERED:
            self.clear()
        self[word] = number
        return number
