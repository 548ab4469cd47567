"""Clusters of matching records, and the one that each keeps."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from review.neardup.arrays import Numbers, Shares, distinct
from review.neardup.corpus import SetSource
from review.neardup.verify import Matches, similarities

ALONE = -1


@dataclass(frozen=True, slots=True)
class Clusters:
    """The cluster of each record, numbered from 0 by their first records; -1 for a record that matches none."""

    numbers: Numbers
    count: int

    def members(self) -> tuple[Numbers, Numbers]:
        """Return the records of all clusters one after the other, ascending, and where each cluster ends.

        Cluster i is records[ends[i]:ends[i + 1]].
        """
        records = np.flatnonzero(self.numbers != ALONE)
        records = records[np.argsort(self.numbers[records], kind="stable")]
        ends = np.zeros(self.count + 1, np.int64)
        np.cumsum(np.bincount(self.numbers[records], minlength=self.count), out=ends[1:])
        return records, ends


@dataclass(frozen=True, slots=True)
class Ranks:
    """What decides which record of a cluster is kept, one value for each record.

    `chosen`: a person chose it. `origin`: 2 written by a person, 1 edited, 0 as imported. `label`: 1 good, 0 none,
    -1 bad. `length`: any measure. `created`: any that grows with time.
    """

    chosen: npt.NDArray[np.bool_]
    origin: npt.NDArray[np.integer]
    label: npt.NDArray[np.integer]
    length: npt.NDArray[np.integer]
    created: npt.NDArray[np.integer | np.floating]


def clusters(records: int, matches: Matches) -> Clusters:
    """Return the connected components of the matches among `records` records."""
    from scipy.sparse import coo_array  # type: ignore[import-untyped]  # noqa: PLC0415  (a second to load)
    from scipy.sparse.csgraph import connected_components  # type: ignore[import-untyped]  # noqa: PLC0415

    numbers = np.full(records, ALONE, np.int64)
    joined = distinct(np.concatenate([matches.left, matches.right]))
    if not joined.size:
        return Clusters(numbers, 0)
    left, right = (np.searchsorted(joined, side) for side in (matches.left, matches.right))
    edges = coo_array((np.ones(left.size, np.bool_), (left, right)), shape=(joined.size, joined.size))
    count, labels = connected_components(edges, directed=False)
    # Numbered by their first records here, whatever order scipy gives them.
    first = np.unique(labels, return_index=True)[1]
    order = np.empty(count, np.int64)
    order[np.argsort(first)] = np.arange(count)
    numbers[joined] = order[labels]
    return Clusters(numbers, int(count))


def keepers(found: Clusters, ranks: Ranks) -> Numbers:
    """Return the record that each cluster keeps.

    One chosen by a person; else written over edited over imported; then the best label, the longest, the oldest,
    and at last the first in order.
    """
    records, ends = found.members()
    keys = (ranks.created, -ranks.length, -ranks.label, -ranks.origin, ~ranks.chosen, found.numbers)
    ordered = records[np.lexsort(tuple(key[records] for key in (np.arange(found.numbers.size), *keys)))]
    kept: Numbers = ordered[ends[:-1]]
    return kept


def keeper_similarities(found: Clusters, kept: Numbers, source: SetSource, threads: int = 2) -> Shares:
    """Return of each record how much it overlaps with its cluster's keeper; 0 for a keeper or a record alone.

    Members are joined by chains of matches, so one may overlap with its keeper by less than the rule asks for.
    """
    records, _ = found.members()
    others = np.setdiff1d(records, kept)
    shares = np.zeros(found.numbers.size, np.float64)
    shares[others] = similarities(others, kept[found.numbers[others]], source, threads)
    return shares
