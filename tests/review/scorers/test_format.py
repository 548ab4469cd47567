"""The scorer: what it says of a batch, and the order and severity of the issues. Each issue has a table beside."""

from typing import Any

import pytest

from annotate.records import Conversation, Turn
from review.scorers.base import DETAILS, Measured, Resources
from review.scorers.format import ISSUES, Format

LETTERS = {"s": "system", "u": "user", "a": "assistant", "t": "tool", "m": "moderator"}
CALL = {"tool_calls": [{"id": "1"}]}

measure = Format().prepare({}, Resources())


def conversation(roles: str, **contents: str) -> Conversation:
    """Turns of the roles with these first letters; `t1="…"` gives the second turn its text."""
    return Conversation(
        tuple(
            Turn(role=LETTERS[letter], content=contents.get(f"t{position}", f"text {position}"))
            for position, letter in enumerate(roles)
        )
    )


def measured(*turns: Turn) -> Measured:
    (values,) = measure([Conversation(turns)])
    return values


@pytest.mark.parametrize(
    ("example", "issues", "blocks", "warns"),
    [
        (conversation("ua"), [], 0, 0),
        (conversation("sua"), [], 0, 0),
        (conversation("uaua"), [], 0, 0),
        (conversation("uata", t1='<functioncall> {"name": "f"}'), [], 0, 0),
        (conversation("uata"), ["tool-order"], 1, 0),
        (conversation("uta"), ["role-order"], 1, 0),
        (Conversation((Turn("assistant", "text 0"),)), ["role-order"], 1, 0),
        (Conversation((Turn("assistant", "text 0", tag="text"),)), [], 0, 0),
        (Conversation((Turn("assistant", " ", tag="text"),)), ["empty-turn"], 1, 0),
        (conversation("uma"), ["unknown-role", "role-order"], 2, 0),
        (conversation("ma"), ["unknown-role", "role-order"], 2, 0),
        (conversation("u"), ["no-answer", "role-order"], 2, 0),
        (conversation(""), ["no-answer", "role-order"], 2, 0),
        (conversation("uua"), ["role-order"], 1, 0),
        (conversation("au"), ["role-order"], 1, 0),
        (conversation("usa"), ["role-order"], 1, 0),
        (conversation("ua", t1=""), ["empty-turn"], 1, 0),
        (conversation("ua", t1=" \n\t\u3000"), ["empty-turn"], 1, 0),
        (conversation("ua", t0="", t1=""), ["empty-turn"], 1, 0),
        (conversation("ua", t1="."), [], 0, 0),
        (conversation("sua", t0=" "), ["empty-system"], 0, 1),
        (conversation("sua", t0="", t2=""), ["empty-turn", "empty-system"], 1, 1),
    ],
)
def test_order_and_empty_turns(example: Conversation, issues: list[str], blocks: int, warns: int) -> None:
    (values,) = measure([example])
    values.pop(DETAILS, None)
    assert values == {"format_issues": issues, "format_blocks": blocks, "format_warns": warns}


def test_the_details_name_the_turn_of_each_issue() -> None:
    values = measured(Turn("system", ""), Turn("user", "Why?"), Turn("assistant", "Why?"), Turn("user", " "))
    assert values["format_issues"] == ["empty-turn", "role-order", "echo", "empty-system"]
    assert sorted(values[DETAILS], key=lambda found: found["turn"]) == [
        {"issue": "empty-system", "turn": 0},
        {"issue": "echo", "turn": 2},
        {"issue": "empty-turn", "turn": 3},
    ]


def test_no_details_where_there_is_nothing_to_tell() -> None:
    assert measured(Turn("user", "Why?"), Turn("assistant", "Because.")) == {
        "format_issues": [], "format_blocks": 0, "format_warns": 0
    }  # fmt: skip
    assert DETAILS not in measured()


def test_an_input_beside_an_empty_instruction_is_not_empty() -> None:
    assert measured(Turn("user", "", input="translate me"), Turn("assistant", "done"))["format_issues"] == []


def test_a_call_of_a_tool_needs_no_text() -> None:
    call = Turn("assistant", "", extra={"tool_calls": [{"id": "1"}]})
    turns = (Turn("user", "How warm is it?"), call, Turn("tool", "12"), Turn("assistant", "12 degrees."))
    assert measured(*turns)["format_issues"] == []


def test_a_batch_keeps_its_order() -> None:
    found = measure([conversation("ua"), conversation("ua", t1=""), conversation("ua")])
    assert [row["format_blocks"] for row in found] == [0, 1, 0]
    assert measure([]) == []


@pytest.mark.parametrize(
    ("calling", "result", "issues"),
    [
        (Turn("assistant", "", extra={"tool_calls": [{"id": "1"}]}), Turn("tool", "12"), []),
        (
            Turn("assistant", "", extra={"tool_calls": [{"id": "1"}]}),
            Turn("tool", "", extra={}),
            ["empty-turn"],
        ),
        (Turn("assistant", "", extra=CALL), Turn("tool", "12", extra={"tool_call_id": "1"}), []),
        (Turn("assistant", "", extra=CALL), Turn("tool", "12", extra={"tool_call_id": "2"}), ["tool-order"]),
        (Turn("assistant", '{"name": "f"}', tag="function_call"), Turn("tool", "12", tag="observation"), []),
        (Turn("assistant", "Action: look[sky]"), Turn("tool", "12"), []),
        (Turn("assistant", "look(sky)"), Turn("tool", "12"), []),
        (Turn("assistant", "I shall run it:\n```python\nprint(sky)\n```"), Turn("tool", "12"), []),
        (Turn("assistant", "<search>sky</search>"), Turn("tool", "12"), []),
        (Turn("assistant", "I shall look (soon)."), Turn("tool", "12"), ["tool-order"]),
    ],
)
def test_tool_turns_answer_calls(calling: Turn, result: Turn, issues: list[str]) -> None:
    turns = (Turn("user", "How warm is it?"), calling, result, Turn("assistant", "12 degrees."))
    assert measured(*turns)["format_issues"] == issues


def test_more_results_than_calls() -> None:
    call = Turn("assistant", "", extra={"tool_calls": [{"id": "1"}, {"id": "2"}]})
    end = Turn("assistant", "12 degrees.")
    two = [Turn("tool", "12"), Turn("tool", "13")]
    assert measured(Turn("user", "How warm?"), call, *two, end)["format_issues"] == []
    assert measured(Turn("user", "How warm?"), call, *two, Turn("tool", "14"), end)["format_issues"] == [
        "tool-order"
    ]


@pytest.mark.parametrize(
    ("after", "issues"),
    [
        ([], []),
        ([Turn("tool", "12"), Turn("assistant", "It is 12.")], []),
        ([Turn("assistant", "One moment."), Turn("tool", "12"), Turn("assistant", "It is 12.")], []),
        ([Turn("user", "Well?"), Turn("assistant", "It is 12.")], ["unanswered-call"]),
        ([Turn("tool", "12"), Turn("user", "Well?"), Turn("assistant", "12.")], ["role-order"]),
        (
            [Turn("assistant", "Moment."), Turn("user", "Well?"), Turn("assistant", "12.")],
            ["unanswered-call"],
        ),
    ],
)
def test_calls_get_an_answer(after: list[Turn], issues: list[str]) -> None:
    call = Turn("assistant", '{"name": "f"}', tag="function_call")
    assert measured(Turn("user", "How warm is it?"), call, *after)["format_issues"] == issues


def test_issue_slugs_are_unique_and_stay() -> None:
    slugs: dict[str, list[str]] = {"blocks": [], "warns": []}
    for issue in ISSUES:
        slugs[issue.severity].append(issue.slug)
    assert slugs["blocks"] == [
        "unknown-role", "no-answer", "empty-turn", "role-order", "tool-order", "echo", "placeholder",
        "broken-json", "mojibake",
    ]  # fmt: skip
    assert slugs["warns"] == [
        "empty-system", "unanswered-call", "near-echo", "todo", "cut-off", "open-fence", "broken-json-block",
        "control-characters", "refusal", "ai-boilerplate",
    ]  # fmt: skip
    assert all(issue.sentence.endswith(".") for issue in ISSUES)


@pytest.mark.parametrize("text", ["\n" * 50_000, "- \n" * 20_000, "```\n" * 20_000, "{{" * 50_000, "[" * 50_000,
                                  '{"a":' * 20_000, "a, " * 30_000, "É" * 50_000, ". " * 50_000,
                                  "a." * 50_000, "    " * 50_000, "a`" * 50_000, "<a " * 30_000])  # fmt: skip
def test_no_text_takes_forever(text: str) -> None:
    turns: Any = (
        Turn("user", f"Give me JSON.\n{text}"),
        Turn("assistant", text),
        Turn("tool", text),
        Turn("assistant", f"As an AI{text}"),
    )
    assert set(Format.fields) <= set(measured(*turns))
