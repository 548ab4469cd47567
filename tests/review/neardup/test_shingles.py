import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from review.neardup.shingles import (
    _PLANES,
    CHARACTERS,
    WORDS,
    dropped,
    jaccard,
    normal_form,
    shingle_hashes,
    shingles_of,
)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("", ""),
        (" \t\n ", ""),
        ("Hello, World!", "hello world"),
        ("don't stop - now", "dont stop now"),
        ("  one\n\ntwo\u00a0three\u3000four  ", "one two three four"),
        ("snake_case `code` **bold**", "snakecase code bold"),
        ("2 + 2 = 4 $5", "2 + 2 = 4 $5"),
        ("Cafe\u0301 CAF\u00c9", "caf\u00e9 caf\u00e9"),
        ("I\u0307stanbul \u0130stanbul", "i\u0307stanbul i\u0307stanbul"),
        ("zero\u200bwidth soft\u00adhyphen", "zerowidth softhyphen"),
        ("東京は、日本。", "東京は日本"),
        ("yes 👍🏽 no 👍", "yes 👍 no 👍"),
        ("?!…", ""),
        ("a\ud800b", "a\ud800b"),
    ],
)
def test_normal_form(text: str, form: str) -> None:
    assert normal_form(text) == form


def test_what_is_dropped_stands_in_the_planes_that_are_looked_through() -> None:
    kinds = {"P", "Sk", "Cc", "Cf"}
    for point in range(0x110000):
        category = unicodedata.category(chr(point))
        if (category[0] in kinds or category in kinds) and not chr(point).isspace():
            assert any(point in plane for plane in _PLANES)
            assert point in dropped()


@settings(deadline=None)  # the first call looks through the planes
@given(st.text())
def test_equivalent_spellings_have_one_normal_form(text: str) -> None:
    assert normal_form(unicodedata.normalize("NFD", text)) == normal_form(text)


@pytest.mark.parametrize(
    ("text", "characters", "words"),
    [
        ("", [], []),
        ("...", [], []),
        ("A", ["a"], ["a"]),
        ("Ab c", ["ab c"], ["ab c"]),
        ("ab cd", ["ab cd"], ["ab cd"]),
        ("ab, cde", ["ab cd", "b cde"], ["ab cde"]),
        ("a b c", ["a b c"], ["a b c"]),
        ("a b c d", ["a b c", " b c ", "b c d"], ["a b c", "b c d"]),
        (
            "日本語の文章です",
            ["日本語の文", "本語の文章", "語の文章で", "の文章です"],
            ["日本語の文章です"],
        ),
    ],
)
def test_shingles(text: str, characters: list[str], words: list[str]) -> None:
    assert shingles_of(text, CHARACTERS) == characters
    assert shingles_of(text, WORDS) == words


def test_repeated_shingles_are_one_in_the_set() -> None:
    assert len(shingles_of("aaaaaaaaaa", CHARACTERS)) == 6
    assert len(shingle_hashes("aaaaaaaaaa", CHARACTERS)) == 1


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [
        ({1, 2, 3}, {2, 3, 4}, 0.5),
        ({1}, {1}, 1.0),
        ({1}, {2}, 0.0),
        (set(), set(), 0.0),
    ],
)
def test_jaccard(one: set[int], other: set[int], share: float) -> None:
    assert jaccard(one, other) == share
