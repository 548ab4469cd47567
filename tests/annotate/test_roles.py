from dataclasses import replace

import pytest

from annotate.records import Turn
from annotate.roles import empty_turn_problems, is_call, is_empty, role_order_problems, turn_problems

LETTERS = {"s": "system", "u": "user", "a": "assistant", "t": "tool", "m": "moderator"}


def turns_of(letters: str) -> list[Turn]:
    """Turns of the roles with these first letters; `c` is an assistant turn that calls a tool."""
    return [
        Turn("assistant", "call", tag="function_call") if letter == "c" else Turn(LETTERS[letter], "text")
        for letter in letters
    ]


@pytest.mark.parametrize(
    "letters", ["ua", "sua", "uaua", "uata", "ucta", "uctta", "uccttaua", "uacta", "uc", "ucua", "sucta"]
)
def test_orders_that_are_right(letters: str) -> None:
    assert role_order_problems(turns_of(letters)) == []


@pytest.mark.parametrize(
    ("letters", "problems"),
    [
        ("", ["There are no turns: write a user turn and an assistant turn."]),
        ("s", ["The last turn (system) has no answer: end with an assistant turn."]),
        ("u", ["The last turn (user) has no answer: end with an assistant turn."]),
        ("uau", ["The last turn (user) has no answer: end with an assistant turn."]),
        ("uct", ["The last turn (tool) has no answer: end with an assistant turn."]),
        ("a", ["Turn 1 (assistant) comes before any user turn: write the question before it or remove it."]),
        ("sa", ["Turn 2 (assistant) comes before any user turn: write the question before it or remove it."]),
        ("uua", ["Turns 1 and 2 are both user turns: join them or write the assistant's answer between."]),
        ("uaa", ["Turns 2 and 3 are both assistant turns: join them or write the user's turn between."]),
        ("usa", ["Turn 2 (system) is out of place: a conversation has one system turn, the first."]),
        ("ssua", ["Turn 2 (system) is out of place: a conversation has one system turn, the first."]),
        ("uctua", ["Turn 4 (user) follows a tool turn: write the assistant's answer between them."]),
        ("uta", ["Turn 2 (tool) must follow an assistant turn that calls a tool."]),
        ("uma", ["Turn 2 has the unknown role “moderator”: use system, user, assistant or tool."]),
        ("uam", ["Turn 3 has the unknown role “moderator”: use system, user, assistant or tool."]),
    ],
)
def test_orders_that_are_wrong(letters: str, problems: list[str]) -> None:
    assert role_order_problems(turns_of(letters)) == problems


def test_a_text_stands_alone() -> None:
    text = Turn("assistant", "A", tag="text")
    assert turn_problems([text]) == []
    assert turn_problems([replace(text, content=" ")]) == [
        "Turn 1 (assistant) is empty: write its text or remove the turn."
    ]
    for turns in ([Turn("system", "S"), text], [text, Turn("user", "Q")], [replace(text, tag="")]):
        assert role_order_problems(turns)


def test_every_fault_is_named_in_order() -> None:
    found = role_order_problems(turns_of("auu"))
    assert [problem.split(" (")[0] for problem in found[:1]] == ["Turn 1"]
    assert found[1].startswith("Turns 2 and 3 are both user")
    assert found[2].startswith("The last turn (user)")


@pytest.mark.parametrize(
    ("turn", "empty"),
    [
        (Turn("user", ""), True),
        (Turn("user", " \n\u3000"), True),
        (Turn("user", "", input="x"), False),
        (Turn("tool", ""), True),
        (Turn("assistant", "."), False),
        (Turn("assistant", "", extra={"tool_calls": [{"id": 1}]}), False),
        (Turn("assistant", "", extra={"tool_calls": []}), True),
        (Turn("user", "", extra={"tool_calls": [{"id": 1}]}), True),
    ],
)
def test_empty_turns(turn: Turn, empty: bool) -> None:
    assert is_empty(turn) is empty
    expected = [f"Turn 1 ({turn.role}) is empty: write its text or remove the turn."] if empty else []
    assert empty_turn_problems([turn]) == expected


def test_an_empty_system_turn_does_no_harm() -> None:
    assert turn_problems([Turn("system", ""), Turn("user", "Hello"), Turn("assistant", "Hello.")]) == []


def test_order_comes_before_empty_turns() -> None:
    assert [problem.split(":")[0] for problem in turn_problems([Turn("user", " ")])] == [
        "The last turn (user) has no answer",
        "Turn 1 (user) is empty",
    ]


@pytest.mark.parametrize(
    ("turn", "call"),
    [
        (Turn("assistant", "x", tag="function_call"), True),
        (Turn("assistant", "x", tag="Tool_Call"), True),
        (Turn("assistant", "x", extra={"function_call": {"name": "f"}}), True),
        (Turn("assistant", "x", tag="chatgpt"), False),
        (Turn("tool", "x", tag="function_call"), False),
    ],
)
def test_calls(turn: Turn, call: bool) -> None:
    assert is_call(turn) is call
