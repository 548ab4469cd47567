"""Which language an example is written in."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from typing import Any, ClassVar

import numpy as np
from py3langid.langid import MODEL_FILE, LanguageIdentifier  # type: ignore[import-untyped]

from annotate.records import Conversation, Turn
from review.scorers.base import Measure, Measured, Option, Resources

UNDETERMINED = "und"  # ISO 639-2
NO_LANGUAGE = "zxx"  # ISO 639-2: no linguistic content

READ = 200  # characters; the model is right on a quarter of that, and its time grows with what it reads
UNSURE = 0.5  # the instruction is read too
NOTHING_SURE = 0.3
FEWEST = 16  # bytes of letters in UTF-8: sixteen Latin letters, eight Cyrillic ones, six Han characters

# ISO 639-3, macrolanguages: their members go by the macrolanguage's code of ISO 639-1.
MEMBERS = {
    "arz": "ar", "ary": "ar", "wuu": "zh", "yue": "zh", "uzs": "uz", "gug": "gn", "fuv": "ff", "ltg": "lv",
    "sdh": "ku", "kik": "ki",
}  # fmt: skip

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
        identifier = _identifier()
        return lambda conversations: [_measured(identifier, conversation) for conversation in conversations]


@cache
def _identifier() -> Any:
    """Load the model; about a second, and 160 MB that stay."""
    loaded = LanguageIdentifier.from_model_file(MODEL_FILE)
    # The model is stored as float16, which processors cannot multiply: as float32 it answers twice as fast.
    return LanguageIdentifier(
        loaded.nb_ptc.astype(np.float32), loaded.nb_pc,
        # The library adds up the probabilities of labels that stand for the same language.
        [MEMBERS.get(name, name) for name in loaded.nb_classes],
        loaded.tk_nextmove, loaded.tk_output, norm_probs=True, tk_row=loaded.tk_row,
    )  # fmt: skip


def _measured(identifier: Any, conversation: Conversation) -> Measured:
    answer, prompt = _answer_and_prompt(conversation.turns)
    language, certainty = _classified(identifier, _joined([answer, *prompt]))
    if certainty < UNSURE and answer:
        again = _classified(identifier, _joined(prompt))
        language, certainty = max((language, certainty), again, key=itemgetter(1))
    if certainty < NOTHING_SURE:
        language = UNDETERMINED
    return {"language": language, "language_certainty": round(certainty, 4)}


def _classified(identifier: Any, text: str) -> tuple[str, float]:
    if not _has_letters(text):
        return UNDETERMINED, 0.0
    language, certainty = identifier.classify(text)
    return (UNDETERMINED, 0.0) if language == NO_LANGUAGE else (language, certainty)


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
