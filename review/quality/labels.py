"""What a classifier learns from: labels with their weights, and what ties one of them to another."""

from collections.abc import Mapping, Sequence, Sized
from dataclasses import dataclass, field
from hashlib import blake2b, sha256
from typing import Self

import numpy as np
import numpy.typing as npt

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Rows = npt.NDArray[np.intp]

# More labels hardly change a model, yet twice as many need a gigabyte of memory and a minute: see chosen_rows.
MOST = 10_000
# What is assumed of a reviewer before anybody has labelled the same: so many comparisons, so many of them agreed.
PRIOR_COMPARED, PRIOR_AGREED = 10, 9.0
LEAST_WEIGHT = 0.1
SLACK = 1e-6  # what a sum of weights may be off


@dataclass(frozen=True, slots=True)
class Labels:
    """One row for each label: all of the same length, ids distinct.

    `weight` is above 0; `sampled` says that the row came to review by a random draw, and published figures rest on
    these rows alone. `groups` names what a row belongs to, such as its near-duplicate cluster and its lineage: rows
    that share a name, by whatever chain, never stand on both sides of a split. `slices` holds, for each way of
    breaking figures down, every row's value. `first` is what was said before any second look, None where that is
    `good`; `imported` marks labels that came with the data, None where none did. Raises ValueError for rows that do not
    fit together.
    """

    ids: tuple[str, ...]
    good: Flags
    weight: Floats
    sampled: Flags
    groups: tuple[tuple[str, ...], ...]
    slices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    first: Flags | None = None
    imported: Flags | None = None

    def __post_init__(self) -> None:
        columns: tuple[Sized, ...] = (
            self.good,
            self.measured,
            self.brought,
            self.weight,
            self.sampled,
            self.groups,
            *self.slices.values(),
        )
        if any(len(column) != len(self.ids) for column in columns):
            raise ValueError("the columns of the labels differ in length")
        if len({*self.ids}) != len(self.ids):
            raise ValueError("two labels have the same id")
        if not (np.isfinite(self.weight) & (self.weight > 0)).all():
            raise ValueError("a label's weight is not above 0")

    def __len__(self) -> int:
        return len(self.ids)

    @classmethod
    def of(cls, good: Sequence[bool] | Flags, ids: Sequence[str] = (), groups: Sequence[str] = ()) -> Self:
        """Build labels of weight 1, all by a random draw; without ids their places name them."""
        size = len(good)
        named = tuple(ids) or tuple(f"{place:09d}" for place in range(size))
        tied = tuple((group,) if group else () for group in groups) or ((),) * size
        flags = np.ones(size, np.bool_)
        return cls(named, np.asarray(good, np.bool_), np.ones(size), flags, tied)

    @property
    def measured(self) -> Flags:
        """The verdicts that figures compare with."""
        return self.good if self.first is None else self.first

    @property
    def brought(self) -> Flags:
        """Which rows came with the data, and not of a person who reviewed here."""
        return np.zeros(len(self.good), np.bool_) if self.imported is None else self.imported

    @property
    def reached(self) -> tuple[int, int]:
        """How many good and bad ones the ladder counts: a person's each as one, imported ones as what they weigh."""
        own, brought = ~self.brought, self.brought
        good, bad = (
            int((own & rows).sum()) + weighed(float(self.weight[brought & rows].sum()))
            for rows in (self.good, ~self.good)
        )
        return good, bad

    @property
    def good_count(self) -> int:
        return int(self.good.sum())

    @property
    def bad_count(self) -> int:
        return len(self) - self.good_count

    def take(self, rows: Rows) -> "Labels":
        """Return these rows, in this order."""
        return Labels(
            tuple(self.ids[row] for row in rows),
            self.good[rows],
            self.weight[rows],
            self.sampled[rows],
            tuple(self.groups[row] for row in rows),
            {name: tuple(values[row] for row in rows) for name, values in self.slices.items()},
            None if self.first is None else self.first[rows],
            None if self.imported is None else self.imported[rows],
        )

    def digest(self) -> str:
        """Return a SHA-256 over ids, verdicts and weights that does not depend on the order of rows."""
        total, first = sha256(), self.measured
        for row in canonical(self.ids):
            verdict = f"{int(self.good[row])}" + (
                "" if first[row] == self.good[row] else f"/{int(first[row])}"
            )
            said = f"{len(self.ids[row])}:{self.ids[row]}:{verdict}:{float(self.weight[row])!r}\n"
            total.update(said.encode("utf-8", "surrogatepass"))
        return total.hexdigest()


def canonical(ids: Sequence[str]) -> Rows:
    """Return the order of rows in which everything is computed: by the digest of their ids.

    Sums of floating point numbers depend on their order, so it is fixed; and by a digest it has nothing to do with
    when a label was given.
    """
    digests = [blake2b(each.encode("utf-8", "surrogatepass"), digest_size=16).digest() for each in ids]
    return np.array(sorted(range(len(ids)), key=digests.__getitem__), np.intp)


def reviewer_weight(agreed: int, compared: int) -> float:
    """Return what a reviewer's labels count, from how often another seat said the same; 0.8 where nobody did.

    Two who err independently at the same rate e agree in p = 1 - 2e(1 - e) of cases. Such errors shrink whatever
    labels show to 1 - 2e of it (D. Angluin and P. Laird, "Learning from noisy examples", Machine Learning 2 (1988),
    343-370), and what shows a part as much is worth its square: (1 - 2e)² = 2p - 1. p is drawn towards nine of ten by
    ten comparisons, so that a few cases decide little; nobody counts less than a tenth. Raises ValueError.
    """
    if not 0 <= agreed <= compared:
        raise ValueError(f"nobody agrees in {agreed} of {compared}")
    share = (agreed + PRIOR_AGREED) / (compared + PRIOR_COMPARED)
    return max(LEAST_WEIGHT, 2 * share - 1)


def weighed(weight: float) -> int:
    """Return how many labels of a person imported ones count for that weigh so much together, rounded down."""
    return int(weight + SLACK)


def chosen_rows(labels: Labels, most: int = MOST) -> Rows:
    """Return the rows to train on where there are more than `most`: the rarer class first, then by canonical order.

    People's labels go before imported ones. Of either at least half of the places, or all there are, go to the rarer
    class; within a class rows of a random draw go first, since the figures need them.
    """
    order = canonical(labels.ids)
    brought = labels.brought[order]
    people = _chosen(labels, order[~brought], most)
    imported = _chosen(labels, order[brought], most - len(people))
    return order[np.isin(order, np.concatenate([people, imported]))]


def _chosen(labels: Labels, order: Rows, most: int) -> Rows:
    if len(order) <= most:
        return order
    order = order[np.argsort(~labels.sampled[order], kind="stable")]
    good, bad = order[labels.good[order]], order[~labels.good[order]]
    fewer, more = sorted((good, bad), key=len)
    taken = fewer[: most // 2]
    return np.concatenate([taken, more[: most - len(taken)]])
