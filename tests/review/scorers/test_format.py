import pytest

from annotate.records import Conversation, Turn
from review.scorers.format import ISSUES, Format

LETTERS = {"s": "system", "u": "user", "a": "assistant", "t": "tool", "m": "moderator"}


def conversation(roles: str, **contents: str) -> Conversation:
    """Turns of the roles with these first letters; `t1="…"` gives the second turn its text."""
    return Conversation(
        tuple(
            Turn(role=LETTERS[letter], content=contents.get(f"t{position}", f"text {position}"))
            for position, letter in enumerate(roles)
        )
    )


@pytest.mark.parametrize(
    ("example", "issues", "blocks"),
    [
        (conversation("ua"), [], 0),
        (conversation("sua"), [], 0),
        (conversation("uaua"), [], 0),
        (conversation("uata"), [], 0),
        (conversation("uma"), ["unknown-role", "role-order"], 2),
        (conversation("u"), ["no-answer", "role-order"], 2),
        (conversation(""), ["no-answer", "role-order"], 2),
        (conversation("uua"), ["role-order"], 1),
        (conversation("au"), ["role-order"], 1),
        (conversation("usa"), ["role-order"], 1),
        (conversation("ua", t1=""), ["empty-turn"], 1),
        (conversation("ua", t1=" \n\t\u3000"), ["empty-turn"], 1),
        (conversation("ua", t0="", t1=""), ["empty-turn"], 1),
        (conversation("ua", t1="."), [], 0),
        (conversation("ua", t0="Why? ", t1="Why?\n"), ["echo"], 1),
        (conversation("uaua", t0="Why?", t3="Why?"), [], 0),
        (conversation("uaua", t1="Why?", t2="Why?"), [], 0),
        (conversation("sua", t0=" "), ["empty-system"], 0),
        (conversation("sua", t0="", t2=""), ["empty-turn", "empty-system"], 1),
    ],
)
def test_format_issues(example: Conversation, issues: list[str], blocks: int) -> None:
    assert Format()([example]) == [{"format_issues": issues, "format_blocks": blocks}]


def test_an_input_beside_an_empty_instruction_is_not_empty() -> None:
    example = Conversation((Turn("user", "", input="translate me"), Turn("assistant", "done")))
    assert Format()([example])[0]["format_issues"] == []


def test_a_call_of_a_tool_needs_no_text() -> None:
    call = Turn("assistant", "", extra={"tool_calls": [{"id": "1"}]})
    example = Conversation(
        (Turn("user", "How warm is it?"), call, Turn("tool", "12"), Turn("assistant", "12 degrees."))
    )
    assert Format()([example])[0]["format_issues"] == []


def test_an_answer_that_repeats_only_part_of_the_turn_is_no_echo() -> None:
    example = Conversation((Turn("user", "Peas", input="carrots"), Turn("assistant", "Peas")))
    assert Format()([example])[0]["format_issues"] == []


def test_a_batch_keeps_its_order() -> None:
    found = Format()([conversation("ua"), conversation("ua", t1=""), conversation("ua")])
    assert [row["format_blocks"] for row in found] == [0, 1, 0]
    assert Format()([]) == []


def test_issue_slugs_are_unique_and_stay() -> None:
    assert [(issue.slug, issue.severity) for issue in ISSUES] == [
        ("unknown-role", "blocks"),
        ("no-answer", "blocks"),
        ("empty-turn", "blocks"),
        ("role-order", "blocks"),
        ("echo", "blocks"),
        ("empty-system", "warns"),
    ]
    assert all(issue.sentence.endswith(".") for issue in ISSUES)
