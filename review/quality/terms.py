"""Words and parts of words of a conversation, hashed into a fixed number of columns.

Hashing needs no vocabulary, so a model reads any text and fits on any number of workers (Weinberger et al. 2009,
"Feature Hashing for Large Scale Multitask Learning"). The hash is 64-bit FNV-1a over code points, then multiplied and
shifted, so the same text has the same columns in every process.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from annotate.records import Conversation
from review.quality.signs import kinds, lowered
from review.quality.text import Packed, batches, exchange_of, pair_of, pairs_of, words_of

# Raised whenever the same text could get other columns or counts: a stored model of another version is not used.
TERMS_VERSION = 1
_WORD_BITS, _CHAR_BITS = 17, 17
WORD_BUCKETS, CHAR_BUCKETS = 1 << _WORD_BITS, 1 << _CHAR_BITS

_SHOWN = 3

Piece = tuple[npt.NDArray[np.int32], npt.NDArray[np.float32], npt.NDArray[np.int64]]


def term_matrix(conversations: Sequence[Conversation]) -> Any:
    """Return a csr_matrix of float32, (n, WORD_BUCKETS + CHAR_BUCKETS): 1 + ln(occurrences) of each term.

    Columns before WORD_BUCKETS: words and pairs of neighbours in lower case, those of the last instruction and
    those of the last answer apart. Columns from there on: runs of 3 to 5 characters of the last answer, inside its
    words with a space on either side. Neither inverse document frequency nor a norm is applied.
    """
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]  # noqa: PLC0415  (a second to load)

    exchanges = [exchange_of(conversation) for conversation in conversations]
    pieces = [_counted(pairs_of(batch)) for batch in batches(exchanges)]
    columns = np.concatenate([np.zeros(0, np.int32), *(piece[0] for piece in pieces)])
    values = np.concatenate([np.zeros(0, np.float32), *(piece[1] for piece in pieces)])
    counts = np.concatenate([np.zeros(1, np.int64), *(np.diff(piece[2]) for piece in pieces)])
    shape = (len(conversations), WORD_BUCKETS + CHAR_BUCKETS)
    return csr_matrix((values, columns, counts.cumsum()), shape=shape)


def terms_of(conversation: Conversation) -> Mapping[int, str]:
    """Return the terms of a conversation as people read them, by their columns.

    A word of the instruction says so; "…" stands where a part of a word was cut. Terms that share a column are
    joined by "/", at most three.
    """
    from review.quality.term_kernels import occurrences  # noqa: PLC0415  (numba: seconds and 100 MB)

    exchange = exchange_of(conversation)
    asked, told = pair_of(exchange)
    text, packed = f"{asked}{told}", pairs_of([exchange])
    words = words_of(packed)
    found = np.empty((_room(packed), 3), np.int64)
    count = occurrences(
        packed.points, packed.ends, words.hashes, words.spans, words.stops, 0, kinds(), lowered(),
        _WORD_BITS, _CHAR_BITS, found,
    )  # fmt: skip
    names: dict[int, list[str]] = {}
    for bucket, start, end in found[:count].tolist():
        held = names.setdefault(bucket, [])
        name = _name(text, len(asked), bucket, start, end)
        if name not in held and len(held) < _SHOWN:
            held.append(name)
    return {bucket: " / ".join(held) for bucket, held in names.items()}


def _room(packed: Packed) -> int:
    """Return how many terms packed texts have at most: two for a word, three for a character."""
    return 5 * len(packed.points) + 16


def _counted(packed: Packed) -> Piece:
    from review.quality.term_kernels import counted  # noqa: PLC0415  (numba: seconds and 100 MB)

    words, room = words_of(packed), _room(packed)
    columns, values = np.empty(room, np.int32), np.empty(room, np.float32)
    rows = np.zeros((len(packed.ends) + 1) // 2, np.int64)
    used = counted(
        packed.points, packed.ends, words.hashes, words.spans, words.stops, kinds(), lowered(),
        _WORD_BITS, _CHAR_BITS, columns, values, rows,
    )  # fmt: skip
    return columns[:used].copy(), values[:used].copy(), rows


def _name(text: str, answer: int, bucket: int, start: int, end: int) -> str:
    """Name a term of a text whose answer begins at `answer`."""
    if bucket < WORD_BUCKETS:
        name = " ".join(text[start:end].lower().split())
        return f"{name} (instruction)" if end <= answer else name
    inside = text[max(answer, start) : end].lower()
    before = "" if start < answer or inside[:1].isspace() else "…"
    after = "" if end > len(text) or inside[-1:].isspace() else "…"
    return f"{before}{inside.strip()}{after}"
