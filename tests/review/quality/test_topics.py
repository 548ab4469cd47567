import numpy as np
import pytest

from annotate.records import Conversation
from review.quality.terms import term_matrix
from review.quality.topics import fitting_rows, nearest, space_of, topics_of
from tests.review.quality.test_picks import ABOUT, TEXTS

TERMS, IDS = TEXTS.terms, [f"id {row}" for row in range(200)]


def test_topics_are_what_texts_are_about() -> None:
    found = topics_of(TERMS, IDS, 4)(TERMS)
    pairs = {(about, int(topic)) for about, topic in zip(ABOUT, found, strict=True)}
    assert len(pairs) == 4
    assert len({topic for _, topic in pairs}) == 4


def test_space_and_topics_are_the_same_in_any_order_of_the_texts() -> None:
    order = np.random.default_rng(5).permutation(200)
    shuffled = TERMS[order]
    topics, again = topics_of(TERMS, IDS, 4), topics_of(shuffled, [IDS[row] for row in order], 4)
    assert np.array_equal(topics.space.axes, again.space.axes)
    assert np.array_equal(topics.centres, again.centres)
    assert np.array_equal(topics(TERMS)[order], again(shuffled))


def test_of_many_texts_a_part_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("review.quality.topics.MOST_FITTED", 50)
    rows = fitting_rows(IDS)
    whole, part = topics_of(TERMS, IDS, 4), topics_of(TERMS[rows], [IDS[row] for row in rows], 4)
    assert len(rows) == 50
    assert np.array_equal(whole(TERMS), part(TERMS))


def test_places_stand_at_distance_one_or_in_the_middle() -> None:
    space = space_of(TERMS, IDS)
    assert np.allclose(np.linalg.norm(space(TERMS), axis=1), 1)
    assert not space(term_matrix([Conversation(())])).any()


def test_a_place_belongs_to_the_nearest_centre_however_far_out_others_are() -> None:
    places, centres = (
        np.array([[1.0, 0.0], [0.0, 0.4], [-9.0, 0.0]]),
        np.array([[3.0, 0.0], [0.0, 0.0], [0.0, 1.0]]),
    )
    assert nearest(places, centres).tolist() == [1, 1, 1]
    assert nearest(np.array([[2.0, 0.0], [0.0, 0.6]]), centres).tolist() == [0, 2]


def test_no_texts_and_one_text_have_one_topic() -> None:
    for few in (TERMS[:0], TERMS[:1]):
        found = topics_of(few, IDS[: few.shape[0]], 4)
        assert found(TERMS).tolist() == [0] * 200
