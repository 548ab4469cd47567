"""One text at a time, by datasketch and plain Python: for a web process, which loads no compiler."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import xxhash

from review.neardup.shingles import SURROGATES, Shingles, jaccard, shingles_of
from review.neardup.signatures import SEED, band_hashes, band_keys, permutations


def minhash(text: str, shingles: Shingles) -> Any:
    """Return datasketch's MinHash of a text's shingles."""
    from datasketch import MinHash  # type: ignore[import-untyped]  # noqa: PLC0415  (takes a second to load)

    made = MinHash(
        seed=SEED,
        num_perm=permutations().shape[1],
        permutations=permutations(),
        scheme="affine32",
        hashfunc=xxhash.xxh32_intdigest,
    )
    made.update_batch({shingle.encode("utf-8", SURROGATES) for shingle in shingles_of(text, shingles)})
    return made


def text_bands(text: str, shingles: Shingles, salt: str) -> list[int]:
    """Return the 25 band hashes of a text, as the batch gives them; none where it has no shingles."""
    made = minhash(text, shingles)
    if made.is_empty():
        return []
    return [int(band) for band in band_hashes(np.asarray(made.hashvalues), band_keys(shingles, salt))]


def text_similarities(text: str, others: Sequence[str], shingles: Shingles) -> list[float]:
    """Return the exact Jaccard of a text with each of the others, by the shingles themselves."""
    own = set(shingles_of(text, shingles))
    return [jaccard(own, set(shingles_of(other, shingles))) for other in others]
