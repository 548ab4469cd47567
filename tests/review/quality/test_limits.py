import numpy as np
import pytest

from review.estimates import wilson
from review.quality.limits import counted, limits_of, preview

LIMITS = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
ALL = np.concatenate([np.full(100, 0.1), np.full(200, 0.25), np.full(300, 0.6), np.full(400, 1.0)])
GOOD = np.array([False, False, False, True, False, True, True, True, True, True])
SCORES = np.array([0.05, 0.1, 0.3, 0.3, 0.6, 0.6, 0.7, 0.8, 0.9, 1.0])


def test_for_every_limit_what_is_kept_caught_and_lost() -> None:
    found = preview(GOOD, SCORES, counted(ALL, LIMITS), LIMITS)
    assert found.kept.tolist() == [1_000, 900, 700, 400, 400]
    assert found.labels_kept.tolist() == [10, 8, 6, 3, 1]
    assert found.bad_kept.tolist() == [4, 2, 1, 0, 0]
    assert found.bad_share.tolist() == pytest.approx([4 / 10, 2 / 8, 1 / 6, 0, 0])
    assert found.bad_caught.tolist() == pytest.approx([0, 2 / 4, 3 / 4, 1, 1])
    assert found.good_lost.tolist() == pytest.approx([0, 0, 1 / 6, 3 / 6, 5 / 6])
    assert (found.labels, found.bad) == (10, 4)


def test_the_interval_is_that_of_the_sample_report() -> None:
    found = preview(GOOD, SCORES, counted(ALL, LIMITS), LIMITS, confidence=0.9)
    for at, (bad, labels, kept) in enumerate(zip(found.bad_kept, found.labels_kept, found.kept, strict=True)):
        interval = wilson(int(bad), int(labels), 0.9, int(kept))
        assert interval
        assert (found.low[at], found.high[at]) == (interval.low, interval.high)


def test_kept_never_rises_and_caught_and_lost_never_fall() -> None:
    random = np.random.default_rng(3)
    limits, good, scores = limits_of(), random.random(500) < 0.8, random.random(500)
    found = preview(good, scores, counted(random.random(9_000), limits), limits)
    assert len(limits) == 101
    assert (found.kept[0], found.bad_caught[0], found.good_lost[0]) == (9_000, 0, 0)
    assert bool(np.all(np.diff(found.kept) <= 0))
    for rising in (found.bad_caught, found.good_lost):
        assert bool(np.all(np.diff(rising) >= 0))


def test_counts_of_parts_add_up() -> None:
    parts = sum(counted(ALL[at::3], LIMITS) for at in range(3))
    assert np.array_equal(parts, counted(ALL, LIMITS))


def test_what_rests_on_no_label_is_not_a_number() -> None:
    empty = preview(np.zeros(0, bool), np.zeros(0), counted(ALL, LIMITS), LIMITS)
    for figure in (empty.bad_share, empty.low, empty.high, empty.bad_caught, empty.good_lost):
        assert bool(np.isnan(figure).all())
    assert empty.kept[0] == 1_000
    one_class = preview(np.ones(3, bool), np.array([0.1, 0.6, np.nan]), counted(ALL, LIMITS), LIMITS)
    assert bool(np.isnan(one_class.bad_caught).all())
    assert (one_class.labels, one_class.good_lost[2], one_class.bad_share[2]) == (2, 0.5, 0)


def test_labels_can_score_above_a_limit_that_nothing_of_all_reaches() -> None:
    found = preview(GOOD, SCORES, counted(np.zeros(5), LIMITS), LIMITS)
    assert (found.kept[3], found.labels_kept[3]) == (0, 3)
    assert found.low[3] <= found.bad_share[3] <= found.high[3]


@pytest.mark.parametrize("limits", [LIMITS[:4], LIMITS[::-1], np.zeros(5)])
def test_what_does_not_fit_together_is_refused(limits: np.ndarray) -> None:
    with pytest.raises(ValueError, match="do not fit together"):
        preview(GOOD, SCORES, counted(ALL, LIMITS), limits)
    with pytest.raises(ValueError, match="do not fit together"):
        preview(GOOD[:3], SCORES, counted(ALL, LIMITS), LIMITS)
