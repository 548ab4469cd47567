from hashlib import sha256

import numpy as np
import numpy.typing as npt
import pytest

from review.quality.spread import Spread, best_spread, digest_of, joined

ALONE = np.full(60, -1)
IDS = [f"id {row}" for row in range(60)]
# Topics of 40, 16 and 4 examples: their roots are as 6.3 to 4 to 2.
TOPICS = np.repeat([7, 3, 9], [40, 16, 4])


def chosen(count: int, quality: npt.NDArray[np.float64], **more: float) -> Spread:
    return best_spread(IDS, quality, ALONE, TOPICS, count, **more)  # type: ignore[arg-type]


def test_equally_good_ones_are_spread_by_the_roots_of_the_topics_sizes() -> None:
    found = chosen(12, np.full(60, 0.8))
    assert {topic: int((found.topic == topic).sum()) for topic in (7, 3, 9)} == {7: 6, 3: 4, 9: 2}


def test_of_each_topic_the_best_come_first_and_better_topics_have_more() -> None:
    quality = np.concatenate([np.linspace(0.5, 0.6, 40), np.linspace(0.7, 0.99, 16), np.full(4, 0.01)])
    found = chosen(12, quality)
    for topic in (7, 3):
        rows = found.rows[found.topic == topic]
        assert (
            rows.tolist()
            == sorted(np.flatnonzero(topic == TOPICS), key=lambda row: -quality[row])[: len(rows)]
        )
        assert found.place[found.topic == topic].tolist() == list(range(1, len(rows) + 1))
    assert int((found.topic == 3).sum()) == 6
    assert 9 not in found.topic


def test_a_smaller_choice_is_the_beginning_of_a_larger_one() -> None:
    quality = np.random.default_rng(4).random(60)
    whole = chosen(60, quality)
    assert sorted(whole.rows) == list(range(60))
    assert bool(np.all(np.diff(whole.value) <= 0))
    for count in (0, 1, 7, 30):
        assert np.array_equal(chosen(count, quality).rows, whole.rows[:count])


def test_without_spread_quality_alone_counts() -> None:
    quality = np.random.default_rng(4).random(60)
    assert chosen(20, quality, spread=0).rows.tolist() == np.argsort(-quality)[:20].tolist()


def test_of_near_duplicates_only_the_best_can_be_chosen() -> None:
    quality = np.random.default_rng(4).random(60)
    clusters = np.where(np.arange(60) < 30, np.arange(60) // 10, -1)
    found = best_spread(IDS, quality, clusters, TOPICS, 60)
    assert (len(found), found.alike) == (33, 27)
    assert {int(row) for row in found.rows if row < 30} == {
        start + int(quality[start : start + 10].argmax()) for start in (0, 10, 20)
    }


@pytest.mark.parametrize("levels", [1, 3, 10_000])
def test_the_order_of_rows_does_not_matter(levels: int) -> None:
    random = np.random.default_rng(8)
    quality, clusters = random.integers(1, 1 + levels, 60) / levels, random.integers(-1, 20, 60)
    # Three topics of a size, so that the best of each are as good a choice.
    topics, order = np.arange(60) % 3, random.permutation(60)
    found = best_spread(IDS, quality, clusters, topics, 20)
    again = best_spread([IDS[row] for row in order], quality[order], clusters[order], topics[order], 20)
    assert order[again.rows].tolist() == found.rows.tolist()


def test_ties_are_settled_by_the_seed() -> None:
    found = [chosen(12, np.full(60, 0.8), seed=seed).rows.tolist() for seed in (1, 1, 2)]
    assert found[0] == found[1] != found[2]


def test_nothing_to_choose_from() -> None:
    none = np.zeros(0, np.int64)
    assert len(best_spread([], np.zeros(0), none, none, 5)) == 0


@pytest.mark.parametrize(
    ("ids", "quality"),
    [(IDS[:59], 0.5), ([*IDS[:59], IDS[0]], 0.5), (IDS, -0.1), (IDS, np.nan), (IDS, np.inf)],
)
def test_what_cannot_be_is_refused(ids: list[str], quality: float) -> None:
    with pytest.raises(ValueError, match=r"differ in number|same id|from 0"):
        best_spread(ids, np.full(60, quality), ALONE, TOPICS, 5)


def test_near_duplicates_are_joined_by_any_chain_and_who_is_alone_stays_so() -> None:
    rows, clusters = np.array([0, 1, 1, 2, 4, 5]), np.array([70, 70, 8, 8, 9, 3])
    found = joined(7, rows, clusters)
    assert found[0] == found[1] == found[2] >= 0
    assert found[3:].tolist() == [-1, -1, -1, -1]
    assert joined(2, rows[:0], clusters[:0]).tolist() == [-1, -1]


def test_the_digest_is_of_the_ids_in_their_order() -> None:
    assert digest_of(["a", "b"]) == sha256(b"a\nb\n").hexdigest() != digest_of(["b", "a"])
