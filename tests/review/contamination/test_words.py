import pytest

from review.contamination import words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        (" \n\t.,;!", []),
        ("The cat, the Cat; THE CAT!", ["the", "cat", "the", "cat", "the", "cat"]),
        ("don't well-known snake_case 3.14", ["don", "t", "well", "known", "snake", "case", "3", "14"]),
        ("don\u2019t", ["don", "t"]),
        ("Straße ÇA", ["strasse", "ça"]),
        ("\uff21\uff22 \ufb01n", ["ab", "fin"]),
        ("猫と dog고양", ["猫", "と", "dog", "고", "양"]),
        ("привет, мир", ["привет", "мир"]),
        ("a\ud800b", ["a", "b"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert [word.decode() for word in words_of(text)] == words
