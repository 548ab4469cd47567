"""Where the exact sets of records come from: texts kept packed in memory."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from review.neardup.arrays import Bytes, Hashes, Numbers, in_threads
from review.neardup.shingles import Shingles
from review.neardup.signatures import BANDS, Packed


@dataclass(frozen=True, slots=True)
class Sets:
    """Sorted distinct shingle hashes, set after set; set i is hashes[ends[i]:ends[i + 1]]."""

    hashes: Hashes
    ends: Numbers


@dataclass(frozen=True, slots=True)
class Part:
    """Band hashes and the records (below 2^32) that have them; all rows of one hash are in one part."""

    hashes: Numbers
    records: Numbers


class SetSource(Protocol):
    """Gives the exact sets of records."""

    def room(self, records: Numbers) -> int:
        """Return how many hashes the sets of these records hold at most, or a guess at it."""
        ...

    def sets(self, records: Numbers, threads: int) -> Sets:
        """Return the sets of these records, which are distinct and ascending."""
        ...


def exact_sets(texts: Packed, chosen: Numbers, shingles: Shingles) -> Sets:
    """Return the sets of the chosen texts."""
    from review.neardup import text_kernels  # noqa: PLC0415  (numba: seconds and 100 MB)

    found = np.empty(int((texts.ends[chosen + 1] - texts.ends[chosen]).sum()), np.uint32)
    ends = np.zeros(chosen.size + 1, np.int64)
    words = shingles.unit == "words"
    used = text_kernels.sets(texts.data, texts.ends, chosen, words, shingles.size, found, ends)
    return Sets(found[:used].copy(), ends)


def joined(several: Sequence[Sets]) -> Sets:
    """Return sets one after the other."""
    counts = [np.diff(sets.ends) for sets in several]
    ends = np.concatenate([np.zeros(1, np.int64), *counts]).cumsum()
    return Sets(np.concatenate([np.empty(0, np.uint32), *(sets.hashes for sets in several)]), ends)


@dataclass(frozen=True, slots=True)
class Corpus:
    """Records held in memory: chunks of packed normal forms, of each chunk its bands, and of all the sketches."""

    shingles: Shingles
    chunks: tuple[Packed, ...]
    bands: tuple[Numbers, ...]
    sketches: Bytes

    def __len__(self) -> int:
        return sum(map(len, self.chunks))

    def parts(self) -> Iterator[Part]:
        """Yield one band at a time."""
        records = np.arange(len(self), dtype=np.int64)
        for band in range(BANDS):
            yield Part(np.concatenate([np.empty(0, np.int64), *(rows[band] for rows in self.bands)]), records)

    def room(self, records: Numbers) -> int:
        sizes = np.concatenate([np.empty(0, np.int64), *(np.diff(chunk.ends) for chunk in self.chunks)])
        return int(sizes[records].sum())

    def sets(self, records: Numbers, threads: int) -> Sets:
        first, wanted = 0, []
        for chunk in self.chunks:
            low, high = np.searchsorted(records, [first, first + len(chunk)])
            if low < high:
                wanted.append((chunk, records[low:high] - first))
            first += len(chunk)
        return joined(list(in_threads(lambda each: exact_sets(*each, self.shingles), wanted, threads)))
