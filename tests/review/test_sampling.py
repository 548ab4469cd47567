import hashlib
import math
import random
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare

from review.sampling import SEED_BYTES, draw, key, member, new_seed, population_digest, sample_size

SEED = bytes(range(32))
ids = st.lists(st.uuids(), unique=True, max_size=80)
seeds = st.binary(min_size=SEED_BYTES, max_size=SEED_BYTES)


def population(size: int, seed: int = 7) -> list[UUID]:
    chance = random.Random(seed)
    return [UUID(int=chance.getrandbits(128), version=4) for _ in range(size)]


@pytest.mark.parametrize(
    ("examples", "size"),
    [
        (0, 0),
        (1, 1),
        (59, 59),
        (60, 60),
        (61, 60),
        (1_200, 60),
        (1_201, 61),
        (1_220, 61),
        (1_221, 62),
        (10_000, 500),
        (10_001, 501),
        (1_000_000, 50_000),
    ],
)
def test_five_percent_and_never_fewer_than_sixty(examples: int, size: int) -> None:
    assert sample_size(examples) == size


@pytest.mark.parametrize(
    ("examples", "rate", "minimum", "size"),
    [(100, 0.0, 60, 60), (100, 0.07, 0, 7), (100, 0.29, 0, 29), (50, 1.0, 60, 50), (3, 0.1, 0, 1)],
)
def test_a_rate_is_the_decimal_it_is_written_as(examples: int, rate: float, minimum: int, size: int) -> None:
    assert sample_size(examples, rate, minimum) == size


@pytest.mark.parametrize(
    ("examples", "rate", "minimum"), [(10, -0.1, 60), (10, 1.1, 60), (-1, 0.05, 60), (1, 0.05, -1)]
)
def test_a_size_that_cannot_be_is_refused(examples: int, rate: float, minimum: int) -> None:
    with pytest.raises(ValueError, match="no sample"):
        sample_size(examples, rate, minimum)


def test_the_key_is_sha256_over_the_seed_and_the_ids_text() -> None:
    public_id = UUID("01234567-89AB-CDEF-0123-456789ABCDEF")
    by_hand = hashlib.sha256(SEED + b"01234567-89ab-cdef-0123-456789abcdef").digest()
    assert key(SEED, public_id) == by_hand


def test_a_drawn_sample_never_changes() -> None:
    drawn = draw(population(1_000), SEED, 3)
    assert [str(public_id) for public_id in drawn.chosen] == [
        "3e0dac1c-6b69-4f07-a50d-f523190dcc94",
        "d7e730ed-2358-499f-ae41-77ed92435409",
        "5d866b34-6e3b-4c97-9bcb-937020e27c17",
    ]


@given(ids, seeds, st.integers(0, 100), st.randoms())
def test_the_order_of_the_ids_does_not_matter(
    population: list[UUID], seed: bytes, size: int, chance: random.Random
) -> None:
    shuffled = population.copy()
    chance.shuffle(shuffled)
    assert draw(shuffled, seed, size) == draw(iter(population), seed, size)


@given(ids, seeds, st.integers(0, 100), st.integers(0, 100))
def test_a_smaller_sample_begins_every_larger_one(
    population: list[UUID], seed: bytes, one: int, two: int
) -> None:
    small, large = draw(population, seed, min(one, two)), draw(population, seed, max(one, two))
    assert large.chosen[: len(small.chosen)] == small.chosen
    assert small.bound <= large.bound


@given(ids, seeds, st.integers(0, 100))
def test_the_bound_says_who_is_drawn(population: list[UUID], seed: bytes, size: int) -> None:
    drawn = draw(population, seed, size)
    assert len(drawn.chosen) == min(size, len(population))
    assert {i for i in population if member(seed, i, drawn.bound)} == set(drawn.chosen)


def test_an_id_that_stands_twice_is_refused() -> None:
    (one,) = population(1)
    with pytest.raises(ValueError, match="twice"):
        draw([one, one], SEED, 2)


def test_every_example_has_the_same_chance() -> None:
    everyone = population(200)
    drawn = dict.fromkeys(everyone, 0)
    for number in range(2_000):
        for public_id in draw(everyone, hashlib.sha256(str(number).encode()).digest(), 20).chosen:
            drawn[public_id] += 1
    # Draws without replacement scatter a little less than the test assumes, so look at both tails.
    assert 0.001 < chisquare(list(drawn.values())).pvalue < 0.999


def test_later_examples_join_at_the_rate_of_the_bound() -> None:
    bound = draw(population(10_000), SEED, 500).bound
    rate = int.from_bytes(bound) / 2**256
    joined = sum(member(SEED, public_id, bound) for public_id in population(10_000, seed=8))
    deviation = math.sqrt(10_000 * rate * (1 - rate))
    assert abs(joined - 10_000 * rate) <= 3 * deviation


def test_a_seed_is_32_bytes_and_new_each_time() -> None:
    assert len(new_seed()) == SEED_BYTES
    assert new_seed() != new_seed()


def test_the_population_digest_is_that_of_a_sorted_file() -> None:
    everyone = population(50)
    lines = "".join(f"{text}\n" for text in sorted(map(str, everyone)))
    assert population_digest(reversed(everyone)) == hashlib.sha256(lines.encode()).hexdigest()
    assert population_digest(everyone[1:]) != population_digest(everyone)
    assert population_digest([]) == hashlib.sha256(b"").hexdigest()
