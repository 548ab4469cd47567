import numpy as np
import pytest
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score

from review.quality.metrics import (
    auc,
    average_precision,
    bins_of,
    confusion_at,
    curve_of,
    expected_calibration_error,
)
from review.quality.resampling import auc_draws, interval_of

DRAW = np.random.default_rng(5)
GOOD = DRAW.random(300) < 0.7
PROBABILITY = np.round(np.clip(0.6 + 0.2 * GOOD + DRAW.normal(0, 0.2, 300), 0, 1), 2)  # with ties


def test_area_and_precision_are_those_of_scikit_learn() -> None:
    assert auc(PROBABILITY, GOOD) == pytest.approx(roc_auc_score(GOOD, PROBABILITY))
    assert average_precision(PROBABILITY, GOOD) == pytest.approx(average_precision_score(~GOOD, -PROBABILITY))


def test_one_class_has_no_area() -> None:
    assert auc(PROBABILITY, np.ones(300, np.bool_)) is None
    assert average_precision(PROBABILITY, np.ones(300, np.bool_)) is None
    assert curve_of(PROBABILITY, np.ones(300, np.bool_)) == ()


def test_the_curve_says_what_dropping_below_each_threshold_would_catch() -> None:
    points = curve_of(PROBABILITY, GOOD)
    for point in points[:-1]:
        dropped = point.threshold > PROBABILITY
        assert point.precision == pytest.approx((~GOOD[dropped]).mean())
        assert point.recall == pytest.approx((dropped & ~GOOD).sum() / (~GOOD).sum())
    assert points[-1].recall == 1 and points[-1].precision == pytest.approx((~GOOD).mean())
    known = {round(value, 9) for value in precision_recall_curve(~GOOD, -PROBABILITY)[0]}
    assert {round(point.precision, 9) for point in points} <= known
    assert len(curve_of(DRAW.random(5_000), DRAW.random(5_000) < 0.5)) <= 101


def test_reliability_of_bins_by_hand() -> None:
    probability = np.array([0.05, 0.05, 0.15, 0.95, 1.0, 1.0])
    good = np.array([False, True, False, True, True, False])
    bins = bins_of(probability, good)
    assert [each.count for each in bins] == [2, 1, 0, 0, 0, 0, 0, 0, 0, 3]
    assert (bins[0].predicted, bins[0].good, bins[5].good) == (0.05, 0.5, None)
    assert bins[9].good_low is not None and 0.2 < bins[9].good_low < 2 / 3
    off = (2 * 0.45 + 1 * 0.15 + 3 * abs(2.95 / 3 - 2 / 3)) / 6
    assert expected_calibration_error(bins) == pytest.approx(off)


def test_a_threshold_keeps_what_is_at_or_above_it() -> None:
    found = confusion_at(0.5, np.array([0.5, 0.7, 0.4, 0.1]), np.array([True, False, True, False]))
    assert (found.kept_good, found.kept_bad, found.dropped_good, found.dropped_bad) == (1, 1, 1, 1)


def test_a_draw_weighs_rows_as_often_as_their_group_is_drawn() -> None:
    groups = np.repeat(np.arange(100), 3)
    draws = auc_draws([PROBABILITY, -PROBABILITY], GOOD, groups, rounds=50, seed=2)
    picks = np.random.default_rng(2).integers(100, size=(50, 100))
    for place in (0, 17, 49):
        rows = np.concatenate([np.flatnonzero(groups == group) for group in picks[place]])
        assert draws[0, place] == pytest.approx(roc_auc_score(GOOD[rows], PROBABILITY[rows]))
    assert draws[0] + draws[1] == pytest.approx(np.ones(50))


def test_the_interval_covers_and_is_wider_where_rows_belong_together() -> None:
    alone = interval_of(auc_draws([PROBABILITY], GOOD, np.arange(300))[0])
    # Each row stands three times: three times as many rows say no more.
    again = np.repeat(np.arange(300), 3)
    tied = interval_of(auc_draws([PROBABILITY[again]], GOOD[again], again)[0])
    naive = interval_of(auc_draws([PROBABILITY[again]], GOOD[again], np.arange(900))[0])
    assert alone and tied and naive
    assert alone.low < float(roc_auc_score(GOOD, PROBABILITY)) < alone.high
    assert (tied.high - tied.low) / (alone.high - alone.low) == pytest.approx(1, abs=0.1)
    assert (naive.high - naive.low) / (alone.high - alone.low) == pytest.approx(3**-0.5, abs=0.1)


def test_too_few_groups_have_no_interval() -> None:
    assert interval_of(auc_draws([PROBABILITY], GOOD, np.arange(300) % 9)[0]) is None
    assert interval_of(np.array([np.nan, np.nan, 0.5])) is None
