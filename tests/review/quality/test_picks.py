from collections import Counter

import numpy as np
import numpy.typing as npt
import pytest

from annotate.records import Conversation, Turn
from review.quality.matrices import Texts
from review.quality.picks import Pick, Pool, picks
from review.quality.strategies import Strategy

SUBJECTS = {
    "bread": "knead the dough with flour, yeast, salt and water, then bake the loaf in a hot oven",
    "chess": "move the knight, castle the king early, guard the queen and push a pawn to the last rank",
    "rain": "clouds cool, vapour condenses into drops, drops fall as rain, rivers carry water to the sea",
    "tax": "declare the income, deduct expenses, file the return before the deadline and pay what is due",
}


def conversation(subject: str, number: int) -> Conversation:
    words = SUBJECTS[subject].split()
    told = " ".join(words[(number + step) % len(words)] for step in range(14))
    return Conversation((Turn("user", f"Explain {subject}."), Turn("assistant", told)))


CONVERSATIONS = [conversation(subject, number) for number in range(50) for subject in SUBJECTS]
ABOUT = [subject for _ in range(50) for subject in SUBJECTS]
TEXTS = Texts.of(CONVERSATIONS)
# From surely bad to surely good; each subject is as unsure as the others.
SCORES = np.linspace(0.01, 0.99, 200)


def pool(order: npt.NDArray[np.intp] | None = None, scores: bool = True) -> Pool:
    rows = np.arange(200) if order is None else order
    texts = TEXTS[rows]
    return Pool([f"id {row}" for row in rows], SCORES[rows] if scores else None, texts.__getitem__)


def of_kind(found: tuple[Pick, ...], *, random: bool) -> list[Pick]:
    return [pick for pick in found if (pick.probability is not None) == random]


def test_all_are_random_until_there_are_forty_random_labels() -> None:
    found = picks(pool(), 10, random_labels=39, seed=1)
    assert [pick.probability for pick in found] == [10 / 200] * 10
    assert {pick.reason for pick in found} == {
        "drawn at random, as all are until 40 labels of such are there"
    }
    assert len(of_kind(picks(pool(), 10, random_labels=40, seed=1), random=True)) == 5


def test_all_are_random_while_there_is_no_classifier() -> None:
    found = picks(pool(scores=False), 10, random_labels=90, seed=1)
    assert {(pick.probability, pick.score, pick.reason) for pick in found} == {
        (10 / 200, None, "drawn at random, as there is no classifier yet")
    }


def test_half_are_random_and_half_unsure_and_each_says_so() -> None:
    found = picks(pool(), 9, random_labels=40, seed=1)
    drawn, taught = of_kind(found, random=True), of_kind(found, random=False)
    assert [(pick.probability, pick.reason) for pick in drawn] == [(5 / 200, "drawn at random")] * 5
    assert len({pick.id for pick in found}) == 9
    for pick in taught:
        assert pick.score is not None
        assert pick.score == SCORES[int(pick.id[3:])]
        assert 0.35 < pick.score < 0.65
        unsure = f"the classifier is unsure ({100 * pick.score:.0f} % good)"
        assert pick.reason == f"{unsure[:-1]}), and it is unlike the other picks"


def test_unsure_ones_are_spread_over_what_texts_are_about() -> None:
    # The surest of being unsure are all about one thing: those alone would teach one thing only.
    scores = np.where(np.array(ABOUT) == "rain", 0.5, np.where(np.arange(200) < 120, 0.45, 0.05))
    found = picks(
        Pool([f"id {row}" for row in range(200)], scores, TEXTS.__getitem__),
        8, random_labels=40, seed=3, share_random=0,
    )  # fmt: skip
    assert len({ABOUT[int(pick.id[3:])] for pick in found}) >= 2
    near = picks(
        Pool([f"id {row}" for row in range(200)], scores, TEXTS.__getitem__),
        8, random_labels=40, seed=3, share_random=0, strategy=Strategy.UNSURE,
    )  # fmt: skip
    assert {ABOUT[int(pick.id[3:])] for pick in near} == {"rain"}


@pytest.mark.parametrize("by", ["words", "features"])
def test_unlike_in_words_or_in_features_is_unlike(by: str) -> None:
    features, terms = np.zeros_like(TEXTS.features), TEXTS.terms
    if by == "features":
        terms = terms[[0] * 200]
        features[np.arange(200), np.arange(200) % 4] = 1
    texts, ids = Texts(features, terms), [f"id {row}" for row in range(200)]
    found = picks(
        Pool(ids, np.full(200, 0.5), texts.__getitem__), 4, random_labels=40, seed=1, share_random=0
    )
    assert len({int(pick.id[3:]) % 4 for pick in found}) == 4


def test_what_is_taken_for_bad_can_come_first() -> None:
    found = picks(pool(), 4, random_labels=40, seed=1, share_random=0, strategy=Strategy.LOWEST)
    assert {pick.id for pick in found} == {"id 0", "id 1", "id 2", "id 3"}
    assert found[0].reason.startswith("the classifier takes it for bad (")


def test_the_same_whatever_the_order_of_the_pool_and_another_with_another_seed() -> None:
    order = np.random.default_rng(5).permutation(200)
    found = picks(pool(), 20, random_labels=40, seed=1)
    assert picks(pool(order), 20, random_labels=40, seed=1) == found
    assert picks(pool(), 20, random_labels=40, seed=2) != found


def test_the_order_tells_nothing_of_why_one_is_there() -> None:
    first = Counter(
        picks(pool(), 2, random_labels=40, seed=seed, strategy=Strategy.UNSURE)[0].probability is None
        for seed in range(60)
    )
    assert 15 <= first[True] <= 45


@pytest.mark.parametrize("count", [0, 199, 200, 999])
def test_no_more_than_there_are(count: int) -> None:
    found = picks(pool(), count, random_labels=40, seed=1)
    assert len({pick.id for pick in found}) == len(found) == min(count, 200)
    assert picks(Pool([], np.zeros(0), TEXTS.__getitem__), count, random_labels=40, seed=1) == ()


def test_texts_without_words_can_be_picked() -> None:
    empty = Texts.of([Conversation((Turn("user", ""), Turn("assistant", "")))] * 6)
    ids = [str(number) for number in range(6)]
    found = picks(Pool(ids, np.full(6, 0.5), empty.__getitem__), 4, random_labels=40, seed=1)
    assert len({pick.id for pick in found}) == 4


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="same id"):
        Pool(["a", "a"], None, TEXTS.__getitem__)
    with pytest.raises(ValueError, match="1 scores"):
        Pool(["a", "b"], np.zeros(1), TEXTS.__getitem__)
    with pytest.raises(ValueError, match="no share"):
        picks(pool(), 1, random_labels=40, seed=1, share_random=1.5)
