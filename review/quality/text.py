"""What the quality model reads of a conversation: its last answer, and what was asked for it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from annotate.records import TEXT_TAG, Conversation
from review.quality.signs import kinds, lowered

Points = npt.NDArray[np.uint32]
Numbers = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]

LONGEST = 200_000  # characters of a text; what comes after changes no share by much
BATCH = 1_000_000  # characters counted at once: about 150 MB
SURROGATES = "surrogatepass"  # a lone surrogate in an imported string is read, not refused


@dataclass(frozen=True, slots=True)
class Exchange:
    """The last answer, the user turn it answers, and the answers before it; empty where there is none.

    A turn that is a whole text counts as an answer that nobody asked for.
    """

    instruction: str
    answer: str
    earlier: tuple[str, ...]
    answered: int  # assistant turns
    others: int  # turns of the system and of tools
    closed: bool  # whether an answer is the last turn


def exchange_of(conversation: Conversation) -> Exchange:
    """Return what the quality model reads of a conversation."""
    turns = conversation.turns
    if len(turns) == 1 and turns[0].tag == TEXT_TAG:
        return Exchange("", turns[0].content, (), 1, 0, True)
    roles = [turn.role for turn in turns]
    answered = [at for at, role in enumerate(roles) if role == "assistant"]
    end = answered[-1] if answered else len(turns)
    asked = next((at for at in range(end - 1, -1, -1) if roles[at] == "user"), -1)
    return Exchange(
        turns[asked].text if asked >= 0 else "",
        turns[end].content if answered else "",
        tuple(turns[at].content for at in answered[:-1]),
        len(answered),
        roles.count("system") + roles.count("tool"),
        end == len(turns) - 1,
    )


@dataclass(frozen=True, slots=True)
class Packed:
    """Texts as code points, one after the other; text i is points[ends[i]:ends[i + 1]]."""

    points: Points
    ends: Numbers

    @classmethod
    def of(cls, texts: Sequence[str]) -> Self:
        data = "".join(texts).encode("utf-32-le", SURROGATES)
        ends = np.zeros(len(texts) + 1, np.int64)
        np.cumsum(np.fromiter(map(len, texts), np.int64, len(texts)), out=ends[1:])
        return cls(np.frombuffer(data, np.dtype("<u4")), ends)


@dataclass(frozen=True, slots=True)
class Words:
    """The words of packed texts in lower case, begin and end of each; those of text i are [stops[i]:stops[i + 1]]."""

    hashes: Hashes
    stems: Hashes  # of their first five characters, which most forms of a word share
    spans: Numbers
    stops: Numbers


def words_of(packed: Packed) -> Words:
    """Return the words of packed texts."""
    from review.quality.word_kernels import split  # noqa: PLC0415  (numba: seconds and 100 MB)

    room, stops = len(packed.points), np.zeros(len(packed.ends), np.int64)
    hashes, stems, spans = np.empty(room, np.uint64), np.empty(room, np.uint64), np.empty((room, 2), np.int64)
    count = split(packed.points, packed.ends, kinds(), lowered(), hashes, stems, spans, stops)
    return Words(hashes[:count], stems[:count], spans[:count], stops)


def pair_of(exchange: Exchange) -> tuple[str, str]:
    """Return the instruction and the answer as far as they are counted: the first 200,000 characters of each."""
    return exchange.instruction[:LONGEST], exchange.answer[:LONGEST]


def pairs_of(exchanges: Sequence[Exchange]) -> Packed:
    """Return the texts of exchanges, packed: 2·i is the instruction and 2·i + 1 the answer of exchange i."""
    return Packed.of([text for each in exchanges for text in pair_of(each)])


def batches(exchanges: Sequence[Exchange]) -> Iterator[Sequence[Exchange]]:
    """Yield exchanges in order, as many at a time as have about a million characters."""
    start, size = 0, 0
    for at, each in enumerate(exchanges):
        size += sum(map(len, pair_of(each)))
        if size >= BATCH or at + 1 == len(exchanges):
            yield exchanges[start : at + 1]
            start, size = at + 1, 0
