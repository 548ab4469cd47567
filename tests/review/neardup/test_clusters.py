from itertools import pairwise

import numpy as np
import pytest

from review.neardup.clusters import (
    Clusters,
    Ranks,
    clusters,
    keeper_similarities,
    keepers,
)
from review.neardup.engine import corpus
from review.neardup.rule import Rule
from review.neardup.shingles import WORDS
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


def ranks(rows: list[tuple[bool, int, int, int, int]]) -> Ranks:
    chosen, *others = (np.array(column) for column in zip(*rows, strict=True))
    return Ranks(chosen, *others)


# chosen by a person, origin, label, length, created
PLAIN = (False, 0, 0, 10, 5)


@pytest.mark.parametrize(
    ("rows", "kept"),
    [
        ([PLAIN, PLAIN], 0),
        ([PLAIN, (False, 0, 0, 10, 4)], 1),  # the older
        ([(False, 0, 0, 10, 4), (False, 0, 0, 11, 5)], 1),  # the longer, though younger
        (
            [(False, 0, 0, 11, 4), (False, 0, 1, 10, 5)],
            1,
        ),  # the better label, though shorter
        ([(False, 0, -1, 11, 4), PLAIN], 1),  # no label over a bad one
        ([(False, 0, 1, 11, 4), (False, 1, -1, 10, 5)], 1),  # edited over imported
        ([(False, 1, 1, 11, 4), (False, 2, -1, 10, 5)], 1),  # written over edited
        (
            [(False, 2, 1, 11, 4), (True, 0, -1, 10, 5)],
            1,
        ),  # a person's choice over everything
    ],
)
def test_the_keeper(rows: list[tuple[bool, int, int, int, int]], kept: int) -> None:
    assert keepers(clusters(2, matches((0, 1))), ranks(rows)).tolist() == [kept]


def test_each_cluster_keeps_its_own() -> None:
    found = clusters(5, matches((0, 3), (2, 4)))
    rows = [
        PLAIN,
        (True, 2, 1, 99, 1),
        PLAIN,
        (False, 0, 0, 20, 5),
        (False, 0, 0, 9, 5),
    ]
    assert keepers(found, ranks(rows)).tolist() == [3, 2]


def test_how_much_each_member_overlaps_with_its_keeper() -> None:
    texts = ["a b c d e", "x y z", "a b c d", "a b c d e f"]
    found = Clusters(np.array([0, -1, 0, 0]), 1)
    shares = keeper_similarities(found, np.array([0]), corpus(texts, Rule(WORDS)))
    assert shares.tolist() == [0, 0, 2 / 3, 3 / 4]


def test_no_clusters() -> None:
    none = clusters(0, matches())
    assert none.count == 0
    assert keepers(none, Ranks(*(np.empty(0, kind) for kind in (bool, int, int, int, int)))).size == 0
    assert keeper_similarities(none, np.empty(0, np.int64), corpus([], Rule())).size == 0
