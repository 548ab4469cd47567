"""Words and parts of words of a conversation, hashed into a fixed number of columns.

Hashing needs no vocabulary, so a model is the same size whatever it was trained on (Weinberger et al. 2009, "Feature
Hashing for Large Scale Multitask Learning"); the hash is 64-bit FNV-1a over code points with MurmurHash3's finalizer.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_matrix  # type: ignore[import-untyped]

from annotate.records import Conversation
from review.quality.signs import kinds
from review.quality.text import Packed, exchange_of

# Raised whenever the same text could get other columns or counts: a stored model of another version is not used.
TERMS_VERSION = 1
WORD_BUCKETS = 1 << 17
CHAR_BUCKETS = 1 << 17

_BATCH = 1_000_000  # characters counted at once: about 60 MB
_SHOWN = 3

Piece = tuple[npt.NDArray[np.int32], npt.NDArray[np.float32], npt.NDArray[np.int64]]


def term_matrix(conversations: Sequence[Conversation]) -> csr_matrix:
    """Return one row for each conversation, (n, WORD_BUCKETS + CHAR_BUCKETS) of float32: 1 + ln(occurrences).

    Columns before WORD_BUCKETS: words and pairs of neighbours in lower case, those of the last instruction and
    those of the last answer apart. Columns from there on: runs of 3 to 5 characters of the last answer, inside its
    words with a space on either side. Neither inverse document frequency nor a norm is applied.
    """
    texts = _texts(conversations)
    pieces, start, size = [], 0, 0
    for at in range(0, len(texts), 2):
        size += len(texts[at]) + len(texts[at + 1])
        if size >= _BATCH or at + 2 == len(texts):
            pieces.append(_counted(Packed.of(texts[start : at + 2])))
            start, size = at + 2, 0
    return _joined(pieces, len(conversations))


def terms_of(conversation: Conversation) -> Mapping[int, str]:
    """Return the terms of a conversation as people read them, by their columns.

    A word of the instruction says so; "…" stands where a part of a word was cut. Terms that share a column are
    joined by "/", at most three.
    """
    from review.quality.term_kernels import occurrences  # noqa: PLC0415  (numba: seconds and 100 MB)

    asked, told = _texts([conversation])
    packed = Packed.of([asked, told])
    found = np.empty((5 * len(packed.points) + 16, 3), np.int64)
    count = occurrences(packed.points, packed.ends, 0, kinds(), WORD_BUCKETS, CHAR_BUCKETS, found)
    names: dict[int, list[str]] = {}
    for bucket, start, end in found[:count].tolist():
        name = _name(bucket, start, end, asked, told)
        held = names.setdefault(bucket, [])
        if name not in held and len(held) < _SHOWN:
            held.append(name)
    return {bucket: " / ".join(held) for bucket, held in names.items()}


def _texts(conversations: Sequence[Conversation]) -> list[str]:
    texts = []
    for conversation in conversations:
        exchange = exchange_of(conversation)
        texts += [exchange.instruction.lower(), exchange.answer.lower()]
    return texts


def _counted(packed: Packed) -> Piece:
    from review.quality.term_kernels import counted  # noqa: PLC0415  (numba: seconds and 100 MB)

    room = 5 * len(packed.points) + 16
    columns, values = np.empty(room, np.int32), np.empty(room, np.float32)
    rows = np.zeros((len(packed.ends) + 1) // 2, np.int64)
    used = counted(packed.points, packed.ends, kinds(), WORD_BUCKETS, CHAR_BUCKETS, columns, values, rows)
    return columns[:used].copy(), values[:used].copy(), rows


def _joined(pieces: Sequence[Piece], rows: int) -> csr_matrix:
    columns = np.concatenate([np.zeros(0, np.int32), *(piece[0] for piece in pieces)])
    values = np.concatenate([np.zeros(0, np.float32), *(piece[1] for piece in pieces)])
    counts = np.concatenate([np.zeros(1, np.int64), *(np.diff(piece[2]) for piece in pieces)])
    shape = (rows, WORD_BUCKETS + CHAR_BUCKETS)
    return csr_matrix((values, columns, counts.cumsum()), shape=shape)


def _name(bucket: int, start: int, end: int, asked: str, told: str) -> str:
    if end <= len(asked) and bucket < WORD_BUCKETS:
        return f"{' '.join(asked[start:end].split())} (instruction)"
    start, end = start - len(asked), end - len(asked)
    if bucket < WORD_BUCKETS:
        return " ".join(told[start:end].split())
    inside = told[max(0, start) : end]
    before = "" if start < 0 or inside[:1].isspace() else "…"
    after = "" if end > len(told) or inside[-1:].isspace() else "…"
    return f"{before}{inside.strip()}{after}"
