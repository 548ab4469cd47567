"""The arrays that the stages hand on, and two helpers for them."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Hashes = npt.NDArray[np.uint32]
Numbers = npt.NDArray[np.int64]
Keys = npt.NDArray[np.uint64]
Shares = npt.NDArray[np.float64]


def distinct[A: (Numbers, Keys)](values: A) -> A:
    """Return the distinct values, ascending.

    `np.unique` hashes whole numbers, which took twenty times as long for 8 million pairs (numpy 2.5).
    """
    ordered = np.sort(values)
    return ordered[np.concatenate([[True], ordered[1:] != ordered[:-1]])] if ordered.size else ordered


def in_threads[T, R](function: Callable[[T], R], items: Iterable[T], threads: int) -> Iterator[R]:
    """Yield function(item) in the items' order; no more items are taken than threads are busy, and one."""
    with ThreadPoolExecutor(threads) as pool:
        waiting: list[Future[R]] = []
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) > threads:
                yield waiting.pop(0).result()
        for last in waiting:
            yield last.result()
