"""How a judge's answer reads: a score from 1 to 5 with a reason, or words that say why there is none.

An answer is never guessed at: where two scores stand, or one that is out of another number than 5, there is none.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from review.remote.errors import BadAnswer

LEAST, MOST = 1.0, 5.0
MOST_REASON = 500
READ = 20_000  # characters of an answer that are looked at
TRIED = 100  # places where an object may begin

NO_SCORE = "The answer has no score."
TWO_SCORES = "The answer gives more than one score."
OUTSIDE = "The score is not a number from 1 to 5."

_THOUGHT = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_NUMBER = r"(\d{1,3}(?:\.\d{1,3})?)"
_OUT_OF = re.compile(
    rf"(?<![\d.,/]){_NUMBER}\s*(?:/|\bout\s+of\b|\bof\b)\s*(\d+(?:\.\d+)?)(?![\d/])", re.IGNORECASE
)
_NAMED = re.compile(rf"\b(?:score|rating)\b[\s\"'*:=]*(?:is|of)?[\s\"'*:=]*{_NUMBER}(?![\d%])", re.IGNORECASE)
_ALONE = re.compile(rf"\s*{_NUMBER}\s*\.?\s*")


def answer_text(answer: Mapping[str, Any]) -> tuple[str, bool]:
    """Return what a chat completion says, and whether it was cut off. Raises BadAnswer."""
    try:
        choice = answer["choices"][0]
        content, ended = choice["message"]["content"], choice.get("finish_reason")
    except (LookupError, TypeError, AttributeError):
        raise BadAnswer("The server's answer has no choices[0].message.content.") from None
    if not isinstance(content, str):
        raise BadAnswer("The judge's answer is not text.")
    return content, ended == "length"


def judgement_read(content: str) -> tuple[float, str]:
    """Return the score and the reason of an answer: an object, also fenced or among words, or words with "4/5".

    Raises BadAnswer.
    """
    said = _THOUGHT.sub(" ", content[:READ]).strip()
    found = [(_score(each["score"]), _reason(each.get("reason"))) for each in _objects(said)]
    if not found:
        found = [(score, _reason(said)) for score in _in_words(said)]
    if not found:
        raise BadAnswer(NO_SCORE)
    if len({score for score, _ in found}) > 1:
        raise BadAnswer(TWO_SCORES)
    return found[0]


def tokens_said(answer: Mapping[str, Any]) -> int | None:
    """Return how many tokens the server counted for question and answer; None where it does not say."""
    usage = answer.get("usage")
    if not isinstance(usage, dict):
        return None
    parts = [usage.get(name) for name in ("prompt_tokens", "completion_tokens")]
    known = [part for part in parts if isinstance(part, int) and not isinstance(part, bool) and part >= 0]
    return sum(known) if len(known) == len(parts) and known[0] else None


def _objects(said: str) -> Iterator[Mapping[str, Any]]:
    """Yield the objects with a score in an answer, outermost ones only, with their keys in lower case."""
    decoder, at, tried = json.JSONDecoder(), said.find("{"), 0
    while at >= 0 and tried < TRIED:
        tried += 1
        try:
            found, end = decoder.raw_decode(said, at)
        except (ValueError, RecursionError):
            end = at + 1
        else:
            named = {key.lower(): value for key, value in found.items()}
            if "score" in named:
                yield named
        at = said.find("{", end)


def _in_words(said: str) -> Iterator[float]:
    """Yield the scores that stand among words; first those that say out of how many."""
    parted = _OUT_OF.findall(said)
    if any(float(whole) != MOST for _, whole in parted):
        raise BadAnswer(OUTSIDE)
    alone = _ALONE.fullmatch(said)
    numbers = [number for number, _ in parted] or ([alone[1]] if alone else _NAMED.findall(said))
    yield from map(_score, numbers)


def _score(value: Any) -> float:
    if isinstance(value, str):
        parted, alone = _OUT_OF.fullmatch(value.strip()), _ALONE.fullmatch(value)
        if parted and float(parted[2]) == MOST:
            value = float(parted[1])
        elif alone:
            value = float(alone[1])
    if isinstance(value, bool) or not isinstance(value, int | float) or not LEAST <= value <= MOST:
        raise BadAnswer(OUTSIDE)
    return float(value)


def _reason(value: Any) -> str:
    """Return a reason that can be stored and shown: on one line, of at most 500 characters."""
    words = " ".join(value.split()) if isinstance(value, str) else ""
    clean = "".join(sign for sign in words if sign.isprintable())
    return clean if len(clean) <= MOST_REASON else f"{clean[: MOST_REASON - 1]}…"
