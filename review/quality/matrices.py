"""What a classifier reads of texts: their features and terms, row by row."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix, vstack  # type: ignore[import-untyped]

from annotate.records import Conversation
from review.quality.features import FEATURES, feature_matrix
from review.quality.terms import term_matrix
from review.quality.weighting import COLUMNS


@dataclass(frozen=True, slots=True)
class Texts:
    """Features (n, F) of float64 and counted terms (n, T) of float32 of the same n texts."""

    features: npt.NDArray[np.float64]
    terms: csr_matrix

    def __post_init__(self) -> None:
        if self.features.shape != (self.terms.shape[0], len(FEATURES)) or self.terms.shape[1] != COLUMNS:
            raise ValueError("features and terms are not those of the same texts")

    def __len__(self) -> int:
        return len(self.features)

    def __getitem__(self, rows: npt.NDArray[np.intp] | slice) -> "Texts":
        return Texts(self.features[rows], self.terms[rows])

    @classmethod
    def of(cls, conversations: Sequence[Conversation]) -> Self:
        """Read conversations; some 10 kB each."""
        return cls(feature_matrix(conversations), term_matrix(conversations))

    @classmethod
    def joined(cls, parts: Sequence["Texts"]) -> Self:
        """Return the rows of all parts, one after the other."""
        terms = vstack([part.terms for part in parts], format="csr") if parts else csr_matrix((0, COLUMNS))
        features = np.concatenate([np.zeros((0, len(FEATURES))), *(part.features for part in parts)])
        return cls(features, terms)
