"""The editor's shapes, its buttons and what it sends, on values."""

import pytest

from annotate.editing import (
    SINGLE,
    TURNS,
    Row,
    apply,
    fits_single,
    for_submit,
    read_turns,
    rows_of,
    with_problems,
    without_blank_system,
)
from annotate.records import Conversation, Turn

NOTHING = Conversation(())


def talk(*turns: tuple[str, str]) -> Conversation:
    return Conversation(tuple(Turn(role, content) for role, content in turns))


def roles(conversation: Conversation) -> str:
    return " ".join(turn.role[0] for turn in conversation.turns)


def field(role: str, content: str, given: str = "", was: str = "") -> dict[str, str]:
    return {"role": role, "content": content, "input": given, "was": was}


@pytest.mark.parametrize(
    ("order", "fits"),
    [
        ([], True),
        (["user"], True),
        (["user", "assistant"], True),
        (["system", "user", "assistant"], True),
        (["assistant", "user"], False),
        (["user", "system"], False),
        (["user", "assistant", "user"], False),
        (["user", "user"], False),
        (["user", "tool"], False),
    ],
)
def test_single_holds_one_system_user_and_assistant_turn_in_order(order: list[str], fits: bool) -> None:
    assert fits_single(talk(*((role, "x") for role in order))) is fits


def test_single_always_shows_three_rows() -> None:
    rows = rows_of(talk(("user", "Why?")), NOTHING, SINGLE)
    assert rows == [Row("system"), Row("user", "Why?"), Row("assistant")]


def test_a_text_is_shown_alone_and_stays_a_text() -> None:
    text = Conversation((Turn("assistant", "Bread rises.", tag="text"),))
    rows = rows_of(text, text, SINGLE)
    assert rows == [Row("assistant", "Bread rises.", tag="text", was=0)] == rows_of(text, text, TURNS)
    sent = read_turns([field("assistant", "Bread rises slowly.", was=str(rows[0].was))], text)
    assert for_submit(sent).turns == (Turn("assistant", "Bread rises slowly.", tag="text"),)


def test_an_unwritten_text_is_shown_as_a_question_and_an_answer() -> None:
    assert rows_of(NOTHING, NOTHING, TURNS) == [Row("user", focus=True), Row("assistant")]


@pytest.mark.parametrize(
    "kept", [{"tag": "gpt-4"}, {"extra": {"id": 7}}, {"tag": "bing", "extra": {"a": [1]}}]
)
def test_what_the_editor_cannot_show_stays_with_its_turn(kept: dict[str, object]) -> None:
    base = Conversation((Turn("user", "Why?"), Turn("assistant", "So.", **kept)))  # type: ignore[arg-type]
    shown = rows_of(base, base, TURNS)
    sent = [field(row.role, f"{row.content}!", was=str(row.was)) for row in reversed(shown)]
    read = read_turns(sent, base)
    assert read.turns == (Turn("assistant", "So.!", **kept), Turn("user", "Why?!"))  # type: ignore[arg-type]


def test_a_tag_does_not_stay_when_the_role_changes() -> None:
    base = Conversation((Turn("assistant", "So.", tag="gpt-4"),))
    assert read_turns([field("user", "So.", was="0")], base).turns == (Turn("user", "So."),)


@pytest.mark.parametrize("was", ["9", "-1", "x", "", "1e3", "²"])
def test_a_place_that_is_none_keeps_nothing(was: str) -> None:
    base = Conversation((Turn("user", "Why?", extra={"id": 1}),))
    assert read_turns([field("user", "Why?", was=was)], base).turns == (Turn("user", "Why?"),)


def test_line_ends_that_nobody_touched_are_no_change() -> None:
    base = talk(("user", "one\r\ntwo"), ("assistant", "three\nfour"))
    sent = [field("user", "one\r\ntwo"), field("assistant", "three\r\nfour")]
    assert read_turns(sent, base).turns == base.turns


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("a\r\nb", "a\nb"), ("a\rb", "a\nb"), ("a\0b", "ab"), (" a ", " a "), ("\n a", "\n a")],
)
def test_typed_text_has_plain_line_ends_and_no_nul(typed: str, kept: str) -> None:
    assert read_turns([field("user", typed)], NOTHING).turns[0].content == kept


def test_only_user_turns_have_an_input() -> None:
    read = read_turns([field("user", "a", "b"), field("assistant", "c", "d")], NOTHING)
    assert [turn.input for turn in read.turns] == ["b", ""]


@pytest.mark.parametrize(
    ("action", "after"),
    [
        ("", "s u a"),
        ("save", "s u a"),
        ("add", "s u a u"),
        ("up 2", "s a u"),
        ("up 0", "s u a"),
        ("down 0", "u s a"),
        ("down 2", "s u a"),
        ("remove 1", "s a"),
        ("remove 9", "s u a"),
    ],
)
def test_the_buttons_of_a_turn(action: str, after: str) -> None:
    assert roles(apply(talk(("system", "x"), ("user", "y"), ("assistant", "z")), action)) == after


def test_the_last_turn_cannot_be_removed() -> None:
    assert roles(apply(talk(("user", "x")), "remove 0")) == "u"


def test_the_first_added_turn_is_a_users() -> None:
    assert roles(apply(NOTHING, "add")) == "u"


@pytest.mark.parametrize(
    ("turns", "after"),
    [
        ([("system", " "), ("user", "x"), ("assistant", "y")], "u a"),
        ([("system", "s"), ("user", "x"), ("assistant", "y")], "s u a"),
        ([("user", "x"), ("assistant", "y"), ("user", "\n")], "u a"),
        ([("user", "x"), ("assistant", "y"), ("user", "z")], "u a u"),
        ([("user", "x"), ("assistant", "")], "u a"),
        ([("user", ""), ("assistant", " ")], ""),
        ([], ""),
    ],
)
def test_what_nobody_filled_in_is_not_submitted(turns: list[tuple[str, str]], after: str) -> None:
    assert roles(for_submit(talk(*turns))) == after


def test_a_blank_system_prompt_goes_and_a_written_one_stays() -> None:
    assert roles(without_blank_system(talk(("system", ""), ("user", "")))) == "u"
    assert roles(without_blank_system(talk(("system", "Be kind."), ("user", "")))) == "s u"


@pytest.mark.parametrize(
    ("problem", "place"),
    [
        ("Turn 1 (user) is empty: write its text.", 0),
        ("Turns 1 and 2 are both user turns.", 1),
        ("Turn 7 (user) is empty.", None),
        ("The last turn (user) has no answer.", None),
    ],
)
def test_a_problem_is_shown_at_the_last_turn_it_names(problem: str, place: int | None) -> None:
    text = talk(("user", "a"), ("user", "b"), ("assistant", "c"))
    rows, unplaced = with_problems(rows_of(text, text, TURNS), text, [problem])
    assert [at for at, row in enumerate(rows) if row.problems] == ([] if place is None else [place])
    assert unplaced == ([problem] if place is None else [])


def test_in_the_single_shape_a_problem_is_shown_at_its_role() -> None:
    text = talk(("user", "a"), ("assistant", ""))
    rows, unplaced = with_problems(rows_of(text, text, SINGLE), text, ["Turn 2 (assistant) is empty: write."])
    assert [row.role for row in rows if row.problems] == ["assistant"]
    assert not unplaced
