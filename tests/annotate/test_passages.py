"""Code stands apart from prose, long text folds, and nothing of a text is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.passages import Passage, folded, passages

CODE = "print(1)\nprint(2)"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("one line", (Passage("one line"),)),
        (
            f"Look:\n```python\n{CODE}\n```\nDone.",
            (Passage("Look:"), Passage(CODE, True, "python"), Passage("Done.")),
        ),
        (f"~~~\n{CODE}\n~~~", (Passage(CODE, True),)),
        (f"```\n{CODE}", (Passage(CODE, True),)),
        ("```\na ``` b\n```", (Passage("a ``` b", True),)),
        ("````\n```\nx\n```\n````", (Passage("```\nx\n```", True),)),
        ("Use ```x``` here", (Passage("Use ```x``` here"),)),
        ("``` not `a` fence", (Passage("``` not `a` fence"),)),
        ("    ```\n    indented", (Passage("    ```\n    indented"),)),
        ("```js\r\nx\r\n```\r\nend", (Passage("x\r", True, "js"), Passage("end"))),
        (
            f"\n\nLook:\n\n```\n{CODE}\n\n```\n\n\nDone.\n",
            (Passage("\n\nLook:"), Passage(f"{CODE}\n", True), Passage("Done.\n")),
        ),
        ("  leading and trailing  \n", (Passage("  leading and trailing  \n"),)),
    ],
)
def test_code_is_cut_out_of_prose(text: str, expected: tuple[Passage, ...]) -> None:
    assert passages(text) == expected


def test_a_text_at_the_limit_is_shown_whole_and_one_over_it_folds() -> None:
    assert not folded("x" * 100, fold_over=100, fold_to=60).rest
    found = folded("x" * 101, fold_over=100, fold_to=60)
    assert [len(passage.text) for passage in found.shown] == [60]
    assert found.rest_length == 41


def test_a_fold_falls_after_a_line_or_else_a_word() -> None:
    lines = folded("first line is here\nsecond line goes on and on", fold_over=20, fold_to=30)
    words = folded("one two three four five six seven", fold_over=20, fold_to=16)
    assert lines.shown[0].text == "first line is here\n"
    assert words.shown[0].text == "one two three "


def test_a_fold_inside_code_keeps_both_halves_code() -> None:
    found = folded("intro\n```python\n" + "line\n" * 50 + "```\nend", fold_over=100, fold_to=60)
    assert [(passage.is_code, passage.language) for passage in (*found.shown, *found.rest)] == [
        (False, ""), (True, "python"), (True, "python"), (False, ""),
    ]  # fmt: skip


@given(st.text(alphabet="ab `~\n", max_size=200), st.integers(1, 100))
def test_a_fold_loses_nothing(text: str, at: int) -> None:
    found = folded(text, fold_over=at, fold_to=at)
    whole = "".join(passage.text for passage in passages(text))
    parts = "".join(passage.text for passage in (*found.shown, *found.rest))
    assert parts.split() == whole.split()
    assert sum(len(passage.text) for passage in found.rest) == found.rest_length
