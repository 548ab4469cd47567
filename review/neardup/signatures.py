"""MinHash signatures and their bands, straight from packed UTF-8.

A signature is bit by bit datasketch's `MinHash(num_perm=128, seed=1, scheme="affine32", hashfunc=xxh32)` of the
shingles' UTF-8 bytes. A band is the hash of five of its values under a salt; records that share a band are
candidates. Two records whose sets overlap by J share one of 25 such bands with probability 1 - (1 - J^5)^25:
0.990 at J = 0.7, 0.9989 at 0.75.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import comb

import numpy as np
import xxhash

from review.neardup.arrays import Bytes, Hashes, Keys, Numbers
from review.neardup.shingles import SURROGATES, VERSION, Shingles, composed, dropped

PERMUTATIONS = 128
SEED = 1
BANDS = 25
ROWS = 5
NONE = 0  # the band hash of a text without shingles; it matches nothing

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_KEPT = 1
_SPACE = 32


@dataclass(frozen=True, slots=True)
class Packed:
    """Normal forms one after the other, as UTF-8; text i is data[ends[i]:ends[i + 1]]."""

    data: Bytes
    ends: Numbers

    def __len__(self) -> int:
        return self.ends.size - 1


@cache
def permutations() -> Hashes:
    """Return datasketch's 128 slopes and shifts."""
    from datasketch import MinHash  # type: ignore[import-untyped]  # noqa: PLC0415  (takes a second to load)

    made: Hashes = MinHash(num_perm=PERMUTATIONS, seed=SEED, scheme="affine32").permutations
    return np.ascontiguousarray(made)


@cache
def band_keys(shingles: Shingles, salt: str) -> Keys:
    """Return what each band's hash begins with, so that equal text under another salt or shingle never meets."""
    names = (f"{VERSION}\n{shingles.slug}\n{band}\n{salt}" for band in range(BANDS))
    return np.array([xxhash.xxh3_64_intdigest(name.encode()) for name in names], np.uint64)


def band_hashes(minima: Hashes, keys: Keys) -> Numbers:
    """Return the 25 band hashes of one signature; the kernel's definition, in numpy."""
    values = minima[: BANDS * ROWS].reshape(BANDS, ROWS).astype(np.uint64)
    found = keys.copy()
    for row in range(ROWS):
        found = (found ^ values[:, row]) * _GOLDEN
        found ^= found >> np.uint64(32)
    return np.maximum(found, np.uint64(1)).view(np.int64)


@cache
def _classes() -> Bytes:
    """Return of each code point: 0 left out, 32 white space, 1 kept; for ASCII the lower case of what is kept."""
    classes = np.full(0x110000, _KEPT, np.uint8)
    classes[list(dropped())] = 0
    classes[[point for point in range(0x3001) if chr(point).isspace()]] = _SPACE
    for point in range(128):
        if classes[point] == _KEPT:
            classes[point] = ord(chr(point).lower())
    return classes


def packed(texts: Sequence[str]) -> Packed:
    """Return the normal forms of texts, packed."""
    from review.neardup import text_kernels  # noqa: PLC0415  (numba: seconds and 100 MB)

    encoded = [(text if text.isascii() else composed(text)).encode("utf-8", SURROGATES) for text in texts]
    offsets, ends = np.zeros((2, len(encoded) + 1), np.int64)
    np.cumsum(np.fromiter(map(len, encoded), np.int64, len(encoded)), out=offsets[1:])
    data = np.frombuffer(b"".join(encoded), np.uint8)
    normal = np.empty(data.size, np.uint8)
    used = text_kernels.normalise(data, offsets, _classes(), normal, ends)
    return Packed(normal[:used].copy(), ends)


def signatures(texts: Packed, shingles: Shingles) -> Hashes:
    """Return the signatures, one row of 128 for each text; a text without shingles has 2^32 - 1 throughout."""
    from review.neardup import text_kernels  # noqa: PLC0415

    slopes, shifts = permutations()
    found = np.empty((len(texts), PERMUTATIONS), np.uint32)
    words = shingles.unit == "words"
    text_kernels.signatures(texts.data, texts.ends, words, shingles.size, slopes, shifts, found)
    return found


def bands(minima: Hashes, texts: Packed, shingles: Shingles, salt: str) -> Numbers:
    """Return the band hashes of signatures, one row for each of the 25 bands and one column for each text."""
    from review.neardup import text_kernels  # noqa: PLC0415

    found = np.empty((BANDS, len(texts)), np.int64)
    text_kernels.bands(minima, texts.ends, ROWS, band_keys(shingles, salt), found)
    return found


def sketches(minima: Hashes) -> Bytes:
    """Return the lowest byte of each value of signatures: 128 bytes each, a quarter of the signature."""
    return minima.astype(np.uint8)


@cache
def agreement(similarity: float) -> int:
    """Return in how many places at least the sketches of two records that overlap by `similarity` agree.

    Fewer happen less than once in 10 million pairs (binomial, 128 places).
    """
    below, places = 0.0, 0
    while places < PERMUTATIONS:
        chance = comb(PERMUTATIONS, places) * similarity**places * (1 - similarity) ** (PERMUTATIONS - places)
        if below + chance > 1e-7:
            break
        below += chance
        places += 1
    return places
