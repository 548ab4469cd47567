"""Pace and forecast, beside scipy's Poisson and by hand."""

from datetime import date

import pytest
from scipy import stats

from review.forecasts import forecast

TODAY = date(2026, 3, 2)


def test_the_pace_is_the_mean_of_the_days_and_leads_to_a_day() -> None:
    found = forecast(approved=400, target=1_000, daily=[20, 40, 30], today=TODAY)
    assert (found.left, found.days, found.pace, found.on) == (600, 3, 30.0, date(2026, 3, 22))


def test_the_interval_leaves_two_and_a_half_percent_on_each_side() -> None:
    found = forecast(0, 1_000, [3, 5, 4, 0], TODAY)
    assert stats.poisson.sf(11, found.slowest * 4) == pytest.approx(0.025)
    assert stats.poisson.cdf(12, found.fastest * 4) == pytest.approx(0.025)
    assert found.earliest and found.on and found.latest
    assert found.earliest < found.on < found.latest


def test_what_is_reached_needs_no_pace() -> None:
    found = forecast(1_200, 1_000, [0, 0], TODAY)
    assert (found.left, found.on, found.latest) == (0, TODAY, TODAY)


def test_without_any_pace_no_day_is_named_but_one_that_chance_could_bring() -> None:
    found = forecast(0, 10, [0] * 14, TODAY)
    assert (found.pace, found.slowest, found.on, found.latest) == (0.0, 0.0, None, None)
    assert found.earliest == date(2026, 4, 9)  # 10 at 3.689 in 14 days


def test_beyond_ten_years_no_day_is_named() -> None:
    assert forecast(0, 1_000_000, [1], TODAY).on is None


@pytest.mark.parametrize("daily", [[], [3, -1]])
def test_no_days_and_negative_counts_are_refused(daily: list[int]) -> None:
    with pytest.raises(ValueError, match="at least one day"):
        forecast(0, 10, daily, TODAY)
