import pytest
from scipy.stats import binomtest

from review.estimates import Estimate, estimate, wilson


@pytest.mark.parametrize("reviewed", [1, 2, 7, 60, 61, 500, 2_500, 50_000])
@pytest.mark.parametrize("share", [0.0, 0.01, 0.04, 0.2, 0.5, 0.97, 1.0])
@pytest.mark.parametrize("confidence", [0.8, 0.95, 0.99])
def test_wilson_is_what_scipy_says(reviewed: int, share: float, confidence: float) -> None:
    bad = round(reviewed * share)
    interval = wilson(bad, reviewed, confidence)
    truth = binomtest(bad, reviewed).proportion_ci(confidence, method="wilson")
    assert interval is not None
    assert interval.low == pytest.approx(truth.low, abs=1e-12)
    assert interval.high == pytest.approx(truth.high, abs=1e-12)


@pytest.mark.parametrize("reviewed", [1, 60, 500])
def test_the_ends_are_exact_and_the_interval_stays_between_them(reviewed: int) -> None:
    none, every = wilson(0, reviewed), wilson(reviewed, reviewed)
    assert none is not None
    assert every is not None
    assert none.low == 0.0 < none.high < 1.0
    assert 0.0 < every.low < every.high == 1.0


def test_nothing_reviewed_has_no_interval() -> None:
    assert wilson(0, 0) is None
    assert estimate(0, 0, 500) == Estimate(0, 0, 500, None, None, None)
    assert estimate(0, 0, 500).sentence == "Nothing is reviewed yet."


@pytest.mark.parametrize(
    ("bad", "reviewed", "confidence"), [(-1, 5, 0.95), (6, 5, 0.95), (1, 5, 1.0), (1, 5, 0.0)]
)
def test_counts_that_cannot_be_are_refused(bad: int, reviewed: int, confidence: float) -> None:
    with pytest.raises(ValueError, match="no interval"):
        wilson(bad, reviewed, confidence)


def test_more_reviewed_than_there_are_is_refused() -> None:
    with pytest.raises(ValueError, match="61 reviewed of only 60"):
        estimate(0, 61, 60)


@pytest.mark.parametrize(
    ("bad", "reviewed", "sentence"),
    [
        (20, 500, "20 of 500 reviewed are bad: 4.0 % (2.6 to 6.1 %)"),
        (1, 60, "1 of 60 reviewed is bad: 1.7 % (0.3 to 8.9 %)"),
        (0, 60, "0 of 60 reviewed are bad: 0.0 % (0.0 to 6.0 %)"),
        (60, 60, "60 of 60 reviewed are bad: 100.0 % (94.0 to 100.0 %)"),
        (1_000, 2_000, "1,000 of 2,000 reviewed are bad: 50.0 % (47.8 to 52.2 %)"),
    ],
)
def test_the_estimate_in_words(bad: int, reviewed: int, sentence: str) -> None:
    assert estimate(bad, reviewed, 10_000).sentence == sentence
