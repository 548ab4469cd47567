from itertools import pairwise

import pytest

from review.estimates import estimate, sequence_bounds
from review.estimates.growth import GrowthPoint, growth


def test_every_verdict_of_a_few_is_a_point() -> None:
    points = growth([0, 1, 0], 100)
    assert [(point.reviewed, point.bad) for point in points] == [(1, 0), (2, 1), (3, 1)]
    assert points[1].share == 0.5


def test_a_point_says_what_the_estimate_and_the_sequence_say() -> None:
    last = growth([True] * 20 + [False] * 480, 10_000)[-1]
    found, bounds = estimate(20, 500, 10_000), sequence_bounds(20, 500, 10_000)
    assert found.share is not None
    assert found.low is not None
    assert found.high is not None
    assert last == GrowthPoint(
        500, 20, found.share, found.low, found.high, bounds.low / 10_000, bounds.high / 10_000
    )


@pytest.mark.parametrize("total", [120, 121, 500, 2_600])
def test_many_verdicts_are_thinned_evenly_to_the_last(total: int) -> None:
    points = growth([0] * total, 52_000)
    at = [point.reviewed for point in points]
    steps = {later - earlier for earlier, later in pairwise(at)}
    assert (len(at), at[-1]) == (120, total)
    assert max(steps) - min(steps) <= 1
    assert 1 <= at[0] <= total / 120 + 1


def test_no_verdict_is_no_point() -> None:
    assert growth([], 100) == ()
    assert len(growth([1, 0, 1, 0, 1], 100, most=2)) == 2
