"""What ShareGPT and messages share: a list of turns, each with a word for who speaks and a text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from annotate.formats.base import (
    Record,
    RecordError,
    json_type,
    lost_call,
    lost_inputs,
    lost_keys,
    optional_text,
    quoted,
    rest,
)
from annotate.records import Conversation, Turn
from annotate.roles import is_call, is_text, turn_problems

SYSTEM_KEY = "system"
# The tag of a system turn that stood beside the list of turns and not in it.
BESIDE = "system key"
REASONS = 3


@dataclass(frozen=True, slots=True)
class Chat:
    """A list of turns under one key; `words` gives the role of each word, `usual` the word of each role."""

    slug: str
    label: str
    turns_key: str
    who_key: str
    text_key: str
    words: Mapping[str, str]
    usual: Mapping[str, str]

    def matches(self, record: Mapping[str, Any]) -> bool:
        return self.turns_key in record

    def read(self, record: Mapping[str, Any]) -> Conversation:
        turns = record.get(self.turns_key)
        if not isinstance(turns, list):
            raise RecordError(self._no_list(record))
        read = [self._turn(turn, number) for number, turn in enumerate(turns, start=1)]
        if system := optional_text(record, SYSTEM_KEY):
            read.insert(0, Turn("system", system, tag=BESIDE))
        if problems := turn_problems(read):
            raise RecordError(" ".join(problems[:REASONS]))
        return Conversation(tuple(read), rest(record, (self.turns_key, SYSTEM_KEY)))

    def write(self, conversation: Conversation) -> Record:
        turns = conversation.turns
        if is_text(turns):
            raise RecordError(self._no_place())
        record: Record = {}
        if turns and _stands_beside(turns[0]):
            record[SYSTEM_KEY] = turns[0].text
            turns = turns[1:]
        record[self.turns_key] = [self._written(turn) for turn in turns]
        return record | rest(conversation.metadata, (self.turns_key, SYSTEM_KEY))

    def loses(self, conversation: Conversation) -> list[str]:
        if is_text(conversation.turns):
            return [self._no_place()]
        lost = lost_keys(conversation.metadata, (self.turns_key, SYSTEM_KEY), "The record")
        return [*lost, *lost_inputs(conversation), *self._lost_in_turns(conversation)]

    def _turn(self, turn: object, number: int) -> Turn:
        if type(turn) is not dict:
            raise RecordError(f"Turn {number} is {json_type(turn)}: make it an object with {self._keys()}.")
        word, text = turn.get(self.who_key), turn.get(self.text_key)
        role = self._role(word)
        extra = rest(turn, (self.who_key, self.text_key)) if len(turn) > 2 or text is None else {}
        if not isinstance(word, str) or not role:
            raise RecordError(self._no_role(turn, number))
        if type(text) is not str:
            if text is not None or not is_call(Turn(role, "", extra=extra)):
                raise RecordError(self._no_text(turn, number))
            text = ""
        return Turn(role, text, tag="" if self.usual[role] == word else word, extra=extra)

    def _role(self, word: object) -> str:
        if not isinstance(word, str):
            return ""
        return self.words.get(word) or self.words.get(word.lower(), "")

    def _written(self, turn: Turn) -> Record:
        if turn.role not in self.usual:
            raise RecordError(f"{self.label} has no word for the role {quoted(turn.role)}.")
        word = turn.tag if self._role(turn.tag) == turn.role else self.usual[turn.role]
        return {self.who_key: word, self.text_key: turn.text} | rest(
            turn.extra, (self.who_key, self.text_key)
        )

    def _lost_in_turns(self, conversation: Conversation) -> Iterator[str]:
        for number, turn in enumerate(conversation.turns, start=1):
            yield from lost_keys(turn.extra, (self.who_key, self.text_key), f"Turn {number}")
            if not self._role(turn.tag):
                yield from lost_call(number, turn)

    def _keys(self) -> str:
        return f"“{self.who_key}” and “{self.text_key}”"

    def _no_place(self) -> str:
        return f"{self.label} has no place for a text without a user turn."

    def _no_list(self, record: Mapping[str, Any]) -> str:
        if self.turns_key not in record:
            return f"The field “{self.turns_key}” is missing: {self.label} has a list of turns there."
        return (
            f"The field “{self.turns_key}” is {json_type(record[self.turns_key])}: make it a list of turns."
        )

    def _no_role(self, turn: Mapping[str, Any], number: int) -> str:
        known = ", ".join(self.usual.values())
        if self.who_key not in turn:
            return f"Turn {number} has no “{self.who_key}”: say who speaks ({known})."
        word = turn[self.who_key]
        if not isinstance(word, str):
            return f"“{self.who_key}” of turn {number} is {json_type(word)}: say who speaks ({known})."
        return f"Turn {number} has the unknown role {quoted(word)}: use {known}."

    def _no_text(self, turn: Mapping[str, Any], number: int) -> str:
        if self.text_key not in turn:
            return f"Turn {number} has no “{self.text_key}”: write its text or remove the turn."
        return f"“{self.text_key}” of turn {number} is {json_type(turn[self.text_key])}: make it a text."


def _stands_beside(turn: Turn) -> bool:
    return turn.tag == BESIDE and turn.role == "system" and bool(turn.text) and not turn.extra
