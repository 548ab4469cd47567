import numpy as np
import pytest

from review.estimates import Gold, corrected


def test_reviewers_who_never_err_change_nothing_but_what_is_not_known_of_them() -> None:
    found = corrected(20, 500, Gold(10_000, 10_000, 10_000, 10_000))
    assert found.share == pytest.approx(0.04)
    assert (found.low, found.high) == pytest.approx((0.025, 0.0615), abs=0.001)


@pytest.mark.parametrize(
    ("bad", "gold", "share"),
    [
        # Of 0.10 judged bad, 0.03 are what good ones alone would give; 0.87 is what tells bad from good.
        (50, Gold(45, 50, 97, 100), 0.07 / 0.87),
        # Fewer are judged bad than good ones alone would give, and more than all bad ones would.
        (5, Gold(45, 50, 97, 100), 0.0),
        (490, Gold(45, 50, 97, 100), 1.0),
    ],
)
def test_the_share_is_that_of_rogan_and_gladen_kept_within_0_and_1(
    bad: int, gold: Gold, share: float
) -> None:
    found = corrected(bad, 500, gold)
    assert found.share == pytest.approx(share)
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.low <= share <= found.high <= 1


def test_fewer_gold_examples_make_a_wider_interval() -> None:
    widths = []
    for many in (1, 4, 16):
        found = corrected(50, 500, Gold(18 * many, 20 * many, 19 * many, 20 * many))
        assert found.low is not None
        assert found.high is not None
        widths.append(found.high - found.low)
    assert widths == sorted(widths, reverse=True)


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    random, runs = np.random.default_rng(20_251_123), 600
    for share, sensitivity, specificity in ((0.05, 0.9, 0.98), (0.2, 0.8, 0.95)):
        apparent = share * sensitivity + (1 - share) * (1 - specificity)
        bad = random.binomial(500, apparent, runs).tolist()
        caught = random.binomial(50, sensitivity, runs).tolist()
        passed = random.binomial(100, specificity, runs).tolist()
        held = 0
        for judged, found, let in zip(bad, caught, passed, strict=True):
            correction = corrected(judged, 500, Gold(found, 50, let, 100))
            assert correction.low is not None
            assert correction.high is not None
            held += correction.low <= share <= correction.high
        assert 0.93 <= held / runs <= 0.995


def test_the_share_stays_within_its_interval_however_little_is_known() -> None:
    found = corrected(1, 1, Gold(300, 300, 10, 11), 0.99)
    assert (found.share, found.high) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("reviewed", "gold", "reason"),
    [
        (0, Gold(45, 50, 97, 100), "nothing is reviewed yet"),
        (500, Gold(9, 9, 97, 100), "it needs 10 judgements of bad gold examples and 10 of good ones"),
        (500, Gold(45, 50, 9, 9), "and there are 50 and 9"),
        (500, Gold(0, 0, 0, 0), "and there are 0 and 0"),
        (
            500,
            Gold(5, 10, 5, 10),
            "on gold examples the reviewers tell bad from good hardly better than chance",
        ),
        (500, Gold(1, 10, 2, 10), "hardly better than chance"),
        (500, Gold(7, 10, 6, 10), "hardly better than chance"),
    ],
)
def test_what_cannot_be_corrected_says_why(reviewed: int, gold: Gold, reason: str) -> None:
    found = corrected(0, reviewed, gold)
    assert not found.usable
    assert reason in found.reason
    assert found.sentence == f"Not corrected for the reviewers' errors: {found.reason}."
    assert (found.share, found.low, found.high) == (None, None, None)


def test_the_correction_in_words() -> None:
    found = corrected(50, 500, Gold(45, 50, 97, 100, "settled examples"))
    assert found.usable
    assert found.sentence == (
        "Corrected for the reviewers' own errors: 8.0 % (2.2 to 12.6 %). "
        "On settled examples they found 45 of 50 bad ones and passed 97 of 100 good ones."
    )


def test_sensitivity_and_specificity_are_the_shares_judged_right() -> None:
    assert (Gold(45, 50, 97, 100).sensitivity, Gold(45, 50, 97, 100).specificity) == (0.9, 0.97)
    assert (Gold(0, 0, 0, 0).sensitivity, Gold(0, 0, 0, 0).specificity) == (None, None)


@pytest.mark.parametrize(
    ("bad", "reviewed", "gold", "confidence"),
    [
        (6, 5, Gold(1, 2, 1, 2), 0.95),
        (1, 5, Gold(3, 2, 1, 2), 0.95),
        (1, 5, Gold(1, 2, -1, 2), 0.95),
        (1, 5, Gold(1, 2, 1, 2), 1.0),
    ],
)
def test_counts_that_cannot_be_are_refused(bad: int, reviewed: int, gold: Gold, confidence: float) -> None:
    with pytest.raises(ValueError, match="no correction"):
        corrected(bad, reviewed, gold, confidence)
