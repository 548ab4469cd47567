import pytest

from review.estimates import Estimate, estimate


@pytest.mark.parametrize(
    ("bad", "reviewed", "population", "said", "bound"),
    [
        (0, 0, 500, "Nothing is reviewed yet.", ""),
        (0, 0, 0, "Nothing is reviewed yet.", ""),
        (20, 500, 10_000, "20 of 500 reviewed are bad: 4.0 % (2.6 to 6.1 %).", "5.8 % of the 10,000 are."),
        (1, 60, 10_000, "1 of 60 reviewed is bad: 1.7 % (0.3 to 8.9 %).", "7.7 % of the 10,000 are."),
        (0, 60, 10_000, "0 of 60 reviewed are bad: 0.0 % (0.0 to 6.0 %).", "4.9 % of the 10,000 are."),
        (
            4,
            8,
            1_000_000,
            "4 of 8 reviewed are bad: 50.0 % (21.5 to 78.5 %).",
            "80.8 % of the 1,000,000 are.",
        ),
        (60, 60, 10_000, "60 of 60 reviewed are bad: 100.0 % (94.0 to 100.0 %).", ""),
        (3, 60, 60, "3 of 60 reviewed are bad: 5.0 %. That is all there are, so it is exact.", ""),
    ],
)
def test_the_estimate_in_words(bad: int, reviewed: int, population: int, said: str, bound: str) -> None:
    sentence = f"{said} With 95 % confidence at most {bound}" if bound else said
    assert estimate(bad, reviewed, population).sentence == sentence


def test_another_confidence_is_said_and_counted_with() -> None:
    found = estimate(20, 500, 10_000, 0.99)
    assert found.sentence.endswith(
        "4.0 % (2.3 to 6.9 %). With 99 % confidence at most 6.5 % of the 10,000 are."
    )


def test_a_bound_from_above_is_rounded_up() -> None:
    found = estimate(20, 500, 10_000)
    assert found.at_most == 571
    assert "at most 5.8 %" in found.sentence


def test_nothing_reviewed_says_nothing() -> None:
    found = estimate(0, 0, 500)
    assert found == Estimate(0, 0, 500, None, None, None)
    assert (found.at_most, found.is_census, estimate(0, 0, 0).is_census) == (500, False, False)


def test_a_census_leaves_nothing_to_chance() -> None:
    found = estimate(3, 60, 60)
    assert found.is_census
    assert {found.share, found.low, found.high, found.exact_low, found.exact_high, found.upper} == {0.05}


def test_the_exact_interval_is_in_whole_examples() -> None:
    found = estimate(20, 500, 10_000)
    assert (found.exact_low, found.exact_high, found.upper) == (0.025, 0.0605, 0.0571)


def test_more_reviewed_than_there_are_is_refused() -> None:
    with pytest.raises(ValueError, match="61 reviewed of only 60"):
        estimate(0, 61, 60)
