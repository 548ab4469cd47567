"""The compiled classifier gives what the library gives."""

from random import Random

import pytest
from py3langid.langid import MODEL_FILE, LanguageIdentifier  # type: ignore[import-untyped]

from review.languages import MEMBERS, model
from review.queries.spoken import language_name

TEXTS = [
    "The cat sat on the mat.",
    "HELLO, HOW ARE YOU TODAY?",
    "Die Katze saß auf der Matte.",
    "猫坐在垫子上看着窗外的雨。",
    "Cafe\u0301 cre\u0300me, s'il vous plai\u0302t",
    "侬好今朝天气老好个",
    "Sunce je danas toplo.",
    "x",
    "42",
    "",
    "\ud800 broken",
    "a" * 5_000,
]


@pytest.fixture(scope="module")
def library() -> LanguageIdentifier:
    loaded = LanguageIdentifier.from_model_file(MODEL_FILE)
    names = [MEMBERS.get(name, name) for name in loaded.nb_classes]
    return LanguageIdentifier(
        loaded.nb_ptc, loaded.nb_pc, names, loaded.tk_nextmove, loaded.tk_output, norm_probs=True,
        tk_row=loaded.tk_row,
    )  # fmt: skip


def test_as_the_library_says(library: LanguageIdentifier) -> None:
    rng = Random(4)
    words = " ".join(TEXTS).split()
    mixed = [" ".join(rng.choices(words, k=rng.randrange(1, 12))) for _ in range(60)]
    for text, (language, certainty) in zip(TEXTS + mixed, model().classify(TEXTS + mixed), strict=True):
        expected, probability = library.classify(text)
        assert certainty == pytest.approx(probability, abs=1e-4), text
        if text.strip("42"):  # without an n-gram all are as likely
            assert language == expected, text


def test_a_text_alone_is_as_among_others() -> None:
    together = model().classify(TEXTS)
    assert [model().classify([text])[0] for text in TEXTS] == together
    assert model().classify([]) == []


def test_members_and_forms_go_by_one_language() -> None:
    assert not set(MEMBERS).intersection(model().languages)
    assert set(MEMBERS.values()) <= set(model().languages)
    assert all(model().languages[second] == model().languages[first] for second, first in model().folded)


def test_every_language_it_tells_has_a_name() -> None:
    assert [code for code in model().languages if language_name(code) == code] == []
    names = [language_name(code) for code in set(model().languages)]
    assert len(set(names)) == len(names)
    assert [language_name(code) for code in ("fr", "jv", "ha", "vec", "sn", "und")] == [
        "French", "Javanese", "Hausa", "Venetian", "Shona", "No language told",
    ]  # fmt: skip
