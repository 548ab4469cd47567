"""What is counted of conversations, before features are made of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from review.quality import marks
from review.quality.lexicons import KINDS
from review.quality.phrases import lexicon
from review.quality.signs import SCRIPTS, kinds, lowered, scripts
from review.quality.text import Exchange, Packed, Words, pairs_of, words_of

Floats = npt.NDArray[np.float64]
Columns = dict[str, Floats]

# In the order in which the kernels write them.
SIGNS = (
    "length", "letters", "upper", "digits", "signs", "emoji", "open", "quotes", "sentences", "code",
    "lines", "unlike_lines", "paragraphs", "items", "headings", "fences", "tables", "colons", "bold",
)  # fmt: skip
WORDS = ("words", "word_letters", "syllables", "distinct", "pairs", "fours", "loop")
SHARED = ("asked", "told", "both", "beginning", "pairs_told", "pairs_both")


@dataclass(frozen=True, slots=True)
class Counts:
    """Columns by name, one row for each conversation.

    `asked` and `told` count the instruction and the answer: SIGNS, WORDS, and the phrases of each kind. `first` has
    the word at which the first phrase begins, of the instruction and of the answer. `scripts` has the letters of
    each script.
    """

    asked: Columns
    told: Columns
    asked_first: Columns
    told_first: Columns
    asked_scripts: Floats
    told_scripts: Floats
    shared: Columns
    marks: Columns


def counts_of(exchanges: Sequence[Exchange]) -> Counts:
    """Return everything that features are made of."""
    packed = pairs_of(exchanges)
    words = words_of(packed)
    found = lexicon().found(words)
    counted = {**_signs(packed), **_words(packed, words), **_named(KINDS, found.hits)}
    first = _named(KINDS, found.first)
    letters = _scripts(packed)
    marked = np.array([marks.marks_of(each) for each in exchanges], np.float64)
    return Counts(
        _every(counted, 0),
        _every(counted, 1),
        _every(first, 0),
        _every(first, 1),
        letters[0::2],
        letters[1::2],
        _named(SHARED, _shared(words, found.common)),
        _named(marks.NAMES, marked.reshape(len(exchanges), len(marks.NAMES))),
    )


def _named(names: Sequence[str], found: npt.NDArray[np.generic]) -> Columns:
    return dict(zip(names, found.astype(np.float64).T, strict=True))


def _every(columns: Columns, first: int) -> Columns:
    return {name: column[first::2] for name, column in columns.items()}


def _signs(packed: Packed) -> Columns:
    from review.quality.sign_kernels import counted  # noqa: PLC0415  (numba: seconds and 100 MB)

    found = np.zeros((len(packed.ends) - 1, len(SIGNS)), np.int64)
    counted(packed.points, packed.ends, kinds(), found)
    return _named(SIGNS, found)


def _scripts(packed: Packed) -> Floats:
    from review.quality.sign_kernels import scripted  # noqa: PLC0415  (numba: seconds and 100 MB)

    found = np.zeros((len(packed.ends) - 1, len(SCRIPTS)), np.int64)
    scripted(packed.points, packed.ends, kinds(), scripts(), found)
    return found.astype(np.float64)


def _words(packed: Packed, words: Words) -> Columns:
    from review.quality.word_kernels import counted  # noqa: PLC0415  (numba: seconds and 100 MB)

    found = np.zeros((len(packed.ends) - 1, len(WORDS)), np.int64)
    counted(packed.points, kinds(), lowered(), words.hashes, words.spans, words.stops, found)
    return _named(WORDS, found)


def _shared(words: Words, common: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    from review.quality.word_kernels import shared  # noqa: PLC0415  (numba: seconds and 100 MB)

    found = np.zeros(((len(words.stops) - 1) // 2, len(SHARED)), np.int64)
    shared(words.hashes, words.stems, words.stops, common, lexicon().stops, found)
    return found
