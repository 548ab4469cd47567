"""Prompt/completion: {"prompt": "…", "completion": "…"}."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from annotate.formats.base import Record, RecordError, lost_call, lost_inputs, lost_keys, required_text, rest
from annotate.records import Conversation, Turn

_KEYS = ("prompt", "completion")


@dataclass(frozen=True, slots=True)
class PromptCompletion:
    """One question and one answer, both plain texts."""

    slug: ClassVar[str] = "prompt-completion"
    label: ClassVar[str] = "Prompt/completion"

    def matches(self, record: Mapping[str, Any]) -> bool:
        return "prompt" in record and "completion" in record

    def read(self, record: Mapping[str, Any]) -> Conversation:
        turns = (
            Turn("user", required_text(record, "prompt")),
            Turn("assistant", required_text(record, "completion")),
        )
        return Conversation(turns, rest(record, _KEYS))

    def write(self, conversation: Conversation) -> Record:
        prompt, completion = _exchange(conversation.turns)
        return {"prompt": prompt.text, "completion": completion.text} | rest(conversation.metadata, _KEYS)

    def loses(self, conversation: Conversation) -> list[str]:
        try:
            turns = _exchange(conversation.turns)
        except RecordError as error:
            return [error.reason]
        lost = lost_keys(conversation.metadata, _KEYS, "The record") + lost_inputs(conversation)
        for number, turn in enumerate(turns, start=1):
            if turn.extra:
                lost.append(f"Turn {number} has keys that this format has no place for.")
            lost += lost_call(number, turn)
        return lost


def _exchange(turns: Sequence[Turn]) -> tuple[Turn, Turn]:
    if [turn.role for turn in turns] != ["user", "assistant"]:
        raise RecordError("Prompt/completion holds exactly one user and one assistant turn.")
    return turns[0], turns[1]
