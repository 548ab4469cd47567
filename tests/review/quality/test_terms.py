"""Terms: hashed words and parts of words, the same in every process, and named for people."""

from hashlib import sha256

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.records import Conversation
from review.quality import terms, text
from review.quality.terms import CHAR_BUCKETS, TERMS_VERSION, WORD_BUCKETS, term_matrix, terms_of
from tests.review.quality.conversations import EXTREMES, VARIED, asked


def words(conversation: Conversation) -> set[str]:
    return {name for bucket, name in terms_of(conversation).items() if bucket < WORD_BUCKETS}


def parts(conversation: Conversation) -> set[str]:
    return {name for bucket, name in terms_of(conversation).items() if bucket >= WORD_BUCKETS}


def test_one_row_for_each_conversation_with_sorted_columns_of_float32() -> None:
    found = term_matrix(VARIED)
    assert found.shape == (len(VARIED), WORD_BUCKETS + CHAR_BUCKETS) and found.dtype == np.float32
    assert found.has_canonical_format
    assert term_matrix([]).shape == (0, WORD_BUCKETS + CHAR_BUCKETS)


def test_words_and_pairs_of_instruction_and_answer_are_apart() -> None:
    one = asked("Make tea, Tom!", "Hot tea")
    assert words(one) == {
        *("make (instruction)", "tea (instruction)", "tom (instruction)"),
        *("make tea (instruction)", "tea, tom (instruction)", "hot", "tea", "hot tea"),
    }


def test_parts_of_words_are_the_answers_with_a_space_on_either_side() -> None:
    assert parts(asked("Make", "Tea.")) == {
        *("te…", "tea…", "tea.…", "…tea…", "…tea.…", "…tea.", "…ea.…", "…ea.", "…a."),
    }
    assert parts(asked("Make", "a")) == {"a"}


def test_a_script_without_spaces_has_a_word_for_each_character() -> None:
    assert {"日", "本", "日本"} <= words(asked("", "日本"))


def test_counts_are_sublinear_and_blind_to_case_and_space() -> None:
    once, thrice = term_matrix([asked("", "tea cup"), asked("", "TEA\n cup tea cup tea cup")])
    shared = once.indices
    assert np.allclose(once.data, 1)
    assert np.allclose(thrice[0, shared].toarray(), 1 + np.log(3))


def test_names_are_those_of_the_columns_of_the_matrix() -> None:
    for conversation in VARIED:
        assert sorted(terms_of(conversation)) == term_matrix([conversation]).indices.tolist()


def test_terms_that_share_a_column_are_named_together_at_most_three(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(terms, "_WORD_BITS", 1)
    names = [
        name for bucket, name in terms_of(asked("", "one two three four five six")).items() if bucket < 2
    ]
    assert len(names) == 2 and all(name.count(" / ") == 2 for name in names)


def test_batches_make_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = term_matrix(VARIED)
    monkeypatch.setattr(text, "BATCH", 50)
    assert (term_matrix(VARIED) != whole).nnz == 0


@pytest.mark.parametrize("extreme", EXTREMES, ids=[f"{one[:3]!a} {len(one)}" for one in EXTREMES])
def test_extreme_texts_have_finite_terms(extreme: str) -> None:
    found = term_matrix([asked(extreme, extreme), asked("", "tea")])
    assert np.isfinite(found.data).all()
    assert found[1].nnz == term_matrix([asked("", "tea")]).nnz


@given(st.text(st.characters(codec=None), max_size=80), st.text(st.characters(codec=None), max_size=80))
@settings(max_examples=80, deadline=None)
def test_every_term_of_any_text_has_a_name(instruction: str, answer: str) -> None:
    conversation = asked(instruction, answer)
    found = term_matrix([conversation])
    assert sorted(terms_of(conversation)) == found.indices.tolist()
    assert (found.data >= 1).all()


def test_the_same_texts_have_the_same_terms_as_ever() -> None:
    """A stored model reads terms of its version: raise TERMS_VERSION with what is expected here."""
    found = term_matrix(VARIED)
    digest = sha256(found.indices.astype("<i4").tobytes() + np.round(found.data, 4).tobytes()).hexdigest()[
        :16
    ]
    assert (TERMS_VERSION, digest) == (1, "e9dee39c0b0dd3c1")
