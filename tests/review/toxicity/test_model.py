"""The model's arithmetic against the formula written out in plain Python, and where its windows lie."""

import math
import random
import socket
import sys
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.toxicity import Model, Weights, embedded_model, weights_read
from review.toxicity import words as reading
from review.toxicity.model import WINDOW
from review.toxicity.words import lowered, words_of
from tests.review.toxicity.standin import STOPS, arrays_for, logit, model_for

WORDS = {"turnip": 0.9, "parsnip": 0.7, "carrot": 0.4, "leek": 0.1}
PAIRS = {"carrot leek": 0.95, "leek turnip": 0.05}

HEADS = [(-0.5, -2.0, 1.0), (0.3, -1.5, 0.5), (0.0, -1.0, 0.0), (-1.0, -2.5, 1.2), (0.7, -0.5, -0.3)]
TIMES = (1.0, 0.5, 2.0, 1.5, 0.8)


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


def by_hand(text: str) -> float:
    """The score of one window, by the formula and nothing but dictionaries."""
    found = [word for word in text.lower().split() if word not in STOPS]
    single = Counter(word for word in found if word in WORDS)
    both = Counter(pair for pair in map(" ".join, pairwise(found)) if pair in PAIRS)
    idf = {**{word: 1 + len(word) / 8 for word in WORDS}, **dict.fromkeys(PAIRS, 2.0)}
    weight = {term: logit(score) for term, score in (WORDS | PAIRS).items()}

    def margin(terms: Counter[str], times: float = 1.0) -> float:
        values = {term: count * idf[term] for term, count in terms.items()}
        norm = math.sqrt(sum(value**2 for value in values.values())) or 1
        return sum(times * weight[term] * value / norm for term, value in values.items())

    heads = [
        sigmoid(-a * (margin(single, times) + b) - c) for times, (b, a, c) in zip(TIMES, HEADS, strict=True)
    ]
    p, q = sum(heads) / len(heads), sigmoid(margin(single + both) - 0.25)
    return sigmoid((logit(p) + logit(q)) / 2)


@pytest.fixture(scope="module")
def standin() -> Model:
    return model_for(WORDS, PAIRS)


def test_scores_are_those_of_the_formula() -> None:
    arrays = arrays_for(WORDS, PAIRS)
    weights = arrays["profanity_weights"] * np.array(TIMES, np.float32)[:, None]
    varied = {
        "profanity_heads": np.array(HEADS),
        "profanity_weights": weights,
        "abuse_intercept": np.array([-0.25]),
    }
    ready = Model(Weights(arrays | varied, limit=0.5))
    dice = random.Random(5)
    known = [*WORDS, *STOPS, "celery", "Leek", "CARROT"]
    texts = [" ".join(dice.choices(known, k=dice.randint(1, 12))) for _ in range(300)]
    assert ready.windows(texts).score.tolist() == pytest.approx([by_hand(text) for text in texts], abs=6e-5)


@pytest.mark.parametrize(("word", "score"), [*WORDS.items(), ("celery", 0.5)])
def test_one_word_alone_has_its_own_score(standin: Model, word: str, score: float) -> None:
    assert standin.windows([word]).score.tolist() == [score]


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("carrot leek", True),
        ("Carrot, LEEK!", True),
        ("carrot and the leek", True),
        ("carrot celery leek", False),
        ("leek carrot", False),
    ],
)
def test_a_pair_is_two_neighbours_once_stop_words_are_passed_over(
    standin: Model, text: str, pair: bool
) -> None:
    assert bool(standin.windows([text]).abuse[0] > 0.5) is pair


def test_a_pair_never_reaches_from_one_text_or_window_into_the_next(standin: Model) -> None:
    apart = standin.windows(["carrot", "leek"])
    assert apart.score.tolist() == [0.4, 0.1]
    split = standin.windows(["celery " * 199 + "carrot leek" + " celery" * 199])
    assert split.last.tolist() == [200, 400]
    assert split.score.tolist() == [0.4, 0.1]


@pytest.mark.parametrize("text", ["", " \n\t", "a b c", "—!?", "\ud800"])
def test_a_text_without_words_has_no_window(standin: Model, text: str) -> None:
    assert standin.windows([text]).text.tolist() == []
    assert standin.windows([]).score.tolist() == []


@pytest.mark.parametrize(
    ("words", "edges"),
    [
        (1, [0, 1]),
        (WINDOW, [0, 200]),
        (WINDOW + 1, [0, 100, 201]),
        (401, [0, 133, 267, 401]),
        (1_000, [0, 200, 400, 600, 800, 1_000]),
    ],
)
def test_windows_are_equal_parts_of_at_most_two_hundred_words(
    standin: Model, words: int, edges: list[int]
) -> None:
    windows = standin.windows(["leek", "celery " * words])
    assert windows.text.tolist() == [0] + [1] * (len(edges) - 1)
    assert windows.first.tolist()[1:] == edges[:-1]
    assert windows.last.tolist()[1:] == edges[1:]


def test_one_word_in_a_long_text_counts_as_in_its_window_alone(standin: Model) -> None:
    text = "leek " * 150 + "turnip " + "leek " * 849
    alone = standin.windows([" ".join(text.split()[:200])])
    windows = standin.windows([text])
    assert windows.score[0] == alone.score[0] > 0.1
    assert windows.score[1:].tolist() == [0.1] * 4


def test_a_text_scores_the_same_whatever_else_is_in_the_batch(
    standin: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = random.Random(6)
    texts = [" ".join(dice.choices([*WORDS, "celery", "the"], k=k)) for k in (3, 0, 500, 40, 0, 7, 9, 0)]
    alone = [standin.windows([text]).score.tolist() for text in texts]
    whole = standin.windows(texts)
    monkeypatch.setattr("review.toxicity.model._BATCH", 10)
    cut = standin.windows(texts)
    for found in (whole, cut):
        assert [found.score[found.text == place].tolist() for place in range(len(texts))] == alone


def test_what_is_remembered_of_words_is_bounded_and_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "REMEMBERED", 3)
    numbers = reading.Numbers([reading.word_hash("leek")], [reading.word_hash("the")], 9, 7)
    asked = ["leek", "the", "celery", "onion", "leek", "x" * 41, "leek"]
    assert [numbers[word] for word in asked] == [0, 7, 9, 9, 0, 9, 0]
    assert len(numbers) <= 3
    assert "x" * 41 not in numbers


def test_lower_case_keeps_every_character_where_it_is() -> None:
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    assert len(lowered(everything)) == len(everything)
    assert words_of("İstanbul STRASSE it's x") == ["istanbul", "strasse", "it"]


def test_a_passage_names_its_window_and_the_words_that_raised_it() -> None:
    standin = model_for({"turnip": 0.9, "leek": 0.1}, {"the rind": 0.6, "melon rind": 0.9})
    text = "İ — A  Turnip of leek, the melon and\nrind"
    passage = standin.passage(text, 0, 7)
    assert text[passage.start : passage.end] == "Turnip of leek, the melon and\nrind"
    assert [text[a:b] for a, b in passage.terms] == ["Turnip", "melon", "rind"]
    later = standin.passage(text, 2, 7)
    assert text[later.start : later.end] == "leek, the melon and\nrind"
    assert [text[a:b] for a, b in later.terms] == ["melon", "rind"]


def test_a_passage_names_at_most_five_words() -> None:
    standin = model_for({f"bean{n}": 0.5 + n / 20 for n in range(1, 9)})
    text = " ".join(f"bean{n}" for n in range(1, 9))
    assert [text[a:b] for a, b in standin.passage(text, 0, 8).terms] == [f"bean{n}" for n in range(4, 9)]


def test_the_committed_model_needs_no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("The offline model asked for a socket.")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    ready = Model(weights_read())
    kind, rude = ready.windows(["Thank you for the kind letter about the garden.", "you stupid idiot"]).score
    assert kind < 0.1
    assert rude > 0.9
    assert embedded_model() is embedded_model()


ANY = st.lists(st.text(st.characters(exclude_categories=()), max_size=60), max_size=4)


@settings(max_examples=60, deadline=None)
@given(ANY)
def test_any_texts_are_scored_from_0_to_1(texts: list[str]) -> None:
    windows = embedded_model().windows(texts)
    assert set(windows.text.tolist()) == {place for place, text in enumerate(texts) if words_of(text)}
    assert all(0 <= score <= 1 for score in windows.score.tolist())
    for place, first, last in zip(windows.text, windows.first, windows.last, strict=True):
        passage = embedded_model().passage(texts[place], int(first), int(last))
        assert 0 <= passage.start < passage.end <= len(texts[place])


def test_a_model_without_pairs_works_too() -> None:
    assert model_for({"turnip": 0.9}).windows(["turnip turnip"]).score.tolist() == [0.9]
