"""The registry of scorers, in the order of the funnel."""

from collections.abc import Sequence

from annotate.records import Conversation
from review.scorers.base import Measured, Scorer
from review.scorers.format import Format
from review.scorers.length import WordCount

SCORERS: tuple[Scorer, ...] = (Format(), WordCount())

FIELDS: tuple[str, ...] = tuple(field for scorer in SCORERS for field in scorer.fields)


def versions(scorers: Sequence[Scorer] = SCORERS) -> str:
    """The scorers' slugs and versions, as "format 1, length 1"; a measurement by any other is stale."""
    return ", ".join(f"{scorer.slug} {scorer.version}" for scorer in scorers)


def measure(conversations: Sequence[Conversation], scorers: Sequence[Scorer] = SCORERS) -> list[Measured]:
    """Everything the scorers find, one result for each conversation, in their order."""
    measured: list[Measured] = [{} for _ in conversations]
    for scorer in scorers:
        for row, found in zip(measured, scorer(conversations), strict=True):
            row.update(found)
    return measured
