"""How long an example is, counted in words until a project's tokenizer counts it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from annotate.records import Conversation
from review.scorers.base import Measure, Measured, Option, Resources

# Han, kana and hangul write no spaces between words; their tokens are about single characters.
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]")


@dataclass(frozen=True, slots=True)
class WordCount:
    """Estimates the tokens of a whole example, every turn with its role, from its words.

    Yields `tokens` (int): three quarters of a word to the token, rounded up, and each character of a
    script without spaces as a token of its own. Source of the ratio: OpenAI,
    "What are tokens and how to count them?" (100 tokens are about 75 English words).
    """

    slug: ClassVar[str] = "length"
    label: ClassVar[str] = "Length"
    version: ClassVar[int] = 1
    fields: ClassVar[tuple[str, ...]] = ("tokens",)
    options: ClassVar[tuple[Option, ...]] = ()

    def prepare(self, options: Mapping[str, Any], resources: Resources) -> Measure:
        return _counted


def _counted(conversations: Sequence[Conversation]) -> list[Measured]:
    return [{"tokens": _estimate(conversation.text())} for conversation in conversations]


def _estimate(text: str) -> int:
    unspaced = 0
    if not text.isascii():
        text, unspaced = _UNSPACED.subn(" ", text)
    words = len(text.split())
    return -(-words * 4 // 3) + unspaced
