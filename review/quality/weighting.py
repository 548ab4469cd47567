"""From counted terms to tf-idf: which columns a model reads and how much each counts."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
import numpy.typing as npt

from review.quality.terms import CHAR_BUCKETS, WORD_BUCKETS

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

COLUMNS = WORD_BUCKETS + CHAR_BUCKETS
# A term that a single training row has says nothing of another, and there are as many of them as of all others.
LEAST_ROWS = 2


@dataclass(frozen=True, slots=True)
class Weighting:
    """The columns that occur in the training rows, rising, and in how many of the `rows` each does.

    idf = ln((1 + rows) / (1 + occurs)) + 1; words and parts of words are each brought to length 1 apart, so that
    long words do not drown the short ones.
    """

    columns: Ints
    occurs: Ints
    rows: int

    @classmethod
    def of(cls, terms: "csr_matrix") -> Self:
        """Read the columns of training rows (n, COLUMNS)."""
        occurs = np.bincount(terms.indices, minlength=COLUMNS)
        columns = np.flatnonzero(occurs >= LEAST_ROWS)
        return cls(columns, occurs[columns], terms.shape[0])

    @classmethod
    def none(cls) -> Self:
        """Read no column at all."""
        return cls(np.zeros(0, np.int64), np.zeros(0, np.int64), 0)

    @property
    def idf(self) -> Floats:
        found: Floats = np.log((1 + self.rows) / (1 + self.occurs)) + 1
        return found

    def __call__(self, terms: "csr_matrix") -> "csr_matrix":
        """Return rows (n, COLUMNS) as tf-idf of the model's columns (n, len(columns)), float64."""
        from scipy.sparse import csr_matrix  # noqa: PLC0415  (slow to load)

        place = np.full(COLUMNS, -1, np.int32)
        place[self.columns] = np.arange(len(self.columns))
        at = place[terms.indices]
        kept = at >= 0
        ends = np.concatenate([[0], np.cumsum(kept)])[terms.indptr]
        at = at[kept]
        values = terms.data[kept] * self.idf[at]
        values /= _lengths(values, at < np.searchsorted(self.columns, WORD_BUCKETS), ends)
        return csr_matrix((values, at, ends), shape=(terms.shape[0], len(self.columns)))


def _lengths(values: Floats, words: npt.NDArray[np.bool_], ends: Ints) -> Floats:
    """Return for each value the length of its row among words, or among parts of words."""
    row = np.repeat(np.arange(len(ends) - 1), np.diff(ends))
    key = 2 * row + words
    squares = np.bincount(key, values * values, 2 * (len(ends) - 1))
    lengths: Floats = np.sqrt(squares)[key]
    return lengths
