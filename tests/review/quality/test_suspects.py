import numpy as np
import pytest

from review.quality.suspects import disagreements, label_errors

GOOD = np.array([True, True, True, False, False, False, True, False])
SCORES = np.array([0.04, 0.099, 0.1, 0.97, 0.91, 0.5, 0.99, np.nan])
IDS = list("abcdefgh")


def test_improbable_labels_are_listed_surest_first() -> None:
    found = label_errors(IDS, GOOD, SCORES)
    assert [suspect.id for suspect in found] == ["d", "a", "e", "b"]
    assert [suspect.row for suspect in found] == [3, 0, 4, 1]
    assert found[0].probability == pytest.approx(0.03)
    assert found[0].sentence == (
        "Labelled bad; the classifier, which has not seen this label, takes it for good (97 %)."
    )
    assert found[1].sentence == (
        "Labelled good; the classifier, which has not seen this label, takes it for bad (96 %)."
    )


def test_a_rare_label_is_no_error_for_being_rare() -> None:
    good, scores = np.arange(100) >= 4, np.full(100, 0.96)
    scores[0], scores[1] = 0.985, 0.975
    assert [suspect.row for suspect in label_errors([str(row) for row in range(100)], good, scores)] == [0]


def test_what_the_classifier_takes_for_good_and_a_reviewer_called_bad() -> None:
    assert [suspect.id for suspect in disagreements(IDS, GOOD, SCORES)] == ["d", "e", "f"]
    assert [suspect.id for suspect in disagreements(IDS, GOOD, SCORES, threshold=0.95)] == ["d"]


def test_the_order_of_rows_does_not_matter() -> None:
    order = np.array([7, 4, 0, 5, 3, 6, 1, 2])
    ids, good, scores = [IDS[row] for row in order], GOOD[order], np.where(SCORES > 0.9, 0.95, SCORES)[order]
    for listed in (label_errors, disagreements):
        straight = listed(IDS, GOOD, np.where(SCORES > 0.9, 0.95, SCORES))
        assert [suspect.id for suspect in listed(ids, good, scores)] == [suspect.id for suspect in straight]


def test_nothing_scored_is_nothing_suspect() -> None:
    assert label_errors([], np.zeros(0, bool), np.zeros(0)) == ()
    assert label_errors(IDS, GOOD, np.full(8, np.nan)) == disagreements(IDS, GOOD, np.full(8, np.nan)) == ()
    with pytest.raises(ValueError, match="differ in number"):
        label_errors(IDS, GOOD, SCORES[:3])
