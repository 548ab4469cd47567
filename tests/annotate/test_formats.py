from pathlib import Path
from typing import Any

import pytest

from annotate.formats import FORMATS, RecordError, by_slug, detect, read_record
from annotate.records import Conversation, Turn

ASK, ANSWER = {"from": "human", "value": "Hello"}, {"from": "gpt", "value": "Hi."}


def chat(*turns: Any, **rest: Any) -> dict[str, Any]:
    return {"conversations": list(turns), **rest}


def messages(*turns: Any) -> dict[str, Any]:
    return {"messages": list(turns)}


def said(record: dict[str, Any]) -> list[tuple[str, str]]:
    return [(turn.role, turn.content) for turn in read_record(record).turns]


def test_slugs_are_for_ever() -> None:
    assert [known.slug for known in FORMATS] == [
        "alpaca",
        "sharegpt",
        "messages",
        "prompt-completion",
        "text",
    ]
    assert all(by_slug(known.slug) is known for known in FORMATS)


@pytest.mark.parametrize(
    ("record", "slug"),
    [
        ({"instruction": "x"}, "alpaca"),
        ({"conversations": None}, "sharegpt"),
        ({"messages": [], "prompt": "x"}, "messages"),
        ({"prompt": "x", "completion": "y"}, "prompt-completion"),
        ({"prompt": "x"}, None),
        ({"text": None}, "text"),
        ({"text": "x", "id": "t1", "label": 0}, "text"),
        ({"text": "x", "instruction": "y"}, "alpaca"),
        ({"text": "x", "conversations": []}, "sharegpt"),
        ({"text": "x", "messages": []}, "messages"),
        ({"text": "x", "prompt": "y", "completion": "z"}, "prompt-completion"),
        ({"text": "x", "prompt": "y"}, None),
        ({"text": "x", "question": "y", "answer": "z"}, None),
        ({"text": "x", "role": "prompter"}, None),
        ({}, None),
    ],
)
def test_a_format_is_told_by_its_keys(record: dict[str, Any], slug: str | None) -> None:
    found = detect(record)
    assert (found.slug if found else None) == slug


@pytest.mark.parametrize(
    ("record", "turns", "metadata"),
    [
        ({"instruction": "Q", "output": "A"}, [Turn("user", "Q"), Turn("assistant", "A")], {}),
        (
            {"instruction": "Q", "input": "I", "output": "A", "id": 3},
            [Turn("user", "Q", "I"), Turn("assistant", "A")],
            {"id": 3},
        ),
        ({"instruction": "Q", "input": None, "output": "A"}, [Turn("user", "Q"), Turn("assistant", "A")], {}),
        (
            {"instruction": "Q", "input": "", "response": "A"},
            [Turn("user", "Q"), Turn("assistant", "A")],
            {},
        ),
        (
            {"instruction": "Q", "output": "A", "response": "B"},
            [Turn("user", "Q"), Turn("assistant", "A")],
            {"response": "B"},
        ),
        (
            {"instruction": "Q2", "output": "A2", "system": "S", "history": [["Q1", "A1"]]},
            [
                Turn("system", "S"),
                Turn("user", "Q1"),
                Turn("assistant", "A1"),
                Turn("user", "Q2"),
                Turn("assistant", "A2"),
            ],
            {},
        ),
        (
            {"instruction": "Q", "output": "A", "system": "", "history": None},
            [Turn("user", "Q"), Turn("assistant", "A")],
            {},
        ),
        (
            {"id": "t1", "instruction": "Q", "instances": [{"input": "I", "output": "A"}]},
            [Turn("user", "Q", "I"), Turn("assistant", "A")],
            {"id": "t1"},
        ),
        (chat(ASK, ANSWER, tools="[]"), [Turn("user", "Hello"), Turn("assistant", "Hi.")], {"tools": "[]"}),
        (
            chat(ASK, ANSWER, system="S"),
            [Turn("system", "S", tag="system key"), Turn("user", "Hello"), Turn("assistant", "Hi.")],
            {},
        ),
        (
            chat({"from": "USER", "value": "Q", "weight": 0}, {"from": "chatgpt", "value": "A"}),
            [Turn("user", "Q", tag="USER", extra={"weight": 0}), Turn("assistant", "A", tag="chatgpt")],
            {},
        ),
        (
            chat(
                ASK,
                {"from": "function_call", "value": "{}"},
                {"from": "observation", "value": "20"},
                {"from": "gpt", "value": "20."},
            ),
            [
                Turn("user", "Hello"),
                Turn("assistant", "{}", tag="function_call"),
                Turn("tool", "20", tag="observation"),
                Turn("assistant", "20."),
            ],
            {},
        ),
        (
            messages(
                {"role": "developer", "content": "S"},
                {"role": "user", "content": "Q", "name": "ann"},
                {"role": "assistant", "content": None, "tool_calls": [{"id": "c"}]},
                {"role": "tool", "content": "20", "tool_call_id": "c"},
                {"role": "assistant", "content": "20."},
            ),
            [
                Turn("system", "S", tag="developer"),
                Turn("user", "Q", extra={"name": "ann"}),
                Turn("assistant", "", extra={"tool_calls": [{"id": "c"}]}),
                Turn("tool", "20", extra={"tool_call_id": "c"}),
                Turn("assistant", "20."),
            ],
            {},
        ),
        (
            {"prompt": "Q", "completion": " A", "id": 1},
            [Turn("user", "Q"), Turn("assistant", " A")],
            {"id": 1},
        ),
        ({"id": "t1", "text": " A\n"}, [Turn("assistant", " A\n", tag="text")], {"id": "t1"}),
    ],
)
def test_what_a_record_becomes(record: dict[str, Any], turns: list[Turn], metadata: dict[str, Any]) -> None:
    assert read_record(record) == Conversation(tuple(turns), metadata)


def test_the_given_format_decides() -> None:
    both = {"instruction": "Q", "output": "A", "prompt": "P", "completion": "C"}
    assert read_record(both, by_slug("prompt-completion")).turns[0].content == "P"
    with pytest.raises(RecordError, match="“messages” is missing"):
        read_record(both, by_slug("messages"))


def test_an_empty_system_turn_is_kept_in_its_place() -> None:
    assert said(chat({"from": "system", "value": ""}, ASK, ANSWER))[0] == ("system", "")


@pytest.mark.parametrize("known", FORMATS, ids=lambda known: known.slug)
def test_every_format_and_word_is_in_the_reference(known: Any) -> None:
    page = (Path(__file__).parents[2] / "docs" / "reference" / "formats.md").read_text()
    section = page.partition(f"## Format: `{known.slug}`\n")[2].partition("\n## ")[0]
    assert section
    assert all(f"`{word.replace('-', '_')}`" in section for word in getattr(known, "words", ()))
