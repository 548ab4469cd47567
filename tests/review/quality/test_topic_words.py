"""Topics are named by what their texts have more of than the others."""

import numpy as np

from annotate.records import Conversation, Turn
from review.quality.terms import term_matrix
from review.quality.topic_words import topic_words
from review.quality.topics import Topics, topics_of
from tests.review.quality.test_picks import ABOUT, CONVERSATIONS, SUBJECTS, TEXTS

IDS = [f"id {row}" for row in range(200)]


def read(rows: np.ndarray) -> list[Conversation]:
    return [CONVERSATIONS[row] for row in rows]


def test_a_topic_is_named_by_the_words_that_only_its_texts_have() -> None:
    topics = topics_of(TEXTS.terms, IDS, 4)
    named = topic_words(topics, TEXTS.terms, read)
    for about, topic in zip(ABOUT, topics(TEXTS.terms), strict=True):
        assert len(named[topic]) == 3
        own = {*SUBJECTS[about].replace(",", "").split(), about}
        assert {*named[topic]} <= own
    assert not {"the", "and", "explain"} & {word for words in named for word in words}


def test_no_texts_and_texts_without_words_have_no_name() -> None:
    nothing = Conversation((Turn("user", "?"), Turn("assistant", "1 2 3")))
    terms = term_matrix([nothing] * 3)
    assert topic_words(topics_of(terms, IDS[:3], 4), terms, lambda rows: [nothing] * len(rows)) == [()]
    space = topics_of(TEXTS.terms, IDS, 4).space
    far = Topics(space, np.stack([np.full(space.axes.shape[1], 9.0), np.zeros(space.axes.shape[1])]))
    assert topic_words(far, TEXTS.terms, read)[0] == ()


def test_words_of_every_text_and_words_that_say_nothing_name_no_topic() -> None:
    texts = [
        Conversation((*each.turns[:1], Turn("assistant", f"{each.turns[1].content}{' simply' * 40}{more}")))
        for each, about in zip(CONVERSATIONS, ABOUT, strict=True)
        for more in [" which" * 40 if about == "rain" else ""]
    ]
    terms = term_matrix(texts)
    named = topic_words(topics_of(terms, IDS, 4), terms, lambda rows: [texts[row] for row in rows])
    assert {len(words) for words in named} == {3}
    assert not {"simply", "which"} & {word for words in named for word in words}
