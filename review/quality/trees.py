"""Many decision trees as plain arrays, whatever fitted them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Trees:
    """Trees of N nodes in all: from node i a row goes to left[i] where row[feature[i]] <= limit[i], else to right[i].

    A leaf leads to itself and has a `value`; any other node leads to later ones. `roots` (trees) are where the trees
    begin. Features are compared as numbers of 32 bits, since that is what the trees were fitted to.
    """

    roots: Ints
    feature: Ints
    limit: Floats
    left: Ints
    right: Ints
    value: Floats

    def __call__(self, features: Floats) -> Floats:
        """Return for each row (n, F) the sum of the values of the leaves that it comes to."""
        from review.quality.tree_kernels import sums  # noqa: PLC0415  (numba: seconds and 100 MB)

        found: Floats = sums(
            rounded(features), self.roots, self.feature, self.limit, self.left, self.right, self.value
        )
        return found

    @classmethod
    def none(cls) -> Self:
        whole, real = np.zeros(0, np.int32), np.zeros(0)
        return cls(whole, whole, real, whole, whole, real)


@dataclass(frozen=True, slots=True)
class Nodes:
    """The nodes of one tree, numbered from 0, which is its root."""

    leaf: npt.NDArray[np.bool_]
    feature: npt.NDArray[np.integer]
    limit: Floats
    left: npt.NDArray[np.integer]
    right: npt.NDArray[np.integer]
    value: Floats


def trees_of(trees: Sequence[Nodes]) -> Trees:
    """Put trees one after the other."""
    starts = np.concatenate([[0], np.cumsum([len(tree.leaf) for tree in trees])])
    own, first = np.arange(starts[-1]), np.repeat(starts[:-1], np.diff(starts))
    leaf = np.concatenate([tree.leaf for tree in trees])

    def whole(name: str) -> npt.NDArray[np.integer]:
        found: npt.NDArray[np.integer] = np.concatenate([getattr(tree, name) for tree in trees])
        return found

    return Trees(
        starts[:-1].astype(np.int32),
        np.where(leaf, 0, whole("feature")).astype(np.int32),
        np.where(leaf, 0.0, whole("limit")).astype(np.float64),
        np.where(leaf, own, whole("left") + first).astype(np.int32),
        np.where(leaf, own, whole("right") + first).astype(np.int32),
        np.where(leaf, whole("value"), 0.0).astype(np.float64),
    )


def rounded(features: Floats) -> Floats:
    """Return features as the trees compare them."""
    return np.ascontiguousarray(features.astype(np.float32), np.float64)
