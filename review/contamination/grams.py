"""Runs of words as 64-bit numbers, and where a number stands among many."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

Numbers = npt.NDArray[np.uint64]
Places = npt.NDArray[np.signedinteger[Any]]

_FACTOR = np.uint64(0x9E3779B97F4A7C15)  # odd, its bits well mixed: the golden ratio's
_SLOTS_EACH = 16


def hashed(words: Sequence[bytes]) -> Numbers:
    """Return a number for each word; the same word has the same number in this process only."""
    return np.fromiter(map(hash, words), dtype=np.int64, count=len(words)).view(np.uint64)


def packed(texts: Iterable[Sequence[bytes]]) -> tuple[Numbers, Places]:
    """Return the words of all texts as numbers in a row, and where each text ends."""
    numbers = [hashed(words) for words in texts]
    ends = np.cumsum([len(words) for words in numbers], dtype=np.int64)
    return np.concatenate(numbers) if numbers else np.empty(0, np.uint64), ends


def grams(words: Numbers, longest: int) -> Iterator[tuple[int, Numbers]]:
    """Yield (k, the number of each run of k words) for k from 1 to `longest`; each is made from the one before."""
    made = words.copy()
    for size in range(1, min(longest, len(words)) + 1):
        if size > 1:
            made = made[:-1] * _FACTOR + words[size - 1 :]
        yield size, made


@dataclass(frozen=True, slots=True)
class Table:
    """Which items hold a gram: sorted grams, and for each where its items begin in `items`.

    `slots` are bits that tell at the cost of one look that most grams are not among them.
    """

    keys: Numbers
    begins: Places
    items: Places
    slots: npt.NDArray[np.uint8]

    @classmethod
    def build(cls, found: Numbers, items: Places) -> Self:
        """Build the table of pairs (gram, item), each pair counted once."""
        order = np.lexsort((items, found))
        found, items = found[order], items[order]
        first = np.ones(len(found), bool)
        first[1:] = (found[1:] != found[:-1]) | (items[1:] != items[:-1])
        found, items = found[first], items[first]
        return cls._packed(found, items)

    @classmethod
    def _packed(cls, found: Numbers, items: Places) -> Self:
        keys, begins = np.unique(found, return_index=True)
        slots = np.zeros(1 << max(6, (_SLOTS_EACH * len(keys)).bit_length()), bool)
        slots[_slot(keys, len(slots))] = True
        ends = np.append(begins, len(items)).astype(np.int32)
        return cls(keys, ends, items, np.packbits(slots, bitorder="little"))

    def without_common(self, most: int) -> Self:
        """Return the table of the grams that at most so many items hold."""
        counts = np.diff(self.begins)
        kept = np.repeat(counts <= most, counts)
        return self._packed(np.repeat(self.keys, counts)[kept], self.items[kept])

    def find(self, wanted: Numbers) -> tuple[Places, Places]:
        """Return the positions in `wanted` of the grams that are known, and which key each is."""
        slot = _slot(wanted, 8 * len(self.slots))
        maybe = np.flatnonzero(
            (self.slots[slot >> np.uint64(3)] >> (slot & np.uint64(7)).astype(np.uint8)) & 1
        )
        if not len(maybe):
            return maybe, maybe
        keys = np.searchsorted(self.keys, wanted[maybe])
        keys[keys == len(self.keys)] = 0
        known = self.keys[keys] == wanted[maybe]
        return maybe[known], keys[known]

    def held(self, key: int) -> Places:
        """Return the items of one key; none where it is not known."""
        at = int(np.searchsorted(self.keys, np.uint64(key)))
        if at == len(self.keys) or self.keys[at] != key:
            return self.items[:0]
        return self.items[self.begins[at] : self.begins[at + 1]]

    def holders(self, keys: Places) -> tuple[Places, Places]:
        """Return the items that hold any of these grams, and how many of the grams, each counted once."""
        keys = np.unique(keys)
        held = [self.items[self.begins[key] : self.begins[key + 1]] for key in keys.tolist()]
        return np.unique(np.concatenate(held), return_counts=True) if held else (keys, keys)


def _slot(numbers: Numbers, count: int) -> Numbers:
    # The upper bits of a product depend on every bit of its factors.
    return (numbers * _FACTOR) >> np.uint64(65 - count.bit_length())
