"""What a format is, and the small checks that all formats share."""

from collections.abc import Collection, Mapping
from typing import Any, Protocol

from annotate.records import Conversation, Turn
from annotate.roles import is_call

Record = dict[str, Any]


class RecordError(ValueError):
    """A record is no example of its format, or a conversation cannot be written in it.

    `reason` is a sentence that names the field or turn and says what to mend; safe to store and to show.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Format(Protocol):
    """A way of writing one conversation as one JSON object.

    `slug` is stored and never renamed. A conversation that `loses` nothing comes back equal from
    `read(write(c))`, except that a tag is kept only by the format it came from; every record that `write`
    returns is read and written back unchanged. Keys that the format does not know travel in the metadata of
    the conversation or in `extra` of the turn.
    """

    @property
    def slug(self) -> str: ...

    @property
    def label(self) -> str: ...

    def matches(self, record: Mapping[str, Any]) -> bool:
        """Whether a record looks as if it were meant in this format, well-formed or not."""
        ...

    def read(self, record: Mapping[str, Any]) -> Conversation:
        """Return the record's conversation; raises RecordError."""
        ...

    def write(self, conversation: Conversation) -> Record:
        """Return the conversation as a record; raises RecordError where a turn has no place."""
        ...

    def loses(self, conversation: Conversation) -> list[str]:
        """Say what `write` would leave out, change or refuse, a sentence each; empty if nothing."""
        ...


def json_type(value: object) -> str:
    """Name a JSON value's type in plain words."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    names: tuple[tuple[type | tuple[type, ...], str], ...] = (
        (str, "a text"),
        ((int, float), "a number"),
        (list, "a list"),
        (dict, "an object"),
    )
    return next((name for kind, name in names if isinstance(value, kind)), "of an unknown type")


def quoted(key: object) -> str:
    """Quote a key or word from a file for a reason, cut to a readable length."""
    text = str(key)
    return f"“{text[:40]}…”" if len(text) > 40 else f"“{text}”"


def required_text(record: Mapping[str, Any], key: str) -> str:
    """Return a text that must be there and say something; raises RecordError."""
    value = record.get(key)
    if type(value) is str and value and (not value[0].isspace() or value.strip()):
        return value
    if key not in record:
        raise RecordError(f"The field {quoted(key)} is missing: add it or remove the record.")
    if isinstance(value, str):
        raise RecordError(f"The field {quoted(key)} is empty: write its text or remove the record.")
    raise RecordError(f"The field {quoted(key)} is {json_type(value)}: make it a text.")


def optional_text(record: Mapping[str, Any], key: str) -> str:
    """Return a text that may be missing, null or empty; raises RecordError."""
    value = record.get(key)
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    raise RecordError(f"The field {quoted(key)} is {json_type(value)}: make it a text or remove it.")


def rest(record: Mapping[str, Any], known: Collection[str]) -> Record:
    """Return the keys of a record that its format does not know."""
    return {key: value for key, value in record.items() if key not in known}


def lost_keys(keys: Mapping[str, Any], known: Collection[str], place: str) -> list[str]:
    """Say which unknown keys cannot be written because the format uses their names itself."""
    return [f"{place} has a key {quoted(key)} of its own, which is left out." for key in keys if key in known]


def lost_inputs(conversation: Conversation) -> list[str]:
    """Say where an input would be written as part of its turn's text."""
    return [
        f"The input of turn {number} is written as part of its text."
        for number, turn in enumerate(conversation.turns, start=1)
        if turn.input
    ]


def lost_call(number: int, turn: Turn) -> list[str]:
    """Say that a call to a tool is written as an ordinary answer, where only its word marks it as a call."""
    if turn.tag and is_call(turn):
        return [f"Turn {number} is no longer marked {quoted(turn.tag)}."]
    return []
