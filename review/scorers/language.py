"""Which language an example is written in."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, ClassVar

from annotate.records import Conversation, Turn
from review.languages import Model, model
from review.scorers.base import Measure, Measured, Option, Resources

UNDETERMINED = "und"  # ISO 639-2
NO_LANGUAGE = "zxx"  # ISO 639-2: no linguistic content

READ = 200  # characters; the model is right on a quarter of that, and its time grows with what it reads
UNSURE = 0.5  # the instruction is read too
NOTHING_SURE = 0.3
FEWEST = 16  # bytes of letters in UTF-8: sixteen Latin letters, eight Cyrillic ones, six Han characters

_NO_LETTERS = re.compile(r"[\W\d_]+")
_HEAD = 60


@dataclass(frozen=True, slots=True)
class Language:
    """Names the language of an example by its last answer, or by its instruction where that is surer.

    Yields `language` (ISO 639-1, or ISO 639-3 where that has no code; "und" for fewer than 16 bytes of letters and
    where nothing is sure) and `language_certainty` (float 0 to 1: the model's probability of it, among 133
    languages). Read are the first 200 characters of the last answer, filled up by the turns before it from the
    last; below 0.5 those turns alone too, since an answer can be code. Model: py3langid, a naive Bayes classifier
    over byte n-grams that ships inside its wheel.
    """

    slug: ClassVar[str] = "language"
    label: ClassVar[str] = "Language"
    version: ClassVar[int] = 1
    fields: ClassVar[tuple[str, ...]] = ("language", "language_certainty")
    options: ClassVar[tuple[Option, ...]] = ()

    def prepare(self, options: Mapping[str, Any], resources: Resources) -> Measure:
        ready = model()
        return lambda conversations: _measured(ready, conversations)


def _measured(ready: Model, conversations: Sequence[Conversation]) -> list[Measured]:
    said = [_answer_and_prompt(conversation.turns) for conversation in conversations]
    found = _classified(ready, [_joined([answer, *prompt]) for answer, prompt in said])
    unsure = [at for at, (answer, _) in enumerate(said) if answer and found[at][1] < UNSURE]
    again = _classified(ready, [_joined(said[at][1]) for at in unsure])
    for at, other in zip(unsure, again, strict=True):
        found[at] = max(found[at], other, key=itemgetter(1))
    return [
        {
            "language": language if certainty >= NOTHING_SURE else UNDETERMINED,
            "language_certainty": round(certainty, 4),
        }
        for language, certainty in found
    ]


def _classified(ready: Model, texts: Sequence[str]) -> list[tuple[str, float]]:
    found = [(UNDETERMINED, 0.0)] * len(texts)
    readable = [at for at, text in enumerate(texts) if _has_letters(text)]
    for at, named in zip(readable, ready.classify([texts[at] for at in readable]), strict=True):
        if named[0] != NO_LANGUAGE:
            found[at] = named
    return found


def _answer_and_prompt(turns: Sequence[Turn]) -> tuple[str, list[str]]:
    """Return the last answer, and what people and models said before it from the last to the first."""
    at = max((number for number, turn in enumerate(turns) if turn.role == "assistant"), default=len(turns))
    said = [turn.text for turn in reversed(turns[:at]) if turn.role in ("user", "assistant")]
    return turns[at].content if at < len(turns) else "", said


def _joined(texts: Iterable[str]) -> str:
    joined = ""
    for text in texts:
        if len(joined) >= READ:
            break
        joined = f"{joined}\n{text[:READ]}" if joined else text[:READ]
    return joined[:READ]


def _has_letters(text: str) -> bool:
    return _letters(text[:_HEAD]) >= FEWEST or _letters(text) >= FEWEST


def _letters(text: str) -> int:
    return len(_NO_LETTERS.sub("", text).encode("utf-8", "surrogatepass"))
