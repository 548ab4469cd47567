"""Personal data of a whole conversation: found, shown turn by turn, replaced."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from annotate.records import Conversation, Turn
from review.personal.finding import find
from review.personal.spans import KINDS, Piece, Span, pieces, replaced

FIELDS = ("content", "input")


@dataclass(frozen=True, slots=True)
class Place:
    """A span in a conversation: the turn's number from 0, "content" or "input", and the span in that string."""

    turn: int
    field: str
    span: Span

    @property
    def key(self) -> str:
        """What a form sends to name this place, such as "0.content.4.11"."""
        return f"{self.turn}.{self.field}.{self.span.start}.{self.span.end}"

    def as_json(self) -> dict[str, Any]:
        span = self.span
        return {
            "turn": self.turn, "field": self.field, "start": span.start, "end": span.end, "kind": span.kind
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for; the meaning of each is that of `find`."""

    kinds: Collection[str] = frozenset(kind.slug for kind in KINDS)
    region: str = "US"
    reserved: bool = False

    def places(self, turns: Iterable[Turn]) -> list[Place]:
        """Return every span of every turn, in the order in which a reader meets them."""
        return [
            Place(number, field, span)
            for number, turn in enumerate(turns)
            for field in FIELDS
            for span in find(getattr(turn, field), self.kinds, region=self.region, reserved=self.reserved)
        ]


def pieces_at(turns: Sequence[Turn], places: Sequence[Place], number: int, field: str) -> list[Piece]:
    """Cut a turn's content or input at the places that are in it."""
    return pieces(getattr(turns[number], field), _spans(places, number, field))


def without(conversation: Conversation, places: Sequence[Place]) -> Conversation:
    """Return the conversation with each place replaced by its kind's placeholder."""
    turns = tuple(
        replace(
            turn,
            content=replaced(turn.content, _spans(places, number, "content")),
            input=replaced(turn.input, _spans(places, number, "input")),
        )
        for number, turn in enumerate(conversation.turns)
    )
    return replace(conversation, turns=turns)


def _spans(places: Iterable[Place], number: int, field: str) -> list[Span]:
    return [place.span for place in places if (place.turn, place.field) == (number, field)]
