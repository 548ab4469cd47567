import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.diff import Segment, diff_conversations, diff_texts
from annotate.records import Conversation, Turn

MARKS = {"same": " ", "removed": "-", "added": "+"}


def marked(segments: Any) -> list[str]:
    return [MARKS[segment.kind] + segment.text for segment in segments]


@pytest.mark.parametrize(
    ("old", "new", "segments"),
    [
        ("", "", []),
        ("same text", "same text", [" same text"]),
        ("", "new", ["+new"]),
        ("old", "", ["-old"]),
        ("a quick fox", "a slow fox", [" a ", "-quick", "+slow", "  fox"]),
        ("It ends.", "It ends!", [" It ends", "-.", "+!"]),
        ("one two", "one  two", [" one", "- ", "+  ", " two"]),
        ("end", "end\n", [" end", "+\n"]),
        ("我喜欢猫", "我喜欢狗", [" 我喜欢", "-猫", "+狗"]),
        ("a b", "c d", ["-a b", "+c d"]),
        ("x\ud83dy", "x\ud83dz", [" x\ud83d", "-y", "+z"]),
    ],
)
def test_words_that_changed(old: str, new: str, segments: list[str]) -> None:
    assert marked(diff_texts(old, new)) == segments


TEXTS = st.lists(st.sampled_from(["the ", "fox", " ", "\n", "é", "字", "!", "\r\n", "\u2028"])).map("".join)


@given(old=TEXTS | st.text(), new=TEXTS | st.text())
def test_segments_give_back_both_texts(old: str, new: str) -> None:
    segments = diff_texts(old, new)
    assert "".join(segment.text for segment in segments if segment.kind != "added") == old
    assert "".join(segment.text for segment in segments if segment.kind != "removed") == new
    assert all(segment.text for segment in segments)
    kinds = [segment.kind for segment in segments]
    assert all(left != right for left, right in itertools.pairwise(kinds))
    assert ("added", "removed") not in itertools.pairwise(kinds)


def test_a_long_text_is_compared_by_lines_and_words_within_them() -> None:
    lines = [f"this is the line with the number {number}\n" for number in range(2_000)]
    changed = [*lines[:500], "this is the row with the number 500\n", *lines[501:1500], *lines[1501:]]
    segments = diff_texts("".join(lines), "".join(changed))
    assert marked(segment for segment in segments if segment.kind != "same") == [
        "-line",
        "+row",
        "-\nthis is the line with the number 1500",
    ]


@pytest.mark.parametrize("count", [300, 5_000])
def test_a_text_that_costs_too_much_is_replaced_between_what_is_the_same(count: int) -> None:
    old, new = "begin " + "a b " * count + "end", "begin " + "b a a " * count + "end"
    assert [segment.kind for segment in diff_texts(old, new)] == ["same", "removed", "added", "same"]


ASK, ANSWER = Turn("user", "How tall is it?"), Turn("assistant", "Ten metres.")


def turns_of(old: tuple[Turn, ...], new: tuple[Turn, ...]) -> list[tuple[Any, ...]]:
    diff = diff_conversations(Conversation(old), Conversation(new))
    return [(turn.kind, turn.role, turn.old_number, turn.new_number) for turn in diff]


@pytest.mark.parametrize(
    ("old", "new", "turns"),
    [
        ((), (), []),
        ((ASK, ANSWER), (ASK, ANSWER), [("same", "user", 1, 1), ("same", "assistant", 2, 2)]),
        (
            (ASK, ANSWER),
            (ASK, Turn("assistant", "Eleven metres.")),
            [("same", "user", 1, 1), ("changed", "assistant", 2, 2)],
        ),
        (
            (ASK, ANSWER),
            (Turn("system", "Be brief."), ASK, ANSWER),
            [("added", "system", None, 1), ("same", "user", 1, 2), ("same", "assistant", 2, 3)],
        ),
        (
            (ASK, ANSWER, Turn("user", "And wide?"), Turn("assistant", "Two.")),
            (ASK, ANSWER),
            [
                ("same", "user", 1, 1),
                ("same", "assistant", 2, 2),
                ("removed", "user", 3, None),
                ("removed", "assistant", 4, None),
            ],
        ),
        (
            (Turn("user", "Old."), Turn("assistant", "Old.")),
            (Turn("user", "New."), Turn("assistant", "New.")),
            [("changed", "user", 1, 1), ("changed", "assistant", 2, 2)],
        ),
    ],
)
def test_turns_are_aligned(
    old: tuple[Turn, ...], new: tuple[Turn, ...], turns: list[tuple[Any, ...]]
) -> None:
    assert turns_of(old, new) == turns


def test_a_turn_that_changed_says_which_words() -> None:
    diff = diff_conversations(
        Conversation((ASK, ANSWER)), Conversation((ASK, Turn("assistant", "Two metres.")))
    )
    assert diff[0].segments == (Segment("same", "How tall is it?"),)
    assert marked(diff[1].segments) == ["-Ten", "+Two", "  metres."]


def test_a_turn_that_changed_its_role_says_so() -> None:
    diff = diff_conversations(Conversation((ASK, ANSWER)), Conversation((ASK, Turn("tool", "Ten metres."))))
    assert (diff[1].kind, diff[1].role, diff[1].old_role) == ("changed", "tool", "assistant")


def test_an_input_counts_as_text() -> None:
    old, new = Turn("user", "Sum up.", input="A text."), Turn("user", "Sum up.", input="Another text.")
    diff = diff_conversations(Conversation((old,)), Conversation((new,)))
    assert marked(diff[0].segments) == [" Sum up.\n\n", "-A", "+Another", "  text."]
