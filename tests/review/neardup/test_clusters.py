from itertools import pairwise

import numpy as np
import pytest

from review.neardup.clusters import clusters
from review.neardup.verify import Matches


def matches(*pairs: tuple[int, int]) -> Matches:
    left, right = np.array(pairs, np.int64).reshape(-1, 2).T
    return Matches(left, right, np.ones(len(pairs)))


@pytest.mark.parametrize(
    ("pairs", "numbers"),
    [
        ([], [-1, -1, -1, -1, -1, -1]),
        ([(1, 3)], [-1, 0, -1, 0, -1, -1]),
        ([(4, 5), (0, 1)], [0, 0, -1, -1, 1, 1]),
        ([(2, 5), (1, 4), (4, 5)], [-1, 0, 0, -1, 0, 0]),
        ([(3, 5), (0, 4)], [0, -1, -1, 1, 0, 1]),
    ],
)
def test_clusters_are_numbered_by_their_first_records(
    pairs: list[tuple[int, int]], numbers: list[int]
) -> None:
    found = clusters(6, matches(*pairs))
    assert found.numbers.tolist() == numbers
    assert found.count == max(numbers) + 1


def test_members() -> None:
    records, ends = clusters(6, matches((3, 5), (0, 4), (4, 1))).members()
    assert [records[start:end].tolist() for start, end in pairwise(ends)] == [[0, 1, 4], [3, 5]]


def test_no_clusters() -> None:
    none = clusters(0, matches())
    assert none.count == 0
