"""How toxic an example's words are: the offline model, or who else is asked instead."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from annotate.records import Conversation, Turn
from review.scorers.base import DETAILS, Measure, Measured, Option, Resources
from review.toxicity import DEFAULT_LIMIT, Model, Passage, Windows, embedded_model

EMBEDDED = "embedded"
# Asked over the network by a job of their own, never by `prepare`.
REMOTE_PROVIDERS = ("guard", "openai-moderation", "perspective")
PROVIDERS = (
    (EMBEDDED, "Offline word model (English)"),
    ("guard", "Guard model on your own server (Llama Guard and others)"),
    ("openai-moderation", "OpenAI moderation"),
    ("perspective", "Perspective (switched off after 2026)"),
)
# Passages are told from here on, so that a limit that is moved down still shows why.
TOLD_FROM = DEFAULT_LIMIT / 2
MOST_PASSAGES = 3


@dataclass(frozen=True, slots=True)
class Toxicity:
    """Scores the words of every turn with the embedded model, in windows of at most 200 words.

    Yields `toxicity`, the highest score (0 to 1) of all windows, `toxicity_prompt`, the highest outside assistant
    turns, and `toxicity_answer`, the highest in them; 0 where there are no words. Details where the highest is at
    least half the default limit: `turn` (from 0) of the highest, and up to three `passages`, highest first, each
    with `turn`, `field` ("content" or "input"), `start` and `end` (characters of that string), `score`, and `terms`,
    the spans [start, end] of what raised it most. The model card, `docs/reference/toxicity.md`, has the sources, the
    figures and what the model cannot do.
    """

    slug: ClassVar[str] = "toxicity"
    label: ClassVar[str] = "Toxicity"
    version: ClassVar[int] = 1
    fields: ClassVar[tuple[str, ...]] = ("toxicity", "toxicity_prompt", "toxicity_answer")
    options: ClassVar[tuple[Option, ...]] = (
        Option(
            "provider",
            "Who judges",
            EMBEDDED,
            "Works without a network and sends no text anywhere; a guard model judges better.",
            PROVIDERS,
        ),
    )

    def prepare(self, options: Mapping[str, Any], resources: Resources) -> Measure:
        """Raises ValueError for a provider that is not known, or that is asked over the network."""
        provider = options.get("provider", EMBEDDED)
        if provider in REMOTE_PROVIDERS:
            raise ValueError(f"“{provider}” is asked over the network; it cannot be measured at once.")
        if provider != EMBEDDED:
            raise ValueError(f"There is no provider of toxicity scores called “{provider}”.")
        ready = embedded_model()
        return lambda conversations: measured_by(ready, conversations)


def measured_by(ready: Model, conversations: Sequence[Conversation]) -> list[Measured]:
    """Return what a model finds in each conversation."""
    turns = [
        (place, number, turn)
        for place, conversation in enumerate(conversations)
        for number, turn in enumerate(conversation.turns)
    ]
    windows = ready.windows([turn.text for _, _, turn in turns])
    whose = np.array([place for place, _, _ in turns], np.int64)[windows.text]
    answers = np.array([turn.role == "assistant" for _, _, turn in turns], bool)[windows.text]
    prompt, answer = np.zeros(len(conversations)), np.zeros(len(conversations))
    np.maximum.at(prompt, whose[~answers], windows.score[~answers])
    np.maximum.at(answer, whose[answers], windows.score[answers])
    columns = (np.maximum(prompt, answer).tolist(), prompt.tolist(), answer.tolist())
    measured = [dict(zip(Toxicity.fields, row, strict=True)) for row in zip(*columns, strict=True)]
    for place, told in _told(ready, turns, windows).items():
        measured[place][DETAILS] = told
    return measured


def _told(
    ready: Model, turns: Sequence[tuple[int, int, Turn]], windows: Windows
) -> dict[int, dict[str, Any]]:
    """Return the details of each conversation that has any, by its place."""
    told: dict[int, dict[str, Any]] = {}
    high = np.flatnonzero(windows.score >= TOLD_FROM)
    for window in high[np.argsort(-windows.score[high], kind="stable")]:
        place, number, turn = turns[windows.text[window]]
        details = told.setdefault(place, {"turn": number, "passages": []})
        if len(details["passages"]) < MOST_PASSAGES:
            passage = ready.passage(turn.text, int(windows.first[window]), int(windows.last[window]))
            details["passages"] += _passages(turn, number, float(windows.score[window]), passage)
    return told


def _passages(turn: Turn, number: int, score: float, passage: Passage) -> Iterator[dict[str, Any]]:
    """Yield the passage as parts of a turn's content and of its input."""
    behind = len(turn.text) - len(turn.input)
    for field, offset, length in (("content", 0, len(turn.content)), ("input", behind, len(turn.input))):
        start, end = max(passage.start - offset, 0), min(passage.end - offset, length)
        if start < end:
            terms = [[a - offset, b - offset] for a, b in passage.terms if offset <= a < offset + length]
            part = {"turn": number, "field": field, "start": start, "end": end}
            yield part | {"score": score, "terms": terms}
