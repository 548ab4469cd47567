"""Clusters of matching records."""

from dataclasses import dataclass

import numpy as np

from review.neardup.arrays import Numbers, distinct
from review.neardup.verify import Matches

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
