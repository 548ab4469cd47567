"""What a topic is about, in a few words: those that its texts have more of than all texts do."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from annotate.records import Conversation
from review.quality.lexicons import STOPS
from review.quality.terms import terms_of
from review.quality.topics import Topics

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

WORDS = 3
# Of a topic's texts those nearest to its middle say what its words are: hashed columns have no names of their own.
READ = 12
_STRONGEST = 60
_SHORTEST = 3

Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]
Read = Callable[[Rows], Sequence[Conversation]]

_STOPS = frozenset(word for words in STOPS.values() for word in words)


def topic_words(topics: Topics, terms: "csr_matrix", read: Read, count: int = WORDS) -> list[tuple[str, ...]]:
    """Name each topic by at most `count` words, the strongest first, from the rows (n, COLUMNS) it was found from.

    `read` gives the texts of some rows. A word is as strong as its mean weight in the topic is above that in all rows;
    words that any text has are passed over. A topic that no row belongs to has no words.
    """
    weighted, belongs = topics.space.weighted(terms), topics(terms)
    places, usual = topics.space(terms), _mean(weighted)
    named = []
    for topic, centre in enumerate(topics.centres):
        rows = np.flatnonzero(belongs == topic)
        middle = rows[np.argsort(-(places[rows] @ centre), kind="stable")[:READ]]
        strength = _mean(weighted[rows]) - usual
        strongest = np.argsort(-strength, kind="stable")[:_STRONGEST]
        columns = topics.space.weighting.columns[strongest[strength[strongest] > 0]].tolist()
        named.append(tuple(_told(columns, read(middle), count)))
    return named


def _mean(weighted: "csr_matrix") -> Floats:
    total: Floats = np.asarray(weighted.sum(axis=0), np.float64).ravel()
    found: Floats = total / max(weighted.shape[0], 1)
    return found


def _told(columns: Sequence[int], texts: Sequence[Conversation], count: int) -> Iterator[str]:
    """Yield the words of columns as the texts have them; pairs of words say little that their words do not."""
    names: dict[int, str] = {}
    for text in texts:
        names = {**terms_of(text), **names}
    used: set[str] = set()
    for column in columns:
        word = names.get(column, "").split(" / ")[0].removesuffix(" (instruction)")
        if _says_something(word) and word not in used and len(used) < count:
            used.add(word)
            yield word


def _says_something(word: str) -> bool:
    return len(word) >= _SHORTEST and word.isalpha() and word not in _STOPS
