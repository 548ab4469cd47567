"""Folds for cross-validation in which nothing that belongs together stands on both sides."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from review.quality.labels import Flags

Ints = npt.NDArray[np.int64]

FOLDS = 5


def components(groups: Sequence[Sequence[str]]) -> Ints:
    """Return for each row the number of its component: rows that share a name are joined, by whatever chain.

    A row without names stands alone. Components are numbered by their first row.
    """
    numbers: dict[str, int] = {}
    rows, names = [], []
    for row, named in enumerate(groups):
        for name in named:
            rows.append(row)
            names.append(len(groups) + numbers.setdefault(name, len(numbers)))
    size = len(groups) + len(numbers)
    from scipy.sparse import coo_matrix  # type: ignore[import-untyped]  # noqa: PLC0415  (slow to load)
    from scipy.sparse.csgraph import connected_components  # type: ignore[import-untyped]  # noqa: PLC0415

    ties = coo_matrix((np.ones(len(rows), np.int8), (rows, names)), shape=(size, size))
    found: Ints = connected_components(ties, directed=False)[1][: len(groups)].astype(np.int64)
    _, first, number = np.unique(found, return_index=True, return_inverse=True)
    rank: Ints = np.argsort(np.argsort(first))
    return rank[number]


def grouped_folds(groups: Ints, good: Flags, folds: int = FOLDS, seed: int = 0) -> Ints:
    """Return each row's fold, 0 to `folds` - 1; a group lies in one fold, and each has as many of a class as can be.

    Groups of several rows go first, the largest before the others, each where it leaves the least crowded class
    least crowded; single rows then fill up what is left, class by class. The same rows have the same folds.
    """
    fold = np.zeros(len(groups), np.int64)
    total = (int((~good).sum()), int(good.sum()))
    held = [[0, 0] for _ in range(folds)]
    size = np.bincount(groups, minlength=1)
    shuffled = np.random.default_rng(seed).permutation(len(groups))
    several = shuffled[size[groups[shuffled]] > 1]
    for members in _largest_first(groups, several, size):
        kept = int(good[members].sum())
        own = (len(members) - kept, kept)
        place = min(range(folds), key=lambda each: _crowd(held[each], own, total))
        fold[members] = place
        held[place] = [held[place][0] + own[0], held[place][1] + own[1]]
    counts = np.array(held)
    alone = shuffled[size[groups[shuffled]] == 1]
    for kind in (0, 1):
        rows = alone[good[alone] == bool(kind)]
        fold[rows] = _filled(counts[:, kind], len(rows))
    return fold


def _largest_first(groups: Ints, rows: Ints, size: Ints) -> list[Ints]:
    """Return the rows of each group, groups of the same size in the order of `rows`."""
    held: dict[int, list[int]] = {}
    for row in rows.tolist():
        held.setdefault(int(groups[row]), []).append(row)
    return [np.array(held[group]) for group in sorted(held, key=lambda group: -int(size[group]))]


def _crowd(held: list[int], own: tuple[int, int], total: tuple[int, int]) -> tuple[float, int]:
    """Return how crowded a fold would be in the classes that a group adds to, then how much it holds."""
    shares = [(held[kind] + own[kind]) / total[kind] for kind in (0, 1) if own[kind]]
    return max(shares), sum(held)


def _filled(held: Ints, more: int) -> Ints:
    """Return a fold for each of `more` rows, so that what the folds hold ends as even as can be."""
    low, high = int(held.min()), int(held.max()) + more + 1
    while low + 1 < high:  # the highest level that the rows can fill every fold up to
        level = (low + high) // 2
        low, high = (level, high) if np.maximum(level - held, 0).sum() <= more else (low, level)
    room = np.maximum(low - held, 0)
    left = more - int(room.sum())
    room[np.flatnonzero(held <= low)[:left]] += 1
    return np.repeat(np.arange(len(held)), room)
