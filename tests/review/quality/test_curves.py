from dataclasses import replace

import numpy as np
import pytest

from review.quality import curves
from review.quality.curves import Rows, learning_curve, split
from review.quality.labels import Labels
from review.quality.ladder import Step
from review.quality.matrices import Texts
from tests.review.quality.planted import first, labels, texts


def test_more_labels_are_better_and_the_points_say_by_which_model() -> None:
    ticks: list[int] = []
    curve = learning_curve(texts(), labels(), (30, 100, 900), seeds=2, tick=lambda: ticks.append(1))
    assert [(point.labels, point.step, point.runs) for point in curve] == [
        (30, Step.FEATURES, 2),
        (100, Step.WORDS, 2),
    ]
    assert len(ticks) == 6
    assert 0.75 < curve[0].auc.mean < curve[1].auc.mean < 1
    assert (
        curve[1].interval is not None and curve[1].interval.low < curve[1].auc.mean < curve[1].interval.high
    )
    assert 0.4 < curve[1].length_auc.mean < curve[1].auc.mean
    assert curve[1].brier.mean < curve[0].brier.mean < 0.25 and curve[0].auc.sd > 0


def test_the_same_is_found_again() -> None:
    known, given = first(80)
    once = learning_curve(known, given, (40,), seeds=1)
    assert once == learning_curve(known, given, (40,), seeds=1)
    assert once[0].auc.sd == 0 and once[0].runs == 1


def test_a_group_is_held_out_as_a_whole() -> None:
    group = np.repeat(np.arange(40), 5)
    for seed in range(3):
        pool, held = split(group, 0.35, seed)
        assert not {*group[pool].tolist()} & {*group[held].tolist()}
        assert sorted([*pool.tolist(), *held.tolist()]) == list(range(200))
        assert len(held) == 70
    assert split(group, 0.35, 0)[0].tolist() != split(group, 0.35, 1)[0].tolist()


def test_a_smaller_set_of_labels_lies_in_a_larger_one(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[set[int]] = []

    def run(known: Texts, given: Labels, rows: Rows, held: Rows, seed: int) -> None:
        taken.append({*rows.tolist()})
        assert not taken[-1] & {*held.tolist()}

    monkeypatch.setattr(curves, "_run", run)
    assert learning_curve(texts(), labels(), (60, 20, 40), seeds=2) == []
    assert [len(rows) for rows in taken] == [20, 40, 60] * 2
    assert taken[0] < taken[1] < taken[2] != taken[5] > taken[4] > taken[3]


def test_what_cannot_be_split_or_trained_has_no_point() -> None:
    known, given = first(40)
    one = replace(given, groups=(("all",),) * 40)
    assert learning_curve(known, one, (20,), seeds=2) == []
    assert learning_curve(known, Labels.of([True] * 40), (20,), seeds=2) == []
    for share in (0.0, 1.0, -1.0):
        with pytest.raises(ValueError, match="between 0 and 1"):
            learning_curve(known, given, (20,), holdout=share)
