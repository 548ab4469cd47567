"""What can be counted of a conversation and speaks of its quality: one number each."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from math import log1p

import numpy as np
import numpy.typing as npt

from annotate.records import Conversation
from review.quality.text import Exchange, exchange_of

# Raised whenever the same text could get other values: a stored model of another version is not used.
FEATURES_VERSION = 1

_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Feature:
    """One column: what it counts in plain words, and why that speaks of quality."""

    slug: str
    label: str
    why: str


FEATURES: tuple[Feature, ...] = (
    Feature("answer_words", "length of the answer", "Very short answers seldom teach anything."),
    Feature("instruction_words", "length of the instruction", "A bare instruction leaves much open."),
    Feature("distinct_words", "share of different words", "Loops repeat the same words."),
    Feature("words_taken_up", "instruction's words in the answer", "An answer speaks of what was asked."),
    Feature("words_from_instruction", "answer's words from the instruction", "An echo adds nothing."),
    Feature("no_end", "ends without a full stop", "A cut-off answer stops in the middle."),
    Feature("upper_case", "share of capital letters", "Shouting and damaged text have many."),
    Feature("signs", "share of signs that are no letters", "Markup and noise have many."),
    Feature("lines", "number of lines", "Steps and lists are set out in lines."),
    Feature("answers", "number of answers in the conversation", "Long conversations differ from short ones."),
)


def feature_matrix(conversations: Sequence[Conversation]) -> npt.NDArray[np.float64]:
    """Return one row for each conversation, one column for each of FEATURES; every value is finite."""
    rows = [_row(exchange_of(conversation)) for conversation in conversations]
    return np.array(rows, np.float64).reshape(len(rows), len(FEATURES))


def _row(exchange: Exchange) -> list[float]:
    told, asked = _WORD.findall(exchange.answer.lower()), _WORD.findall(exchange.instruction.lower())
    answer, shared = exchange.answer, len({*told} & {*asked})
    length = max(1, len(answer))
    return [
        log1p(len(told)),
        log1p(len(asked)),
        len({*told}) / max(1, len(told)),
        shared / max(1, len({*asked})),
        shared / max(1, len({*told})),
        float(not answer.rstrip().endswith((".", "!", "?", ":", ")", '"', "`", "。"))),
        sum(map(str.isupper, answer)) / length,
        1 - sum(map(str.isalnum, answer)) / length,
        log1p(answer.count("\n")),
        log1p(exchange.answered),
    ]
