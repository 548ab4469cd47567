"""What the index finds, compared with counting by hand."""

from itertools import pairwise
from random import Random

import pytest

from review.contamination import LONG, TINY, Index, Overlap, words_of

ITEM = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"  # three 13-grams
OTHER = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigma tau upsilon"


def found(items: list[str], *turns: str) -> list[Overlap]:
    (overlaps,) = Index(items).overlaps([turns])
    return overlaps


def text_of(rng: Random, words: int, vocabulary: int = 400) -> list[str]:
    return [f"w{rng.randrange(vocabulary)}" for _ in range(words)]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (12, []),
        (13, [Overlap(1, 1 / 18, "13-gram")]),
        (21, [Overlap(1, 9 / 18, "13-gram")]),  # 19 of the 28 runs of three words: 0.68
        (22, [Overlap(1, 20 / 28, "near-duplicate")]),  # 0.71
        (30, [Overlap(1, 1.0, "13-gram")]),
    ],
)
def test_the_share_of_an_item_by_how_many_of_its_words_stand_there(
    words: int, expected: list[Overlap]
) -> None:
    item = [f"word{n}" for n in range(30)]
    assert found([OTHER, " ".join(item)], " ".join(item[:words])) == expected
    assert (
        found([OTHER, " ".join(item)], "Before:", f"{', '.join(item[-words:]).upper()}! After.") == expected
    )


def test_what_stands_there_twice_counts_once() -> None:
    item = [f"word{n}" for n in range(30)]
    cut = " ".join(item[:13])
    assert found([" ".join(item)], cut, cut) == [Overlap(0, 1 / 18, "13-gram")]


def test_shares_are_those_counted_by_hand() -> None:
    rng = Random(3)
    items = [text_of(rng, rng.randrange(13, 60)) for _ in range(40)]
    examples = []
    for item in items:
        begin = rng.randrange(len(item) - 12)
        cut = item[begin : begin + rng.randrange(13, 40)]
        examples.append([*text_of(rng, 20), *cut, *text_of(rng, 20)])
    index = Index([" ".join(item) for item in items])
    for number, overlaps in enumerate(index.overlaps([[" ".join(example)] for example in examples])):
        theirs, ours = grams(items[number]), grams(examples[number])
        share = len(theirs & ours) / len(theirs)
        got = {one.item: one.share for one in overlaps if one.how == "13-gram"}
        runs = grams(items[number], 3)
        near = len(runs & grams(examples[number], 3)) / len(runs)
        assert number in {one.item for one in overlaps}
        assert got.get(number, share) == pytest.approx(share)
        best = next(one.share for one in overlaps if one.item == number)
        assert best == pytest.approx(max(share, near if near >= 0.7 else 0))


def grams(words: list[str], size: int = LONG) -> set[tuple[str, ...]]:
    return {tuple(words[n : n + size]) for n in range(len(words) - size + 1)}


def test_an_item_over_two_turns_is_found_and_one_over_two_examples_is_not() -> None:
    words = ITEM.split()
    halves = " ".join(words[:8]), " ".join(words[8:])
    assert found([ITEM], *halves)[0] == Overlap(0, 1.0, "13-gram")
    assert Index([ITEM]).overlaps([[halves[0]], [halves[1]]]) == [[], []]


@pytest.mark.parametrize(("every", "is_found"), [(12, True), (6, False)])
def test_an_item_edited_every_few_words_has_no_13_gram_left(every: int, is_found: bool) -> None:
    words = [f"word{n}" for n in range(60)]
    edited = [f"new{n}" if n % every == 5 else word for n, word in enumerate(words)]
    near = len(grams(words, 3) & grams(edited, 3)) / 58
    assert not grams(words) & grams(edited)
    expected = [Overlap(0, pytest.approx(near), "near-duplicate")] if is_found else []  # type: ignore[arg-type]
    assert found([" ".join(words), OTHER], " ".join(edited)) == expected


@pytest.mark.parametrize("count", [TINY, 8, LONG - 1])
def test_a_short_item_is_found_only_whole(count: int) -> None:
    words = ITEM.split()[:count]
    item = " ".join(words)
    assert found([item, OTHER], f"So: {item}; yes.") == [Overlap(0, 1.0, "whole")]
    assert found([item, OTHER], "So: " + " ".join(words[:-1])) == []
    assert found([item, OTHER], " ".join([words[1], words[0], *words[2:]])) == []


def test_a_tiny_item_is_found_only_as_a_whole_turn() -> None:
    assert found(["What is 2+2?"], "what is 2 2", "4") == [Overlap(0, 1.0, "whole")]
    assert found(["What is 2+2?"], "Tell me, what is 2+2?", "4") == []
    assert found(["", "..."], "", "...") == []


def test_a_sets_own_form_of_words_is_not_looked_for() -> None:
    form = "Read the passage below and answer the question with the letter of the choice that fits best"
    items = [f"{form} {' '.join(text_of(Random(n), 30))}" for n in range(11)]
    assert found(items, form) == []
    assert found(items[:10], form) != []
    assert found(items, items[4])[0] == Overlap(4, 1.0, "13-gram")


def test_the_most_overlapped_come_first_and_no_more_than_asked_for() -> None:
    words = [f"word{n}" for n in range(200)]
    items = [" ".join(words[n * 30 : n * 30 + 20 + n]) for n in range(6)]
    overlaps = found(items, " ".join(words))
    assert len(overlaps) == 5
    assert all(one.share >= two.share for one, two in pairwise(overlaps))
    assert len(Index(items).overlaps([[" ".join(words)]], most=2)[0]) == 2


def test_a_batch_is_as_its_examples_one_by_one() -> None:
    rng = Random(8)
    items = [" ".join(text_of(rng, 20)) for _ in range(20)] + ["the quick brown fox jumps", "hi there"]
    examples = [[" ".join(text_of(rng, 5)), f"{items[n]} {' '.join(text_of(rng, 9))}"] for n in range(21)]
    examples += [[], [""], ["hi there"], ["x"]]
    index = Index(items)
    together = index.overlaps(examples)
    assert together == [index.overlaps([example])[0] for example in examples]
    assert [bool(one) for one in together] == [True] * 21 + [False, False, True, False]
    assert index.overlaps([]) == []


def test_an_index_of_nothing() -> None:
    assert Index([]).overlaps([["a"]]) == [[]]
    assert words_of("") == []
