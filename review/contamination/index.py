"""Evaluation items made ready to be looked for in many examples at once.

Three ways to find an item of 13 words or more, or a shorter one:

- the share of its 13-grams that the example holds, those that more than ten items have left out (Brown et al.
  2020, "Language Models are Few-Shot Learners", appendix C, for the 13 words and for leaving out what is common);
- the share of its runs of three words, where that is at least `NEAR`: an item edited every few words keeps no
  13-gram. Candidates hold two of the item's eight rarest runs; an item of which the example holds 0.7 is missed
  once in 800 (binomial), and each candidate's share is counted exactly;
- an item of 5 to 12 words is found as a whole only, and a shorter one only as a whole turn.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from review.contamination.grams import Numbers, Places, Table, grams, packed
from review.contamination.words import words_of

LONG = 13
TINY = 5
NEAR = 0.7
COMMON = 10  # items; a 13-gram of more of them is the set's own form of words, and is not looked for
_RUN = 3
_SKETCH, _VOTES = 8, 2
_TINY_LENGTH = 200  # characters; a longer turn is not split again to see whether it has under five words


@dataclass(frozen=True, slots=True)
class Overlap:
    """An item (its place in the list given), its share found in the example (0 to 1), and how it was found."""

    item: int
    share: float
    how: str


class Index:
    """Items to look for, in the memory of this process."""

    def __init__(self, items: Sequence[str]) -> None:
        self._tiny: dict[tuple[bytes, ...], list[int]] = defaultdict(list)
        self._tables: dict[int, Table] = {}
        words, ends = packed(self._split(items))
        for size, made in grams(words, LONG):
            if size == _RUN or size >= TINY:
                self._add(size, *_inside(made, ends, size))
        self._tables = {size: table for size, table in self._tables.items() if len(table.keys)}

    def _split(self, items: Sequence[str]) -> Iterator[list[bytes]]:
        for number, item in enumerate(items):
            words = words_of(item)
            if 0 < len(words) < TINY:
                self._tiny[tuple(words)].append(number)
            yield words

    def _add(self, size: int, made: Numbers, items: Places, lengths: Places) -> None:
        """Add the table of one length of gram, from every gram of the items that are long enough for it."""
        if size == LONG:
            self._tables[size] = table = Table.build(made, items).without_common(COMMON)
            self._distinct = np.bincount(table.items, minlength=1)
        elif size == _RUN:
            long = lengths >= LONG
            self._runs = Table.build(items[long].astype(np.uint64), made[long].view(np.int64))
            made, items = _rarest(self._runs)
            self._tables[size] = Table.build(made, items)
        else:
            whole = lengths == size
            self._tables[size] = Table.build(made[whole], items[whole])

    def overlaps(self, examples: Sequence[Sequence[str]], most: int = 5) -> list[list[Overlap]]:
        """Return for each example, given as its turns' texts, the items it holds, the highest share first."""
        words, ends = packed(words_of("\n".join(texts)) for texts in examples)
        found: list[dict[int, Overlap]] = [{} for _ in examples]
        for size, made in grams(words, LONG):
            if table := self._tables.get(size):
                places, keys = table.find(made)
                for example, held in _by_example(places, keys, ends, size):
                    begin = int(ends[example - 1]) if example else 0
                    _keep(found[example], self._judged(size, held, made[begin : ends[example] - size + 1]))
        if self._tiny:
            for texts, one in zip(examples, found, strict=True):
                _keep(one, self._whole_turns(texts))
        return [sorted(one.values(), key=lambda overlap: -overlap.share)[:most] for one in found]

    def _judged(self, size: int, keys: Places, made: Numbers) -> Iterator[Overlap]:
        items, counts = self._tables[size].holders(keys)
        if size == LONG:
            shares = counts / self._distinct[items]
            yield from (
                Overlap(*pair, "13-gram") for pair in zip(items.tolist(), shares.tolist(), strict=True)
            )
        elif size == _RUN:
            for item in items[counts >= _VOTES].tolist():
                share = float(np.isin(self._runs.held(item).view(np.uint64), made).mean())
                if share >= NEAR:
                    yield Overlap(item, share, "near-duplicate")
        else:
            yield from (Overlap(item, 1.0, "whole") for item in items.tolist())

    def _whole_turns(self, texts: Iterable[str]) -> Iterator[Overlap]:
        for text in texts:
            if len(text) <= _TINY_LENGTH:
                yield from (Overlap(item, 1.0, "whole") for item in self._tiny.get(tuple(words_of(text)), ()))


def _inside(made: Numbers, ends: Places, size: int) -> tuple[Numbers, Places, Places]:
    """Return the grams that no item's end cuts, the item of each, and that item's length in words."""
    places = np.arange(len(made))
    items = np.searchsorted(ends, places, side="right")
    inside = places + size <= ends[items]
    return made[inside], items[inside].astype(np.int32), np.diff(ends, prepend=0)[items[inside]]


def _rarest(runs: Table) -> tuple[Numbers, Places]:
    """Return each item's rarest runs, with the items; which of equally rare ones is chance."""
    made, items = runs.items.view(np.uint64), np.repeat(runs.keys.astype(np.int32), np.diff(runs.begins))
    _, which, counts = np.unique(made, return_inverse=True, return_counts=True)
    order = np.lexsort((made, counts[which], items))
    rank = np.arange(len(order)) - np.repeat(runs.begins[:-1], np.diff(runs.begins))
    chosen = order[rank < _SKETCH]
    return made[chosen], items[chosen]


def _by_example(places: Places, keys: Places, ends: Places, size: int) -> Iterator[tuple[int, Places]]:
    examples = np.searchsorted(ends, places, side="right")
    inside = places + size <= ends[examples]
    examples, keys = examples[inside], keys[inside]
    for example in np.unique(examples).tolist():
        yield example, keys[examples == example]


def _keep(found: dict[int, Overlap], overlaps: Iterable[Overlap]) -> None:
    for overlap in overlaps:
        if overlap.item not in found or found[overlap.item].share <= overlap.share:
            found[overlap.item] = overlap
