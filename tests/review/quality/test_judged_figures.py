"""A judge's figures: its area beside length's and the classifier's, on the same labels."""

import numpy as np
import pytest

from review.quality.judged import JudgedRows, JudgeFigures, judge_figures

COUNT = 120
GOOD = np.arange(COUNT) % 3 > 0


def figures(score: np.ndarray, words: np.ndarray | None = None, known: int = 0) -> JudgeFigures:
    dice = np.random.default_rng(2)
    classifier = np.where(np.arange(COUNT) < known, GOOD * 0.5 + dice.random(COUNT) * 0.6, np.nan)
    length = dice.random(COUNT) * 100 if words is None else words
    return judge_figures(JudgedRows(score.astype(np.float64), GOOD, length, np.arange(COUNT), classifier))


def noisy(share: float) -> np.ndarray:
    """Scores that follow the labels in that share of cases."""
    dice = np.random.default_rng(1)
    follows = dice.random(COUNT) < share
    return np.where(follows, np.where(GOOD, 5, 2), dice.integers(1, 6, COUNT))


def test_a_judge_that_knows_is_better_than_length() -> None:
    found = figures(noisy(0.8), known=90)
    assert (found.count, found.bad) == (120, 40)
    assert found.judge.value and found.judge.value > 0.85
    assert found.judge.interval and found.judge.interval.low < found.judge.value < found.judge.interval.high
    assert found.standing.startswith(
        f"Better than length: its area under the curve is {found.judge.value:.2f} ("
    )
    assert found.mean_good and found.mean_bad and found.mean_good > 4 > 3 > found.mean_bad
    assert (found.classifier.count, found.judge_there.count) == (90, 90)
    assert found.classifier.value and found.classifier.value > 0.8


def test_the_table_counts_every_label_once() -> None:
    score = noisy(0.8).astype(np.float64)
    score[:2] = [4.5, 1.4]
    found = figures(score)
    assert [grade for grade, *_ in found.table] == [1, 2, 3, 4, 5]
    assert sum(good + bad for _, good, bad in found.table) == COUNT
    assert sum(bad for *_, bad in found.table) == 40
    score[:2] = [5, 1]
    assert found.table == figures(score).table  # 4.5 counts with 5, and 1.4 with 1


def test_a_judge_that_goes_by_length_is_not_better_than_it() -> None:
    words = (
        np.where(GOOD, 30.0, 60.0) + np.random.default_rng(5).random(COUNT) * 40
    )  # shorter ones are better
    found = figures(np.clip(6 - np.round(words / 20), 1, 5), words)
    assert found.length.value and found.length.value > 0.8
    assert not found.beats_length
    assert found.standing.startswith("Not better than length: ")


@pytest.mark.parametrize("score", [np.full(COUNT, 3.0), np.random.default_rng(9).integers(1, 6, COUNT)])
def test_a_judge_that_says_nothing_is_not_better_than_length(score: np.ndarray) -> None:
    assert not figures(score).beats_length


def test_too_few_labels_are_not_measured() -> None:
    empty = np.zeros(0)
    for found in (
        judge_figures(JudgedRows(empty, empty > 0, empty, empty.astype(np.int64), empty)),
        judge_figures(JudgedRows(np.ones(4), np.ones(4) > 0, np.ones(4), np.arange(4), np.full(4, np.nan))),
    ):
        assert not found.beats_length
        assert found.standing.startswith("Not measured")
    assert found.mean_bad is None
