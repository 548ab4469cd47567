"""What a classifier reads of texts: their features and terms, and what a judge says of them, row by row."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

import numpy as np
import numpy.typing as npt

from annotate.records import Conversation
from review.quality.features import FEATURES, feature_matrix
from review.quality.terms import term_matrix
from review.quality.weighting import COLUMNS

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

Floats = npt.NDArray[np.float64]

# The columns that stand after the features where a classifier goes by a judge, too.
JUDGED = ("score by the judge", "not scored by the judge")
LEAST, MOST = 1.0, 5.0  # what a judge gives
WIDTHS = (len(FEATURES), len(FEATURES) + len(JUDGED))
# Below that the column would rather tell which texts were asked about than what was said of them.
LEAST_JUDGED = 0.5


@dataclass(frozen=True, slots=True)
class Texts:
    """Features (n, F) of float64 and counted terms (n, T) of float32 of the same n texts.

    `judge` (n,) is what a judge says of each, from 1 to 5, nan where it says nothing; None where none was asked. In
    what `widened` returns the features have two columns more, which are made of it.
    """

    features: Floats
    terms: "csr_matrix"
    judge: Floats | None = None

    def __post_init__(self) -> None:
        size = self.terms.shape[0]
        if (
            len(self.features) != size
            or self.features.shape[1] not in WIDTHS
            or self.terms.shape[1] != COLUMNS
        ):
            raise ValueError("features and terms are not those of the same texts")
        if self.judge is not None and self.judge.shape != (size,):
            raise ValueError("the judge's scores are not those of the same texts")

    def __len__(self) -> int:
        return len(self.features)

    def __getitem__(self, rows: npt.NDArray[np.intp] | slice) -> "Texts":
        return Texts(self.features[rows], self.terms[rows], None if self.judge is None else self.judge[rows])

    @classmethod
    def of(cls, conversations: Sequence[Conversation], judge: Sequence[float | None] | None = None) -> Self:
        """Read conversations; some 10 kB each."""
        said = (
            None
            if judge is None
            else np.array([np.nan if each is None else each for each in judge], np.float64)
        )
        return cls(feature_matrix(conversations), term_matrix(conversations), said)

    @classmethod
    def joined(cls, parts: Sequence["Texts"]) -> Self:
        """Return the rows of all parts, one after the other."""
        from scipy.sparse import csr_matrix, vstack  # noqa: PLC0415  (slow to load)

        terms = vstack([part.terms for part in parts], format="csr") if parts else csr_matrix((0, COLUMNS))
        features = np.concatenate([np.zeros((0, len(FEATURES))), *(part.features for part in parts)])
        asked = any(part.judge is not None for part in parts)
        return cls(features, terms, np.concatenate([part.said for part in parts]) if asked else None)

    @property
    def said(self) -> Floats:
        """What a judge says of each text; nan where nothing is known."""
        return np.full(len(self), np.nan) if self.judge is None else self.judge

    @property
    def judged(self) -> int:
        """How many of them a judge has scored."""
        return int(np.isfinite(self.said).sum())

    @property
    def neutral(self) -> float | None:
        """The mean of what a judge says of these texts, which stands for what it does not say; None without any."""
        return float(np.nanmean(self.said)) if self.judged else None

    def to_learn_from(self) -> "Texts":
        """Return the texts as a classifier learns from them: without the judge where it scored fewer than half."""
        return (
            self
            if self.judge is None or self.judged >= LEAST_JUDGED * len(self)
            else replace(self, judge=None)
        )

    def widened(self, neutral: float) -> "Texts":
        """Return the texts with the columns JUDGED among their features.

        Where nothing is said `neutral` stands, so that it speaks neither for nor against, and the last column is 1.
        """
        said = self.said
        unknown = np.isnan(said)
        columns = np.stack([np.where(unknown, neutral, said), unknown.astype(np.float64)], axis=1)
        return Texts(np.concatenate([self.features, columns], axis=1), self.terms)
