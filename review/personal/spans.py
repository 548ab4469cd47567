"""Spans of a text, and what is done with them: kept apart, shown, replaced."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of personal data: its stored slug, its name for people, and what replaces it in a text."""

    slug: str
    label: str
    placeholder: str


# In the order of how specific they are: of two spans of one length the earlier kind stands.
KINDS: tuple[Kind, ...] = (
    Kind("secret", "Key or password", "[SECRET]"),
    Kind("iban", "Bank account (IBAN)", "[IBAN]"),
    Kind("card", "Payment card", "[CARD]"),
    Kind("email", "E-mail address", "[EMAIL]"),
    Kind("ip", "IP address", "[IP]"),
    Kind("address", "Street address", "[ADDRESS]"),
    Kind("phone", "Telephone number", "[PHONE]"),
)
BY_SLUG = {kind.slug: kind for kind in KINDS}
_RANK = {kind.slug: rank for rank, kind in enumerate(KINDS)}


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` (not included) of a string, and the slug of their kind."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text, with the kind of personal data that it is, or None."""

    text: str
    kind: Kind | None = None


def apart(spans: Iterable[Span]) -> list[Span]:
    """Return the spans in order without overlaps: the longest stands, then the most specific."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start - span.end, _RANK[span.kind], span.start)):
        if all(span.end <= other.start or other.end <= span.start for other in kept):
            kept.append(span)
    return sorted(kept, key=lambda span: span.start)


def pieces(text: str, spans: Sequence[Span]) -> list[Piece]:
    """Cut a text at its spans; the pieces' texts joined are the text."""
    return [piece for piece in _cut(text, spans) if piece.text]


def _cut(text: str, spans: Sequence[Span]) -> Iterator[Piece]:
    at = 0
    for span in sorted(spans, key=lambda span: span.start):
        yield Piece(text[at : span.start])
        yield Piece(text[span.start : span.end], BY_SLUG[span.kind])
        at = span.end
    yield Piece(text[at:])


def replaced(text: str, spans: Sequence[Span]) -> str:
    """Return the text with each span replaced by its kind's placeholder, such as [EMAIL]."""
    return "".join(piece.kind.placeholder if piece.kind else piece.text for piece in pieces(text, spans))
