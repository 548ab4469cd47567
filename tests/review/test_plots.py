"""Where the marks of a plot stand."""

import pytest

from review.estimates import estimate
from review.plots import Axis, Mark, axis_end, axis_of, funnel_bars, interval_plot


@pytest.mark.parametrize(
    ("high", "end"),
    [
        (0.0, 0.01),
        (0.0086, 0.01),
        (0.0087, 0.02),
        (0.061, 0.1),
        (0.087, 0.15),
        (0.131, 0.2),
        (0.21, 0.3),
        (0.5, 1.0),
        (1.0, 1.0),
    ],
)
def test_the_axis_leaves_the_interval_some_room(high: float, end: float) -> None:
    assert axis_end(high) == pytest.approx(end)


def test_an_interval_stands_in_proportion_to_its_axis() -> None:
    plot = interval_plot(estimate(bad=20, reviewed=500, population=10_000))
    assert plot is not None
    assert (plot.end, plot.end_text) == (0.1, "10 %")
    assert (plot.low, plot.point, plot.high) == pytest.approx((26.04, 40.0, 60.97), abs=0.005)


def test_intervals_can_share_one_axis() -> None:
    plot = interval_plot(estimate(bad=20, reviewed=500, population=10_000), end=0.5)
    assert plot is not None
    assert plot.point == 8.0


def test_there_is_no_plot_before_the_first_label() -> None:
    assert interval_plot(estimate(bad=0, reviewed=0, population=10)) is None


def test_the_funnel_narrows_from_what_was_measured() -> None:
    bars = funnel_bars(200, [("Format", 20, 20, "none is allowed"), ("Length", 30, 45, "")])
    assert [(bar.dropped, bar.outside, bar.kept, bar.share) for bar in bars] == [
        (20, 20, 180, 90.0),
        (30, 45, 150, 75.0),
    ]


def test_a_funnel_of_nothing_has_no_share() -> None:
    assert [bar.share for bar in funnel_bars(0, [("Format", 0, 0, "")])] == [0.0]


def test_rows_share_an_axis_that_reaches_them_all() -> None:
    axis = axis_of([0.061, 0.05])
    assert axis == Axis(0.1)
    assert axis.mark(0.026, 0.061, 0.04) == Mark(26.0, 61.0, 40.0)
    assert [text for _, text in axis.ticks] == ["0 %", "2 %", "4 %", "6 %", "8 %", "10 %"]
    assert [text for _, text in axis_of([0.009]).ticks][-2:] == ["1.6 %", "2 %"]


@pytest.mark.parametrize(
    ("low", "point", "expected"),
    [(0.05, 0.3, Mark(50.0, 100.0, None, True)), (0.2, 0.1, Mark(100.0, 100.0, 100.0, True))],
)
def test_what_goes_on_beyond_the_end_is_marked(low: float, point: float, expected: Mark) -> None:
    assert Axis(0.1).mark(low, 0.6, point) == expected
