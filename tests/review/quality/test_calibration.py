import numpy as np
import pytest
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from review.quality.calibration import PLAIN, brier, crossed, platt_of, probabilities, scaling_helps

DRAW = np.random.default_rng(11)
TRUE = DRAW.normal(0.5, 1.5, 600)
GOOD = DRAW.random(600) < expit(TRUE)
FOLD = np.arange(600) % 5


def test_scaling_undoes_what_was_done_to_logits() -> None:
    platt = platt_of(3 * TRUE - 1, GOOD)
    assert platt.slope == pytest.approx(1 / 3, abs=0.06)
    assert platt.shift == pytest.approx(1 / 3, abs=0.2)
    # Without regularisation it is a logistic regression on the logit; Platt's targets move it by little.
    plain = LogisticRegression(C=np.inf).fit((3 * TRUE - 1)[:, None], GOOD)
    assert platt.slope == pytest.approx(plain.coef_[0, 0], abs=0.01)


def test_it_is_taken_where_it_lowers_brier_out_of_fold_and_only_there() -> None:
    assert scaling_helps(4 * TRUE, GOOD, FOLD)
    # Where logits are right already, a fitted scaling can only lose.
    right = probabilities(TRUE)
    assert scaling_helps(TRUE, GOOD, FOLD) == (brier(crossed(TRUE, GOOD, FOLD), GOOD) < brier(right, GOOD))
    assert not scaling_helps(4 * TRUE[:49], GOOD[:49], FOLD[:49])
    few = np.concatenate([np.flatnonzero(GOOD)[:300], np.flatnonzero(~GOOD)[:9]])
    assert not scaling_helps(4 * TRUE[few], GOOD[few], FOLD[few])


def test_no_row_has_part_in_its_own_scaling() -> None:
    found = crossed(4 * TRUE, GOOD, FOLD)
    turned = GOOD ^ (FOLD == 2)
    assert (crossed(4 * TRUE, turned, FOLD)[FOLD == 2] == found[FOLD == 2]).all()
    assert (crossed(4 * TRUE, turned, FOLD)[FOLD == 1] != found[FOLD == 1]).all()
    # Of the other folds only rows that are `fitted` have.
    fitted = np.arange(600) < 300
    assert (crossed(4 * TRUE, GOOD ^ ~fitted, FOLD, fitted) == crossed(4 * TRUE, GOOD, FOLD, fitted)).all()


def test_what_would_turn_the_order_around_is_left_plain() -> None:
    assert platt_of(-TRUE, GOOD) == PLAIN
    assert platt_of(TRUE, np.ones(600, np.bool_)) == PLAIN
    assert PLAIN.is_plain and not platt_of(4 * TRUE, GOOD).is_plain
