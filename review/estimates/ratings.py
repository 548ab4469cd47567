"""Verdicts of several raters on items as arrays, so that tens of thousands are counted at once."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Overlap:
    """The labels on items that two or more raters labelled, sorted by item, then by rater.

    `picked` are their positions in the input; of one rater's several labels on an item it is the last.
    """

    raters: tuple[Hashable, ...]
    item: Codes
    rater: Codes
    picked: Codes

    def item_counts(self, verdict: Codes, size: int) -> Codes:
        """Return how often each of `size` verdicts was given to each item, from one code for each input label."""
        _, at = np.unique(self.item, return_inverse=True)
        items = int(at.max()) + 1 if len(at) else 0
        return np.bincount(at * size + verdict[self.picked], minlength=items * size).reshape(items, size)

    def pair_tables(self, verdict: Codes, size: int) -> dict[tuple[int, int], Codes]:
        """Return for each pair of raters how often their verdicts met: first's verdicts x second's verdicts."""
        verdict, raters = verdict[self.picked], len(self.raters)
        pairs, cells = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        step = 1
        # Any two labels of an item are `step` places apart, for some step below the number of its raters.
        while (same := self.item[step:] == self.item[:-step]).any():
            first = np.flatnonzero(same)
            second = first + step
            pairs.append(self.rater[first] * raters + self.rater[second])
            cells.append(verdict[first] * size + verdict[second])
            step += 1
        keys, at = np.unique(np.concatenate(pairs), return_inverse=True)
        flat = np.bincount(at * size * size + np.concatenate(cells), minlength=len(keys) * size * size)
        tables = flat.reshape(len(keys), size, size)
        return {divmod(int(key), raters): table for key, table in zip(keys, tables, strict=True)}

    def items_of(self, rater: int) -> int:
        """Return how many items a rater shares with others."""
        return int(np.count_nonzero(self.rater == rater))


def overlap_of(labels: Iterable[tuple[Hashable, Hashable]]) -> Overlap:
    """Find what several raters labelled, from the (item, rater) of each label in the order of their making."""
    items: dict[Hashable, int] = {}
    raters: dict[Hashable, int] = {}
    codes = [
        (items.setdefault(item, len(items)), raters.setdefault(rater, len(raters))) for item, rater in labels
    ]
    item, rater = np.array(codes, np.int64).reshape(-1, 2).T
    order = np.lexsort((rater, item))
    item, rater = item[order], rater[order]
    last = np.ones(len(order), bool)
    last[:-1] = (item[1:] != item[:-1]) | (rater[1:] != rater[:-1])
    item, rater, order = item[last], rater[last], order[last]
    several = np.bincount(item, minlength=1)[item] > 1
    return Overlap(tuple(raters), item[several], rater[several], order[several])
