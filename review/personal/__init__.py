"""Personal data in a text: where it stands and of what kind. Values in, values out."""

from review.personal.finding import find
from review.personal.spans import BY_SLUG, KINDS, Kind, Piece, Span, pieces, replaced
from review.personal.turns import Place, Search, pieces_at, without

__all__ = [
    "BY_SLUG",
    "KINDS",
    "Kind",
    "Piece",
    "Place",
    "Search",
    "Span",
    "find",
    "pieces",
    "pieces_at",
    "replaced",
    "without",
]
