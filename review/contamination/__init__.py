"""How much of an evaluation set's items stands in an example. Values in, values out."""

from review.contamination.index import LONG, NEAR, TINY, Index, Overlap
from review.contamination.items import MAX_BYTES, items_of
from review.contamination.words import words_of

__all__ = ["LONG", "MAX_BYTES", "NEAR", "TINY", "Index", "Overlap", "items_of", "words_of"]
