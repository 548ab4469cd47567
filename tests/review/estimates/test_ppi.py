import numpy as np
import numpy.typing as npt
import pytest

from review.estimates import Interval, wilson
from review.estimates.ppi import PoweredEstimate, prediction_powered

Floats = npt.NDArray[np.float64]


def labels(bad: int, reviewed: int) -> npt.NDArray[np.bool_]:
    return np.arange(reviewed) < bad


def telling(bad: int, reviewed: int, apart: float = 0.6) -> Floats:
    """Return scores that stand so far apart for bad and good ones, evenly spread besides."""
    noise = np.tile(np.linspace(0, 1 - apart, 20), reviewed // 20)
    return noise + apart * labels(bad, reviewed)


def powered(bad: int, reviewed: int, population: int, scores: Floats, others: float) -> PoweredEstimate:
    return prediction_powered(labels(bad, reviewed), scores, others=others, population=population)


def ends(found: PoweredEstimate | Interval | None) -> tuple[float, float]:
    assert found is not None and found.low is not None and found.high is not None
    return found.low, found.high


def test_the_scores_of_all_the_others_move_the_share() -> None:
    scores = telling(40, 400, 0.4)
    found = powered(40, 400, 40_000, scores, float(scores.mean()) + 0.02)
    slope = np.cov(scores, labels(40, 400))[0, 1] / scores.var(ddof=1)
    assert found.weight == pytest.approx(slope)
    assert 0.5 < slope < 0.95
    assert found.share == pytest.approx(0.1 + slope * 0.99 * 0.02)
    low, high = ends(found)
    assert low < 0.1 + slope * 0.99 * 0.02 < high


def test_telling_scores_narrow_the_interval_and_it_is_said() -> None:
    scores = telling(40, 400)
    found = powered(40, 400, 40_000, scores, float(scores.mean()))
    low, high = ends(wilson(40, 400, population=40_000))
    assert found.width_ratio == pytest.approx((ends(found)[1] - ends(found)[0]) / (high - low))
    assert found.share == pytest.approx(0.1)
    assert found.usable
    assert found.sentence == (
        "Counting in the classifier's scores of all 40,000: 10.0 % (8.3 to 12.0 %), an interval 38 % narrower."
    )


@pytest.mark.parametrize(
    ("bad", "reviewed", "population", "reason"),
    [
        (0, 0, 500, "nothing is reviewed yet"),
        (20, 180, 10_000, "it needs 200 reviewed ones, and there are 180"),
        (
            7,
            400,
            10_000,
            "it needs 8 bad and 8 good ones among the reviewed, and there are 7 bad and 393 good",
        ),
        (
            0,
            400,
            10_000,
            "it needs 8 bad and 8 good ones among the reviewed, and there are 0 bad and 400 good",
        ),
        (
            400,
            400,
            10_000,
            "it needs 8 bad and 8 good ones among the reviewed, and there are 400 bad and 0 good",
        ),
        (40, 400, 400, "all are reviewed, so the share is exact without them"),
    ],
)
def test_where_the_plain_one_is_to_be_shown_it_says_why(
    bad: int, reviewed: int, population: int, reason: str
) -> None:
    found = powered(bad, reviewed, population, telling(bad, reviewed), 0.3)
    assert (found.usable, found.reason) == (False, reason)
    assert found.sentence == f"The scores are not counted in: {reason}."


@pytest.mark.parametrize(
    "scores",
    [np.full(400, 0.3), np.full(400, 0.1) + 1e-16, 1 - telling(40, 400), np.tile([0.1, 0.9], 200)],
    ids=["equal", "equal but for rounding", "inverted", "useless"],
)
def test_scores_that_say_nothing_are_not_counted_in(scores: Floats) -> None:
    found = powered(40, 400, 40_000, scores, 0.9)
    assert found.weight == pytest.approx(0, abs=1e-9)
    assert found.share == pytest.approx(0.1)
    assert found.reason == "the interval would not be narrower"


def test_scores_that_never_erred_yet_are_not_taken_for_faultless() -> None:
    found = powered(40, 400, 40_000, labels(40, 400).astype(float), 0.1)
    assert found.width_ratio == pytest.approx(0.31, abs=0.02)


def test_a_census_is_exact() -> None:
    found = powered(40, 400, 400, telling(40, 400), 0.0)
    assert (found.share, found.low, found.high) == (0.1, 0.1, 0.1)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_the_ends_stay_within_what_the_labels_leave_possible(share: float) -> None:
    # The others' scores contradict the labels altogether.
    low, high = ends(powered(100, 400, 500, telling(100, 400), share))
    assert 100 / 500 <= low <= high <= 1 - 300 / 500


@pytest.mark.parametrize(
    ("scores", "others", "population"),
    [
        (np.zeros(9), 0.5, 100),
        (np.zeros(10), 1.5, 100),
        (np.full(10, -0.1), 0.5, 100),
        (np.full(10, np.nan), 0.5, 100),
        (np.zeros(10), np.nan, 100),
        (np.zeros(10), 0.5, 9),
    ],
)
def test_what_cannot_be_is_refused(scores: Floats, others: float, population: int) -> None:
    with pytest.raises(ValueError, match=r"labels and|probabilities"):
        prediction_powered(labels(2, 10), scores, others=others, population=population)


@pytest.mark.parametrize(("reviewed", "share"), [(200, 0.2), (500, 0.05)])
@pytest.mark.parametrize("apart", [1.8, 0.0], ids=["good", "useless"])
def test_it_holds_the_truth_as_often_as_the_plain_one(reviewed: int, share: float, apart: float) -> None:
    """A small part of `bench.ppi`: 1,000 datasets of 10,000, of which the classifier scores all."""
    random, truth, held, narrower = np.random.default_rng(20_251_123), round(share * 10_000), 0, 0
    bad = np.arange(10_000) < truth
    scores = 1 / (1 + np.exp(-random.normal(np.where(bad, apart, 0.0) - 1.5)))
    for _ in range(1_000):
        drawn = random.choice(10_000, reviewed, replace=False, shuffle=False)
        others = (scores.sum() - scores[drawn].sum()) / (10_000 - reviewed)
        found = prediction_powered(bad[drawn], scores[drawn], others=others, population=10_000)
        plain = wilson(found.bad, reviewed, population=10_000)
        low, high = ends(found if found.usable else plain)
        held += low <= share <= high
        narrower += found.usable
    # Two and a half standard deviations of chance about the point that is allowed.
    assert 0.923 <= held / 1_000 <= 0.977
    assert (narrower > 900) if apart else (narrower < 200)


def test_it_is_narrowed_as_the_plain_one_is_where_much_of_the_population_is_reviewed() -> None:
    scores = telling(40, 400)
    few, much = (powered(40, 400, size, scores, float(scores.mean())) for size in (40_000, 1_000))
    assert much.width_ratio == pytest.approx(few.width_ratio, abs=0.01)
    assert ends(much)[1] - ends(much)[0] == pytest.approx(
        np.sqrt(0.6) * (ends(few)[1] - ends(few)[0]), rel=0.01
    )
