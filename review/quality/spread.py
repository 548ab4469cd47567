"""The best first with diversity: few examples that are good and about as many things as the whole."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Rows = npt.NDArray[np.intp]

SPREAD = 1.0


@dataclass(frozen=True, slots=True)
class Spread:
    """What is chosen: `rows` in the order of choice, so that the first m of them are the choice of m.

    For each of them `topic` is its topic, `place` how many better ones of the topic stand before it, plus one, and
    `value` what it was chosen by. `alike` counts the examples left out because a near-duplicate is better.
    """

    rows: Rows
    topic: Ints
    place: Ints
    value: Floats
    alike: int

    def __len__(self) -> int:
        return len(self.rows)


def best_spread(
    ids: Sequence[str],
    quality: Floats,
    duplicates: Ints,
    topics: Ints,
    count: int,
    *,
    spread: float = SPREAD,
    seed: int = 0,
) -> Spread:
    """Choose the best `count` examples, spread over topics, and never two near-duplicates.

    `ids` are distinct; `quality` (n,) is 0 or more, such as the probability of good; `duplicates` and `topics` (n,)
    number the near-duplicate cluster and the topic of each, and alone is who has a duplicates number below 0. Fewer are
    returned where there are no more. It depends on nothing but the arguments, and not on the order of rows: ties are
    settled by a hash of seed and id. Raises ValueError for arrays that do not fit together.

    The j-th best of a topic of m has the value q (√m / (j - ½))^spread, and the highest values are chosen. So among
    equally good ones topics get places in proportion to the root of their size, as by the divisors of Webster and
    Sainte-Laguë (A. Sainte-Laguë, "La représentation proportionnelle et la méthode des moindres carrés", Annales
    scientifiques de l'École Normale Supérieure 27 (1910), 529-542); better topics get more of them, and `spread` 0 asks
    for quality alone. That few good and diverse examples can be enough: C. Zhou and others, "LIMA: Less is more for
    alignment", Advances in Neural Information Processing Systems 36 (2023).
    """
    _check(ids, quality, duplicates, topics)
    ties = np.array([_key(seed, each) for each in ids], np.uint64)
    kept = _firsts(np.lexsort((ties, -quality)), duplicates)
    place = _places(topics[kept])
    number = np.unique(topics[kept], return_inverse=True)[1]
    size = np.bincount(number)[number]
    value = quality[kept] * (np.sqrt(size) / (place - 0.5)) ** spread
    # At equal values the better stands first, as they stand already.
    chosen = np.argsort(-value, kind="stable")[: max(count, 0)]
    rows = kept[chosen]
    return Spread(rows, topics[rows], place[chosen], value[chosen], len(ids) - len(kept))


def digest_of(ids: Iterable[str]) -> str:
    """Return the SHA-256 (hex) over ids in their order, each followed by a newline."""
    total = sha256()
    for each in ids:
        total.update(f"{each}\n".encode("utf-8", "surrogatepass"))
    return total.hexdigest()


def joined(count: int, rows: Ints, clusters: Ints) -> Ints:
    """Return for `count` examples the number of what they are near-duplicates of by any chain, -1 for who is alone.

    `rows` and `clusters` name in pairs which example is in which cluster; one may be in several.
    """
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]  # noqa: PLC0415  (a second to load)
    from scipy.sparse.csgraph import connected_components  # type: ignore[import-untyped]  # noqa: PLC0415

    names, numbers = np.unique(clusters, return_inverse=True)
    size = count + len(names)
    ties = csr_matrix((np.ones(len(rows), np.bool_), (rows, count + numbers)), (size, size))
    found = connected_components(ties, directed=False)[1][:count].astype(np.int64)
    return np.where(np.bincount(found, minlength=size)[found] > 1, found, -1)


def _key(seed: int, id: str) -> int:
    digest = sha256(f"{seed} {id}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:8], "big")


def _firsts(order: Rows, duplicates: Ints) -> Rows:
    """Return the rows in their order, of each near-duplicate cluster only the first."""
    cluster = duplicates[order]
    first = np.zeros(len(order), np.bool_)
    first[np.unique(cluster, return_index=True)[1]] = True
    return order[first | (cluster < 0)]


def _places(topics: Ints) -> Ints:
    """Return for rows in their order which of their topic each is, counted from 1."""
    grouped = np.argsort(topics, kind="stable")
    starts = np.unique(topics[grouped], return_index=True)[1]
    sizes = np.diff([*starts, len(topics)])
    place = np.empty(len(topics), np.int64)
    place[grouped] = np.arange(len(topics)) - np.repeat(starts, sizes) + 1
    return place


def _check(ids: Sequence[str], quality: Floats, duplicates: Ints, topics: Ints) -> None:
    if not len(ids) == len(quality) == len(duplicates) == len(topics):
        raise ValueError("ids, quality, duplicates and topics differ in number")
    if len({*ids}) != len(ids):
        raise ValueError("two examples have the same id")
    if not bool(np.all((quality >= 0) & (quality < np.inf))):
        raise ValueError("quality is a number from 0")
