"""The canonical conversation that every format is read into and written from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any, Self

ROLES = ("system", "user", "assistant", "tool")
TITLE_WORDS = 12
TITLE_LENGTH = 90
# The tag of a turn that is a whole text, to which no user turn belongs.
TEXT_TAG = "text"


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn: who speaks and what is said.

    `input` is Alpaca's input beside an instruction; `tag` is the word a ShareGPT file used for the role where
    it is not the usual one, or says how the turn stood in its record; `extra` holds the keys of the turn that no
    format knows.
    """

    role: str
    content: str
    input: str = ""
    tag: str = ""
    extra: Mapping[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return f"{self.content}\n\n{self.input}" if self.input else self.content

    def as_json(self) -> dict[str, Any]:
        """Return the turn as a plain object without empty optional fields."""
        turn: dict[str, Any] = {"role": self.role, "content": self.content}
        if self.input:
            turn["input"] = self.input
        if self.tag:
            turn["tag"] = self.tag
        if self.extra:
            turn["extra"] = dict(self.extra)
        return turn


@dataclass(frozen=True, slots=True)
class Conversation:
    """Turns in order, and the keys of the record that no format knows."""

    turns: tuple[Turn, ...]
    metadata: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_json(cls, turns: Sequence[Mapping[str, Any]], metadata: Mapping[str, Any] | None = None) -> Self:
        """Build a conversation from what `as_json` returned."""
        return cls(tuple(Turn(**turn) for turn in turns), metadata or {})

    def as_json(self) -> list[dict[str, Any]]:
        return [turn.as_json() for turn in self.turns]

    def text(self) -> str:
        """Return every turn's role and text, a blank line between turns."""
        return "\n\n".join(f"{turn.role}: {turn.text}" for turn in self.turns)

    def title(self) -> str:
        """Return the first words of the first user turn or of a text: at most 12 and 90 characters, and an ellipsis."""
        first = next((turn.content for turn in self.turns if turn.role == "user"), "")
        if len(self.turns) == 1 and self.turns[0].tag == TEXT_TAG:
            first = self.turns[0].content
        words = first.split(None, TITLE_WORDS)
        title = " ".join(words[:TITLE_WORDS])
        if len(title) > TITLE_LENGTH:
            return f"{title[:TITLE_LENGTH].rstrip()}…"
        return f"{title}…" if len(words) > TITLE_WORDS else title

    def content_hash(self) -> bytes:
        """Return 16 bytes of BLAKE2b over roles, contents and inputs; metadata and tags do not count."""
        # Lengths before the texts: no two different lists of turns run together into the same string.
        text = "".join(f"{t.role}:{len(t.content)}:{len(t.input)}:{t.content}{t.input}" for t in self.turns)
        return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
