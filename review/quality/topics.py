"""What texts are about: a space of few dimensions in which texts of like words stand near each other, and its parts.

Latent semantic analysis (S. Deerwester and others, "Indexing by latent semantic analysis", Journal of the American
Society for Information Science 41 (1990), 391-407): the weighted words, reduced by a truncated singular value
decomposition. Topics are the k-means clusters in that space.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
from threadpoolctl import threadpool_limits

from review.quality.labels import canonical
from review.quality.terms import WORD_BUCKETS
from review.quality.weighting import Weighting

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

DIMENSIONS = 64
SEED = 20_240
# More hardly change the space; those chosen have nothing to do with their order.
MOST_FITTED = 5_000
STARTS = 4
_BATCH = 10_000

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Space:
    """Calling it turns counted terms (n, COLUMNS) into places (n, d), each at distance 1 of the middle or in it."""

    weighting: Weighting
    axes: Floats  # (columns of the weighting, d)

    def __call__(self, terms: "csr_matrix") -> Floats:
        return _to_length_one(self.weighted(terms) @ self.axes)

    def weighted(self, terms: "csr_matrix") -> "csr_matrix":
        """Return the weights (n, columns of the weighting) of the words of counted terms (n, COLUMNS)."""
        return self.weighting(_words(terms))


@dataclass(frozen=True, slots=True)
class Topics:
    """Calling it tells which topic (n,) each row of terms belongs to: that of the nearest of the `centres` (k, d)."""

    space: Space
    centres: Floats

    def __call__(self, terms: "csr_matrix") -> Rows:
        batches = range(0, terms.shape[0], _BATCH)
        found = [nearest(self.space(terms[at : at + _BATCH]), self.centres) for at in batches]
        return np.concatenate([np.zeros(0, np.intp), *found])


def fitting_rows(ids: Sequence[str]) -> Rows:
    """Return the rows that a space or topics are found from: given those alone, it finds the same as given all."""
    return canonical(ids)[:MOST_FITTED]


def space_of(
    terms: "csr_matrix", ids: Sequence[str], dimensions: int = DIMENSIONS, seed: int = SEED
) -> Space:
    """Find the space of texts from their counted terms (n, COLUMNS).

    The same texts give the same space in any order. It has fewer dimensions where there are few texts or words.
    """
    order = fitting_rows(ids)
    words = _words(terms[order])
    weighting = Weighting.of(words)
    weighted = weighting(words)
    most = min(dimensions, len(order) - 1, len(weighting.columns) - 1)
    if most < 1:
        return Space(weighting, np.zeros((len(weighting.columns), 1)))
    from sklearn.utils.extmath import randomized_svd  # noqa: PLC0415  (seconds to load)

    with threadpool_limits(limits=1):
        _, _, axes = randomized_svd(weighted, most, n_iter=5, random_state=seed)
    return Space(weighting, np.ascontiguousarray(axes.T, np.float64))


def topics_of(terms: "csr_matrix", ids: Sequence[str], count: int, seed: int = SEED) -> Topics:
    """Find at most `count` topics of texts from their counted terms; the same in any order of the texts."""
    space = space_of(terms, ids, seed=seed)
    order = fitting_rows(ids)
    return Topics(space, clusters_of(space(terms[order]), count, seed))


def clusters_of(places: Floats, count: int, seed: int = SEED, starts: int = STARTS) -> Floats:
    """Return the centres (at most count, d) of the k-means clusters of places (n, d), which depend on their order."""
    distinct = len(np.unique(places, axis=0))
    if distinct <= 1 or count <= 1:
        return places[:1]
    from sklearn.cluster import KMeans  # noqa: PLC0415  (seconds to load)

    with threadpool_limits(limits=1):
        found = KMeans(min(count, distinct), n_init=starts, random_state=seed).fit(places)
    centres: Floats = found.cluster_centers_
    return centres


def nearest(places: Floats, centres: Floats) -> Rows:
    """Return for each place (n, d) the number of the centre that it is nearest to."""
    if not len(centres):
        return np.zeros(len(places), np.intp)
    with threadpool_limits(limits=1):
        # The places' own lengths are the same for every centre.
        found: Rows = np.argmin((centres**2).sum(axis=1) - 2 * places @ centres.T, axis=1)
    return found


def _words(terms: "csr_matrix") -> Any:
    """Return the columns of whole words: parts of words say how a text is written rather than what it is about."""
    return terms[:, :WORD_BUCKETS]


def _to_length_one(places: Floats) -> Floats:
    lengths = np.linalg.norm(places, axis=1, keepdims=True)
    found: Floats = np.divide(places, lengths, out=np.zeros_like(places), where=lengths > 0)
    return found
