import math

import numpy as np
import pytest
from scipy.stats import betabinom  # type: ignore[import-untyped]

from review.estimates import Bounds, finite_bounds, sequence_bounds
from review.estimates.sequential import PRIOR_BAD, PRIOR_GOOD, log_evidence


@pytest.mark.parametrize(("population", "reviewed"), [(1, 1), (12, 5), (60, 60), (150, 30), (150, 130)])
@pytest.mark.parametrize("confidence", [0.8, 0.95])
def test_the_bounds_are_the_counts_whose_prior_has_not_outgrown_their_posterior(
    population: int, reviewed: int, confidence: float
) -> None:
    prior = betabinom(population, PRIOR_BAD, PRIOR_GOOD)
    for bad in {0, 1, reviewed // 4, reviewed}:
        good = reviewed - bad
        posterior = betabinom(population - reviewed, PRIOR_BAD + bad, PRIOR_GOOD + good)
        inside = [
            count
            for count in range(bad, population - good + 1)
            if prior.logpmf(count) - posterior.logpmf(count - bad) < -math.log(1 - confidence)
        ]
        assert sequence_bounds(bad, reviewed, population, confidence) == Bounds(inside[0], inside[-1])
        assert inside == list(range(inside[0], inside[-1] + 1))


def test_what_cannot_be_has_all_evidence_against_it() -> None:
    assert log_evidence(3, 10, 100, 2) == math.inf
    assert log_evidence(3, 10, 100, 94) == math.inf


def test_before_the_first_review_all_is_possible_and_after_the_last_nothing_is_open() -> None:
    assert sequence_bounds(0, 0, 500) == Bounds(0, 500)
    assert sequence_bounds(0, 0, 0) == Bounds(0, 0)
    assert sequence_bounds(7, 500, 500) == Bounds(7, 7)


def test_they_are_wider_than_bounds_for_a_single_look() -> None:
    always, once = sequence_bounds(20, 500, 10_000), finite_bounds(20, 500, 10_000)
    assert (always, once) == (Bounds(186, 732), Bounds(250, 605))


@pytest.mark.parametrize(
    ("bad", "reviewed", "population", "confidence"),
    [(-1, 5, 9, 0.9), (6, 5, 9, 0.9), (1, 9, 5, 0.9), (1, 5, 9, 1.0)],
)
def test_counts_that_cannot_be_are_refused(
    bad: int, reviewed: int, population: int, confidence: float
) -> None:
    with pytest.raises(ValueError, match="no bounds"):
        sequence_bounds(bad, reviewed, population, confidence)


def test_looking_after_every_item_misses_the_truth_no_oftener_than_allowed() -> None:
    population, truth, runs = 200, 10, 400
    random = np.random.default_rng(20_251_123)
    items = np.arange(population) < truth
    ever = once = 0
    for _ in range(runs):
        counts = np.cumsum(random.permutation(items))
        looks = list(enumerate(counts.tolist(), 1))
        always = [sequence_bounds(bad, reviewed, population, 0.9) for reviewed, bad in looks]
        ever += any(not bounds.low <= truth <= bounds.high for bounds in always)
        single = [finite_bounds(bad, reviewed, population, 0.9) for reviewed, bad in looks]
        once += any(not bounds.low <= truth <= bounds.high for bounds in single)
    assert ever / runs <= 0.1
    # Bounds for a single look do not survive this: the test would notice a rule that is none.
    assert once / runs > 0.2
