"""Personal data in a text: where it stands and of what kind. Values in, values out."""

from review.personal.finding import find
from review.personal.spans import KINDS, Kind, Piece, Span, pieces, replaced

__all__ = ["KINDS", "Kind", "Piece", "Span", "find", "pieces", "replaced"]
