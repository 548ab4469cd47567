"""Where a search found its words."""

import pytest

from annotate.records import Conversation, Turn
from annotate.snippets import AROUND, Snippet, snippet_of


def found(words: str, *texts: str, given: str = "") -> Snippet | None:
    turns = [Turn("user", text) for text in texts]
    return snippet_of(Conversation((*turns, Turn("user", "", given))), words)


@pytest.mark.parametrize(
    ("words", "texts", "expected"),
    [
        ("bread", ("Why does bread rise?",), Snippet("Why does ", "bread", " rise?")),
        ("BREAD", ("bread",), Snippet("", "bread", "")),
        ("rise", ("no", "they\n rise\nnow"), Snippet("they ", "rise", " now")),
        (".*", ("a.*b",), Snippet("a", ".*", "b")),
        ("absent", ("nothing",), None),
        ("", ("anything",), None),
    ],
)
def test_the_first_hit_with_its_surroundings(
    words: str, texts: tuple[str, ...], expected: Snippet | None
) -> None:
    assert found(words, *texts) == expected


def test_long_surroundings_are_cut_on_both_sides() -> None:
    hit = found("x", "a" * 500 + "x" + "b" * 500)
    assert hit == Snippet("…" + "a" * AROUND, "x", "b" * AROUND + "…")


def test_inputs_are_searched_too() -> None:
    assert found("order", given="Order 12") == Snippet("", "Order", " 12")
