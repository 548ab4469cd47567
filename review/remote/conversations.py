"""Conversations as asks, and the findings as what is stored of a conversation."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from annotate.records import Conversation
from review.remote.findings import Ask, Finding, Provider

# In characters: with the prompt that goes along and the guard's own words, within a context of 4,096 tokens.
WINDOW = 6_000
OVERLAP = 200
PROMPT = 2_000


@dataclass(frozen=True, slots=True)
class TurnAsk:
    """An ask about one window of a turn; `turn` counts from 0, `answer` is whether the assistant speaks."""

    turn: int
    answer: bool
    ask: Ask


def asks_of(conversation: Conversation) -> list[TurnAsk]:
    """Return what to ask: every turn in windows, answers together with the beginning of their prompt.

    Turns of the system and of tools are judged as prompts are, and so is an answer that nothing came before.
    Blank turns are left out.
    """
    asks, prompt = [], ""
    for number, turn in enumerate(conversation.turns):
        answers = turn.role == "assistant"
        for window in windows(turn.text):
            ask = Ask(prompt[:PROMPT], window) if answers and prompt else Ask(window)
            asks.append(TurnAsk(number, answers, ask))
        if turn.role == "user" and turn.text.strip():
            prompt = turn.text
    return asks


def windows(text: str) -> Iterator[str]:
    """Yield a text in pieces of at most 6,000 characters that overlap by 200; nothing for a blank one."""
    if not text.strip():
        return
    start = 0
    while len(text) - start > WINDOW:
        yield text[start : start + WINDOW]
        start += WINDOW - OVERLAP
    yield text[start:]


def combined(asks: Sequence[TurnAsk], findings: Sequence[Finding], provider: Provider) -> dict[str, Any]:
    """Return the fields of the toxicity scorer from one finding for each ask.

    The highest counts. Where any is unknown the whole is, as what was not judged may be the worst; so it is
    for a conversation without text. Details have the provider and model that were asked, the server's own name
    for it where that is another, categories with their highest scores, the turn that scored highest or that is
    unknown, and with an unknown its reason, and `again` where asking once more may help.
    """
    pairs = list(zip(asks, findings, strict=True))
    details: dict[str, Any] = {"provider": provider.slug, "model": provider.model}
    missing = [(ask.turn, found) for ask, found in pairs if found.score is None]
    if missing:
        details |= {"turn": missing[0][0], "unknown": missing[0][1].reason}
    if any(not found.lasting for _, found in missing):
        details["again"] = True
    if not pairs:
        details["unknown"] = "There is no text to judge."
    details |= _told(pairs, provider, unknown="unknown" in details)
    return {
        "toxicity": None if "unknown" in details else _highest(pairs, provider, (True, False)),
        "toxicity_prompt": _highest(pairs, provider, (False,)),
        "toxicity_answer": _highest(pairs, provider, (True,)),
        "details": details,
    }


def toxicity(found: Finding, provider: Provider) -> float | None:
    """Return a finding's score as toxicity: 0 where all its categories are of those that are only noted."""
    if found.score is not None and found.categories and set(found.categories) <= provider.noted:
        return 0.0
    return found.score


def _highest(
    pairs: Sequence[tuple[TurnAsk, Finding]], provider: Provider, answers: tuple[bool, ...]
) -> float | None:
    scores = [toxicity(found, provider) for ask, found in pairs if ask.answer in answers]
    known = [score for score in scores if score is not None]
    return max(known, default=None) if len(known) == len(scores) else None


def _told(pairs: Sequence[tuple[TurnAsk, Finding]], provider: Provider, *, unknown: bool) -> dict[str, Any]:
    """Return the categories with their highest scores, who answered, and the turn that scored highest."""
    told: dict[str, Any] = {}
    categories: dict[str, float] = {}
    for _, found in pairs:
        for name, scored in found.categories.items():
            categories[name] = max(scored, categories.get(name, 0.0))
    if categories:
        told["categories"] = categories
    if noted := sorted(set(categories) & provider.noted):
        told["noted"] = noted
    if not unknown:
        told["turn"] = max(pairs, key=lambda pair: toxicity(pair[1], provider) or 0.0)[0].turn
    if others := {found.model for _, found in pairs} - {"", provider.model}:
        told["answered_by"] = min(others)
    if any(found.also.get("refusal") for _, found in pairs):
        told["refusal"] = True
    return told
