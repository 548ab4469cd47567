"""Whether an example holds what a model will be tested on."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Any, ClassVar

from annotate.records import Conversation
from review.contamination import Index, Overlap
from review.scorers.base import DETAILS, EvaluationItem, Measure, Measured, Option, Resources

INDEXES_KEPT = 2


@dataclass(frozen=True, slots=True)
class Contamination:
    """Finds items of the project's evaluation sets in an example.

    Yields `contamination` (float 0 to 1: the highest share of one item that the example holds; 1 is an item
    contained whole, 0 is none, also where there is no set). An item's share is that of its 13-grams (runs of 13
    words, case and punctuation apart), or that of its runs of three words where this is at least 0.7; an item of
    under 13 words is found only whole, one of under 5 only as a whole turn. Details: for each of the five
    items with most overlap `set` (name), `item` (number, from 1), `overlap` and `how` ("13-gram",
    "near-duplicate" or "whole").
    """

    slug: ClassVar[str] = "contamination"
    label: ClassVar[str] = "Contamination"
    version: ClassVar[int] = 1
    fields: ClassVar[tuple[str, ...]] = ("contamination",)
    options: ClassVar[tuple[Option, ...]] = (
        Option(
            "sets",
            "Evaluation sets, by SHA-256",
            [],
            "All sets that the project has; a set added or taken away makes the measurement stale.",
        ),
    )

    def prepare(self, options: Mapping[str, Any], resources: Resources) -> Measure:
        """Raises ValueError for a set that `resources` does not hold."""
        digests = tuple(options.get("sets", ()))
        if missing := [digest for digest in digests if digest not in resources.evaluation_sets]:
            raise ValueError(f"There is no evaluation set {missing[0][:12]}: it was removed meanwhile.")
        items = [item for digest in digests for item in resources.evaluation_sets[digest]]
        if not items:
            return lambda conversations: [{"contamination": 0.0} for _ in conversations]
        # What people read is looked up among the items given: another project may know the same set otherwise.
        index = _index(digests, items)
        return lambda conversations: [
            _measured(overlaps, items) for overlaps in index.overlaps([_texts(one) for one in conversations])
        ]


_kept: OrderedDict[tuple[str, ...], Index] = OrderedDict()
_lock = Lock()


def _index(digests: tuple[str, ...], items: Sequence[EvaluationItem]) -> Index:
    """Return the index of these sets, kept from the last call; 30 MB of items take ten seconds and 100 MB."""
    with _lock:
        index = _kept.pop(digests, None) or Index([item.text for item in items])
        _kept[digests] = index
        if len(_kept) > INDEXES_KEPT:
            _kept.popitem(last=False)
        return index


def _texts(conversation: Conversation) -> list[str]:
    return [turn.text for turn in conversation.turns]


def _measured(overlaps: Sequence[Overlap], items: Sequence[EvaluationItem]) -> Measured:
    if not overlaps:
        return {"contamination": 0.0}
    found: list[dict[str, Any]] = [
        {
            "set": items[overlap.item].set_name,
            "item": items[overlap.item].number,
            "overlap": round(overlap.share, 4),
            "how": overlap.how,
        }
        for overlap in overlaps
    ]
    return {"contamination": found[0]["overlap"], DETAILS: found}
