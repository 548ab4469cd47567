import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from review.quality.folds import components, grouped_folds


@pytest.mark.parametrize(
    ("groups", "found"),
    [
        ([], []),
        ([[], []], [0, 1]),
        ([["a"], ["b"], ["a"]], [0, 1, 0]),
        # A near-duplicate cluster and a lineage join what neither joins alone.
        ([["near:1", "line:1"], ["near:2", "line:2"], ["near:2", "line:1"], []], [0, 0, 0, 1]),
        ([["x"], [], ["x", "y"], ["y"], ["z"]], [0, 1, 0, 0, 2]),
    ],
)
def test_rows_that_share_a_name_by_any_chain_are_one(groups: list[list[str]], found: list[int]) -> None:
    assert components(groups).tolist() == found


@given(st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=60), st.integers(0, 3))
def test_no_group_lies_in_two_folds(rows: list[tuple[int, bool]], seed: int) -> None:
    groups = components([[str(group)] for group, _ in rows])
    good = np.array([kind for _, kind in rows])
    fold = grouped_folds(groups, good, 5, seed)
    assert ((fold >= 0) & (fold < 5)).all()
    for group in set(groups.tolist()):
        assert len({*fold[groups == group].tolist()}) == 1
    assert (grouped_folds(groups, good, 5, seed) == fold).all()


def test_each_fold_has_as_many_of_a_class_as_can_be() -> None:
    good = np.array([True] * 83 + [False] * 17)
    fold = grouped_folds(np.arange(100), good)
    assert sorted(np.bincount(fold[good], minlength=5)) == [16, 16, 17, 17, 17]
    assert sorted(np.bincount(fold[~good], minlength=5)) == [3, 3, 3, 4, 4]
    # One group of ten, nine pairs and single rows: the big one fills half of its fold and single rows even it out.
    groups = np.concatenate([np.zeros(10, int), np.repeat(np.arange(1, 10), 2), np.arange(10, 82)])
    fold = grouped_folds(groups, good)
    assert np.ptp(np.bincount(fold[good], minlength=5)) <= 1
    assert np.ptp(np.bincount(fold[~good], minlength=5)) <= 1


def test_many_rows_in_groups_of_all_sizes_are_split_evenly() -> None:
    draw = np.random.default_rng(3)
    groups, good = draw.integers(12_000, size=20_000), draw.random(20_000) < 0.9
    fold = grouped_folds(components([[str(group)] for group in groups.tolist()]), good)
    assert np.ptp(np.bincount(fold[good])) <= 1 and np.ptp(np.bincount(fold[~good])) <= 1
