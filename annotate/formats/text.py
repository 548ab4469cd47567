"""Text: {"text": "…"}, a text to learn from as it stands."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from annotate.formats.base import Record, RecordError, lost_keys, required_text, rest
from annotate.records import TEXT_TAG, Conversation, Turn
from annotate.roles import is_text

_KEYS = ("text",)
# Beside one of these a text is part of something larger: a question, an answer, one turn of a conversation.
_OTHERS = frozenset(
    {"prompt", "question", "query", "problem", "input", "completion", "answer", "output", "response", "role"}
)


@dataclass(frozen=True, slots=True)
class Text:
    """One text without a question, as domain adaptation learns from it: a single assistant turn.

    The turn's tag says that no user turn is missing, so only what was read by this format may stand without one.
    """

    slug: ClassVar[str] = "text"
    label: ClassVar[str] = "Text"

    def matches(self, record: Mapping[str, Any]) -> bool:
        return "text" in record and _OTHERS.isdisjoint(record)

    def read(self, record: Mapping[str, Any]) -> Conversation:
        turn = Turn("assistant", required_text(record, "text"), tag=TEXT_TAG)
        return Conversation((turn,), rest(record, _KEYS))

    def write(self, conversation: Conversation) -> Record:
        if not is_text(conversation.turns):
            raise RecordError("Text holds one text and no conversation.")
        return {"text": conversation.turns[0].text} | rest(conversation.metadata, _KEYS)

    def loses(self, conversation: Conversation) -> list[str]:
        if not is_text(conversation.turns):
            return ["Text holds one text and no conversation."]
        return lost_keys(conversation.metadata, _KEYS, "The record")
