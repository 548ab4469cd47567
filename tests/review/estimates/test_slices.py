import pytest
from scipy.stats import fisher_exact  # type: ignore[import-untyped]
from statsmodels.stats.proportion import confint_proportions_2indep  # type: ignore[import-untyped]

from review.estimates import estimate
from review.estimates.slices import Counts, difference, slices

MANY = 1_000_000


@pytest.mark.parametrize(
    ("first", "second"), [((56, 70), (48, 80)), ((9, 10), (3, 10)), ((0, 10), (0, 20)), ((5, 56), (0, 29))]
)
def test_the_difference_is_what_statsmodels_says(first: tuple[int, int], second: tuple[int, int]) -> None:
    found = difference(Counts(*first, MANY), Counts(*second, MANY))
    truth = confint_proportions_2indep(*first, *second, method="newcomb", compare="diff")
    assert found is not None
    assert (found.low, found.high) == pytest.approx(truth, abs=1e-9)


def test_the_difference_is_that_of_newcombs_first_example() -> None:
    # 56/70 against 48/80, his table II, method 10.
    found = difference(Counts(56, 70, MANY), Counts(48, 80, MANY))
    assert found is not None
    assert (found.low, found.high) == pytest.approx((0.0524, 0.3339), abs=0.0001)


def test_the_most_surely_worse_stand_first_and_what_is_not_reviewed_last() -> None:
    rows = [("clean", 1, 300, 6_000), ("unknown", 0, 0, 10), ("tiny", 1, 2, 60), ("bad", 20, 100, 2_000)]
    found = slices(rows)
    assert [part.value for part in found] == ["bad", "tiny", "clean", "unknown"]
    assert [part.small for part in found] == [False, True, False, True]
    assert [part.worse for part in found] == [True, False, False, False]
    assert [part.better for part in found] == [False, False, True, False]
    assert found[0].found == estimate(20, 100, 2_000)
    assert found[3].difference is None


def test_a_slice_alone_has_nothing_to_be_compared_with() -> None:
    (only,) = slices([("all", 3, 100, 1_000)])
    assert (only.difference, only.worse, only.better) == (None, False, False)


@pytest.mark.parametrize(("others", "worse"), [(1, True), (19, False)])
def test_among_many_slices_a_difference_needs_to_be_clearer(others: int, worse: bool) -> None:
    parts = [(f"part {at}", 38 // others, 1_140 // others, 20_000) for at in range(others)]
    first, *_ = slices([("worst", 7, 60, 1_000), *parts])
    chance = fisher_exact([[7, 53], [38, 1_102]], alternative="greater").pvalue
    assert 0.05 / 2 / 20 < chance < 0.05 / 2 / 2
    assert (first.value, first.worse) == ("worst", worse)


def test_no_rows_are_no_slices() -> None:
    assert slices([]) == ()


def test_more_reviewed_than_there_are_is_refused() -> None:
    with pytest.raises(ValueError, match="3 reviewed of only 2"):
        slices([("small", 0, 3, 2), ("rest", 0, 3, 9)])
