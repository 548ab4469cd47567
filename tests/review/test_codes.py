"""The codes of queue items: each number has its own, and nothing of the number is left in it."""

from itertools import pairwise
from random import Random

from review.codes import coded, decoded

KEY = b"k" * 32


def test_every_number_comes_back_and_no_two_share_a_code() -> None:
    numbers = [0, 1, 2**31, 2**62 - 1, *range(1_000, 3_000), *(Random(4).getrandbits(62) for _ in range(500))]
    codes = [coded(number, KEY) for number in numbers]
    assert [decoded(code, KEY) for code in codes] == numbers
    assert len(set(codes)) == len(set(numbers))
    assert all(0 <= code < 2**62 for code in codes)


def test_neighbours_lie_anywhere_and_another_key_gives_other_codes() -> None:
    codes = [coded(number, KEY) for number in range(1_000)]
    rises = sum(one < other for one, other in pairwise(codes))
    assert 400 < rises < 600
    assert not set(codes) & {coded(number, b"other") for number in range(1_000)}
