import math

import pytest
from scipy.stats import binomtest, hypergeom, norm  # type: ignore[import-untyped]
from statsmodels.stats.proportion import proportion_confint  # type: ignore[import-untyped]

from review.estimates import (
    Bounds,
    Interval,
    clopper_pearson,
    finite_bounds,
    finite_lower,
    finite_upper,
    wilson,
)
from review.estimates.hypergeometric import at_least

SHARES = [0.0, 0.01, 0.04, 0.2, 0.5, 0.97, 1.0]
REVIEWED = [1, 2, 7, 60, 500, 50_000]


@pytest.mark.parametrize("reviewed", REVIEWED)
@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
def test_the_unlimited_intervals_are_what_scipy_and_statsmodels_say(reviewed: int, confidence: float) -> None:
    for bad in {round(reviewed * share) for share in SHARES}:
        for ours, scipys, statsmodels in (
            (wilson(bad, reviewed, confidence), "wilson", "wilson"),
            (clopper_pearson(bad, reviewed, confidence), "exact", "beta"),
        ):
            truth = binomtest(bad, reviewed).proportion_ci(confidence, method=scipys)
            other = proportion_confint(bad, reviewed, 1 - confidence, method=statsmodels)
            assert ours is not None
            assert (ours.low, ours.high) == pytest.approx((truth.low, truth.high), abs=1e-10)
            assert (ours.low, ours.high) == pytest.approx(other, abs=1e-10)


@pytest.mark.parametrize("reviewed", [1, 60, 500])
def test_the_ends_are_exact_and_the_interval_stays_between_them(reviewed: int) -> None:
    none, every = wilson(0, reviewed), wilson(reviewed, reviewed)
    assert none is not None
    assert every is not None
    assert none.low == 0.0 < none.high < 1.0
    assert 0.0 < every.low < every.high == 1.0


def test_nothing_reviewed_has_no_interval() -> None:
    assert wilson(0, 0) is None
    assert clopper_pearson(0, 0) is None
    assert finite_bounds(0, 0, 500) == Bounds(0, 500)


@pytest.mark.parametrize(
    ("bad", "reviewed", "confidence"), [(-1, 5, 0.95), (6, 5, 0.95), (1, 5, 1.0), (1, 5, 0.0)]
)
def test_counts_that_cannot_be_are_refused(bad: int, reviewed: int, confidence: float) -> None:
    for interval in (wilson, clopper_pearson):
        with pytest.raises(ValueError, match="no interval"):
            interval(bad, reviewed, confidence)
    with pytest.raises(ValueError, match="no interval"):
        finite_bounds(bad, reviewed, 10, confidence)


def test_a_small_part_of_the_population_is_as_good_as_of_an_unlimited_one() -> None:
    assert wilson(20, 500, population=10_000) == wilson(20, 500)


def test_a_large_part_of_the_population_narrows_the_interval_down_to_a_census() -> None:
    halves = [wilson(20, 500, population=population) for population in (9_000, 2_000, 1_000, 600, 501, 500)]
    widths = [interval.high - interval.low for interval in halves if interval]
    assert widths == sorted(widths, reverse=True)
    assert halves[-1] == Interval(0.04, 0.04)
    assert halves[2] is not None
    for end in (halves[2].low, halves[2].high):
        # What the score interval is: the shares from which the seen one is just z standard errors away.
        error = math.sqrt(end * (1 - end) / 500 * (1_000 - 500) / 999)
        assert abs(0.04 - end) / error == pytest.approx(norm.ppf(0.975))


def test_what_was_seen_is_never_doubted() -> None:
    few, many = wilson(1, 100, population=120), wilson(99, 100, population=120)
    assert few is not None
    assert many is not None
    assert (few.low, many.high) == (1 / 120, 1 - 1 / 120)


@pytest.mark.parametrize(("population", "reviewed"), [(5, 3), (40, 17), (90, 60), (60, 60)])
@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_finite_bounds_are_the_extreme_counts_that_scipy_finds_plausible(
    population: int, reviewed: int, confidence: float
) -> None:
    counts = range(population + 1)
    for bad in {0, 1, reviewed // 3, reviewed}:
        for tail, low, high in (
            ((1 - confidence) / 2, *_pair(finite_bounds(bad, reviewed, population, confidence))),
            (
                1 - confidence,
                finite_lower(bad, reviewed, population, confidence),
                finite_upper(bad, reviewed, population, confidence),
            ),
        ):
            assert low == min(
                c for c in counts if hypergeom.sf(bad - 1, population, c, reviewed) >= tail * 0.999999
            )
            assert high == max(
                c for c in counts if hypergeom.cdf(bad, population, c, reviewed) >= tail * 0.999999
            )


def _pair(bounds: Bounds) -> tuple[int, int]:
    return bounds.low, bounds.high


def test_finite_bounds_of_a_million_leave_what_they_should() -> None:
    bounds = finite_bounds(2_500, 50_000, 1_000_000)
    assert bounds == Bounds(48_154, 51_897)
    for count, plausible in ((48_153, False), (48_154, True)):
        assert bool(hypergeom.sf(2_499, 1_000_000, count, 50_000) > 0.025) == plausible
    for count, plausible in ((51_897, True), (51_898, False)):
        assert bool(hypergeom.cdf(2_500, 1_000_000, count, 50_000) > 0.025) == plausible


def test_the_chance_of_so_many_is_what_scipy_says() -> None:
    for population, count, drawn in (
        (1, 1, 1),
        (10, 0, 4),
        (10, 4, 7),
        (1_000, 300, 50),
        (10**6, 999, 50_000),
    ):
        for bad in {0, 1, 3, 15, 60, drawn}:
            truth = hypergeom.sf(bad - 1, population, count, drawn)
            assert at_least(bad, drawn, population, count) == pytest.approx(truth, rel=1e-7, abs=1e-12)
