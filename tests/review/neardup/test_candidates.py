import random

import numpy as np
import pytest

from review.neardup.candidates import HUBS, Cut, candidates, part_candidates, sides
from review.neardup.corpus import Part
from review.neardup.rule import Rule

Pairs = list[tuple[int, int]]


def part(hashes: list[int], records: list[int] | None = None) -> Part:
    return Part(np.array(hashes, np.int64), np.array(records or range(len(hashes)), np.int64))


def pairs(*parts: Part, cap: int = 200, threads: int = 1) -> Pairs:
    left, right = sides(candidates(parts, Rule(cap=cap), threads).pairs)
    return list(zip(left.tolist(), right.tolist(), strict=True))


@pytest.mark.parametrize(
    ("hashes", "found"),
    [
        ([], []),
        ([7], []),
        ([7, 8, 9], []),
        ([7, 8, 7], [(0, 2)]),
        ([-5, 7, -5, 7, -5], [(0, 2), (0, 4), (1, 3), (2, 4)]),
        ([0, 0, 3], []),  # 0 is no hash: texts without shingles
    ],
)
def test_records_that_share_a_band_are_pairs(hashes: list[int], found: Pairs) -> None:
    assert pairs(part(hashes)) == found


def test_a_pair_found_in_several_bands_is_one_candidate_whatever_the_order() -> None:
    assert pairs(part([1, 1, 2]), part([9, 4, 4]), part([3, 3, 5])) == [(0, 1), (1, 2)]
    assert pairs(part([1, 1], [5, 2]), part([6, 6], [2, 5])) == [(2, 5)]


@pytest.mark.parametrize(("size", "cut"), [(10, Cut(cap=10)), (11, Cut(1, 11, 11, 55 - (8 * 3 + 28), 10))])
def test_a_bucket_above_the_cap_is_cut_and_reported(size: int, cut: Cut) -> None:
    found = part_candidates(part([7] * size + [8, 8]), Rule(cap=10))
    assert found.cut == cut
    assert found.pairs.size == found.met == size * (size - 1) // 2 - cut.pairs + 1


def test_every_record_of_a_cut_bucket_meets_the_same_few() -> None:
    left, right = sides(part_candidates(part([7] * 5_000), Rule()).pairs)
    meetings = np.bincount(np.concatenate([left, right]))
    assert np.sort(meetings).tolist() == [HUBS] * (5_000 - HUBS) + [4_999] * HUBS


def test_cuts_add_up() -> None:
    rule = Rule(cap=200)
    found = candidates([part([7] * 300), part([7] * 400)], rule, 2)
    one, other = (part_candidates(part([7] * size), rule).cut for size in (300, 400))
    assert found.cut == Cut(2, 700, 400, one.pairs + other.pairs, 200)


@pytest.mark.parametrize(("spare", "cap"), [(45 * 40, 10), (45 * 40 - 1, 5)])
def test_a_part_that_would_give_too_many_pairs_gets_a_lower_cap(
    monkeypatch: pytest.MonkeyPatch, spare: int, cap: int
) -> None:
    monkeypatch.setattr("review.neardup.candidates.ROW_PAIRS", 0)
    monkeypatch.setattr("review.neardup.candidates.SPARE_PAIRS", spare)
    rows = part([bucket + 1 for bucket in range(40)] * 10)
    found = candidates([rows, part([1, 1])], Rule(cap=10), 1)
    assert found.cut.cap == cap
    assert found.cut.buckets == (0 if cap == 10 else 40)


def test_the_order_of_the_rows_and_the_threads_change_nothing() -> None:
    rng = random.Random(3)
    rows = [(rng.randrange(1, 40), record) for record in range(2_000)]
    mixed = rng.sample(rows, len(rows))
    first, second = (part(*map(list, zip(*each, strict=True))) for each in (rows, mixed))
    assert pairs(first, part([1] * 300), cap=40) == pairs(part([1] * 300), second, cap=40, threads=3)


def test_many_small_blocks_give_what_one_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(4)
    rows = part([rng.randrange(1, 200) for _ in range(2_000)])
    whole = pairs(rows)
    monkeypatch.setattr("review.neardup.candidates.BLOCK", 1)
    monkeypatch.setattr("review.neardup.candidates.MERGED", 10)
    assert pairs(rows) == whole


def test_sketches_rule_out_what_agrees_in_too_few_places() -> None:
    sketches = np.zeros((3, 128), np.uint8)
    sketches[1, :67] = 1  # 61 places agree with record 0, as many as 0.7 asks for
    sketches[2, :68] = 2
    found = part_candidates(part([7, 7, 7]), Rule(), sketches)
    assert found.met == 3
    assert [tuple(map(int, pair)) for pair in zip(*sides(found.pairs), strict=True)] == [(0, 1)]
