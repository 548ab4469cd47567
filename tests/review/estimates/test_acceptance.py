import pytest

from review.estimates import recommend
from review.estimates.acceptance import MOST_MORE

SURE = "with 95 % confidence"


@pytest.mark.parametrize(
    ("bad", "reviewed", "population", "kind", "sentence"),
    [
        (10, 500, 10_000, "accept", f"Accept: {SURE} no more than the tolerated 5 % are bad (at most 4.6 %)."),
        (50, 500, 10_000, "reject", f"Reject: {SURE} more than the tolerated 5 % are bad (at least 6.1 %)."),
        (3, 60, 60, "accept", "Accept: all are looked at, 5.0 % are bad, and 5 % is tolerated."),
        (4, 60, 60, "reject", "Reject: all are looked at, 6.7 % are bad, and 5 % is tolerated."),
        (24, 500, 10_000, "more", "Even 5,000 more reviews will hardly decide: 4.8 % is very near the tolerated 5 %."),
        (0, 0, 0, "more", "There is nothing to review."),
    ],
)  # fmt: skip
def test_the_recommendation_in_words(
    bad: int, reviewed: int, population: int, kind: str, sentence: str
) -> None:
    found = recommend(bad, reviewed, population, tolerated=0.05)
    assert (found.kind, found.sentence) == (kind, sentence)


@pytest.mark.parametrize(
    ("bad", "reviewed", "left", "more", "draw", "sentence"),
    [
        (0, 0, 500, 80, 0, "Review 80 more: if none of them is bad, that decides."),
        (0, 60, 0, 20, 20, "Review 20 more: if none of them is bad, that decides. They are still to be drawn."),
        (0, 60, 15, 20, 5, "Review 20 more: if none of them is bad, that decides. 5 of them are still to be drawn."),
        (0, 60, 19, 20, 1, "Review 20 more: if none of them is bad, that decides. 1 of them is still to be drawn."),
        (14, 500, 400, 292, 0, "Review 292 more: if the share of bad ones stays at 2.8 %, that decides."),
    ],
)  # fmt: skip
def test_how_many_more_and_how_many_are_to_be_drawn(
    bad: int, reviewed: int, left: int, more: int, draw: int, sentence: str
) -> None:
    found = recommend(bad, reviewed, 10_000, tolerated=0.05, left=left)
    assert (found.kind, found.more, found.draw, found.hardly) == ("more", more, draw, False)
    assert found.sentence == sentence


def test_so_many_more_decide_and_one_fewer_does_not() -> None:
    more = recommend(0, 60, 10_000, tolerated=0.05).more
    assert recommend(0, 60 + more, 10_000, tolerated=0.05).kind == "accept"
    assert recommend(0, 59 + more, 10_000, tolerated=0.05).kind == "more"
    more = recommend(4, 20, 10_000, tolerated=0.05).more
    assert more > 5
    assert recommend(4 + round(more / 5), 20 + more, 10_000, tolerated=0.05).kind == "reject"


def test_near_the_tolerated_share_there_is_an_end_to_it() -> None:
    found = recommend(24, 500, 1_000_000, tolerated=0.05, left=300)
    assert (found.more, found.draw, found.hardly) == (MOST_MORE, MOST_MORE - 300, True)


def test_of_a_small_population_all_the_rest_decides() -> None:
    found = recommend(3, 60, 100, tolerated=0.05)
    assert (found.kind, found.hardly) == ("more", False)
    assert found.more <= 40


def test_where_none_is_tolerated_one_bad_one_decides() -> None:
    found = recommend(1, 60, 10_000, tolerated=0)
    assert found.kind == "reject"
    assert found.sentence.endswith("the tolerated 0 % are bad (at least 0.02 %).")
    found = recommend(0, 60, 10_000, tolerated=0)
    assert found.sentence == (
        "None may be bad, and only reviewing nearly all of the 9,940 that are left can show that."
    )


def test_a_share_that_a_float_cannot_hold_tolerates_what_it_says() -> None:
    assert recommend(29, 100, 100, tolerated=0.29).kind == "accept"


def test_what_is_unsettled_counts_against_accepting_and_for_rejecting() -> None:
    assert recommend(10, 500, 10_000, tolerated=0.05).kind == "accept"
    found = recommend(10, 490, 10_000, tolerated=0.05, unsettled=10)
    assert (found.kind, found.settle) == ("more", True)
    assert found.sentence.startswith(
        "10 have no verdict that holds and count as bad until they have one: settle them. Or: Review "
    )
    assert recommend(50, 450, 10_000, tolerated=0.05, unsettled=50).kind == "reject"
    assert recommend(25, 475, 10_000, tolerated=0.05, unsettled=25).kind == "more"


def test_when_only_the_unsettled_are_left_they_decide() -> None:
    found = recommend(2, 58, 60, tolerated=0.05, unsettled=2)
    assert (found.kind, found.more, found.settle, found.hardly) == ("more", 0, True, False)
    assert found.sentence == "2 have no verdict that holds and count as bad until they have one: settle them."
    assert recommend(2, 59, 60, tolerated=0.05, unsettled=1).kind == "accept"
    assert recommend(4, 59, 60, tolerated=0.05, unsettled=1).sentence == (
        "Reject: all are looked at, at least 6.7 % are bad, and 5 % is tolerated."
    )


def test_an_open_one_is_settled_first_only_where_it_matters() -> None:
    assert recommend(10, 452, 10_000, tolerated=0.05).kind == "accept"
    found = recommend(10, 452, 10_000, tolerated=0.05, unsettled=1)
    assert (found.kind, found.settle) == ("more", True)
    assert found.sentence.startswith(
        "1 has no verdict that holds and counts as bad until it has one: settle it. Or:"
    )
    assert not recommend(10, 451, 10_000, tolerated=0.05, unsettled=1).settle


@pytest.mark.parametrize("tolerated", [-0.1, 1.0])
def test_a_tolerated_share_that_cannot_be_is_refused(tolerated: float) -> None:
    with pytest.raises(ValueError, match="tolerated"):
        recommend(1, 5, 9, tolerated=tolerated)


@pytest.mark.parametrize(("unsettled", "left"), [(-1, 0), (0, -1), (5, 0)])
def test_counts_that_cannot_be_are_refused(unsettled: int, left: int) -> None:
    with pytest.raises(ValueError, match="of only 9"):
        recommend(1, 5, 9, tolerated=0.05, unsettled=unsettled, left=left)
