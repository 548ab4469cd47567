"""Alpaca: {"instruction": "…", "input": "…", "output": "…"}, also with `system` and `history`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from annotate.formats.base import (
    Record,
    RecordError,
    json_type,
    lost_call,
    lost_keys,
    optional_text,
    required_text,
    rest,
)
from annotate.records import Conversation, Turn

_KEYS: tuple[str, ...] = ("instruction", "input", "output", "system", "history")


@dataclass(frozen=True, slots=True)
class Alpaca:
    """One instruction with its answer; earlier exchanges stand in `history` as pairs of question and answer.

    Also reads `response` in place of `output`, and Self-Instruct's `instances` where it holds exactly one.
    `input` is always written; `system` and `history` only where there is one.
    """

    slug: ClassVar[str] = "alpaca"
    label: ClassVar[str] = "Alpaca"

    def matches(self, record: Mapping[str, Any]) -> bool:
        return "instruction" in record

    def read(self, record: Mapping[str, Any]) -> Conversation:
        answer_key, known = "output", _KEYS
        if "output" not in record and "response" in record:
            answer_key, known = "response", (*_KEYS, "response")
        elif "output" not in record and "instances" in record:
            record = _flat(record)
        instruction = required_text(record, "instruction")
        output = required_text(record, answer_key)
        turns = [Turn("user", instruction, optional_text(record, "input")), Turn("assistant", output)]
        if "history" in record:
            turns = [*_earlier(record["history"]), *turns]
        if "system" in record and (system := optional_text(record, "system")):
            turns.insert(0, Turn("system", system))
        return Conversation(tuple(turns), rest(record, known))

    def write(self, conversation: Conversation) -> Record:
        system, exchanges = _exchanges(conversation.turns)
        (question, answer), earlier = exchanges[-1], exchanges[:-1]
        record: Record = {"instruction": question.content, "input": question.input, "output": answer.text}
        if system:
            record["system"] = system.text
        if earlier:
            record["history"] = [[asked.text, answered.text] for asked, answered in earlier]
        return record | rest(conversation.metadata, _KEYS)

    def loses(self, conversation: Conversation) -> list[str]:
        try:
            _exchanges(conversation.turns)
        except RecordError as error:
            return [error.reason]
        lost = lost_keys(conversation.metadata, _KEYS, "The record")
        return [*lost, *_lost_in_turns(conversation.turns)]


def _flat(record: Mapping[str, Any]) -> Record:
    instances = record["instances"]
    if not isinstance(instances, list) or not all(isinstance(instance, dict) for instance in instances):
        raise RecordError(
            "The field “instances” is no list of objects: write instruction, input and output instead."
        )
    if len(instances) != 1:
        raise RecordError(
            f"The field “instances” has {len(instances)} entries: write one record for each,"
            " with instruction, input and output."
        )
    return {**instances[0], **rest(record, ("instances",))}


def _earlier(history: object) -> Iterator[Turn]:
    if history is None:
        return
    if not isinstance(history, list):
        raise RecordError(
            f"The field “history” is {json_type(history)}: make it a list of [question, answer] pairs."
        )
    for number, pair in enumerate(history, start=1):
        if not isinstance(pair, list) or len(pair) != 2:
            raise RecordError(f"Entry {number} of “history” is no pair: write [question, answer].")
        for text, name, role in zip(pair, ("question", "answer"), ("user", "assistant"), strict=True):
            if not isinstance(text, str):
                raise RecordError(
                    f"The {name} in entry {number} of “history” is {json_type(text)}: make it a text."
                )
            if not text.strip():
                raise RecordError(
                    f"The {name} in entry {number} of “history” is empty: write it or remove the pair."
                )
            yield Turn(role, text)


def _exchanges(turns: Sequence[Turn]) -> tuple[Turn | None, list[tuple[Turn, Turn]]]:
    """Cut turns into the system turn and pairs of user and assistant; raises RecordError."""
    system = turns[0] if turns and turns[0].role == "system" else None
    pairs = turns[1:] if system else turns
    roles = [turn.role for turn in pairs]
    if "tool" in roles:
        raise RecordError("Alpaca has no place for tool turns.")
    if not roles or roles != ["user", "assistant"] * (len(roles) // 2):
        raise RecordError("Alpaca needs user and assistant turns in pairs.")
    return system, list(zip(pairs[::2], pairs[1::2], strict=True))


def _lost_in_turns(turns: Sequence[Turn]) -> Iterator[str]:
    for number, turn in enumerate(turns, start=1):
        if turn.extra:
            yield f"Turn {number} has keys that Alpaca has no place for."
        if turn.input and number != len(turns) - 1:
            yield f"The input of turn {number} is written as part of its text."
        if turn.role == "system" and not turn.text:
            yield f"Turn {number} (system) is empty and left out."
        yield from lost_call(number, turn)
