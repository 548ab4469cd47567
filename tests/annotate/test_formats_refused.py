from typing import Any

import pytest

from annotate.formats import RecordError, read_record

ASK, ANSWER = {"from": "human", "value": "Hello"}, {"from": "gpt", "value": "Hi."}


def chat(*turns: Any, **rest: Any) -> dict[str, Any]:
    return {"conversations": list(turns), **rest}


def messages(*turns: Any) -> dict[str, Any]:
    return {"messages": list(turns)}


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ({}, "The record is an empty object: write its fields or remove it."),
        (
            {"question": "Q", "reply": "A"},
            (
                "No known format has the fields “question”, “reply”: name them instruction and output, conversations,"
                " messages, prompt and completion, or text."
            ),
        ),
        (
            {"data": [{"instruction": "Q", "output": "A"}]},
            "The records stand inside the field “data”: save only that list as the file.",
        ),
        ({"instruction": "Q"}, "The field “output” is missing: add it or remove the record."),
        (
            {"instruction": "", "output": "A"},
            "The field “instruction” is empty: write its text or remove the record.",
        ),
        (
            {"instruction": "Q", "output": ""},
            "The field “output” is empty: write its text or remove the record.",
        ),
        (
            {"instruction": "Q", "output": " \n"},
            "The field “output” is empty: write its text or remove the record.",
        ),
        (
            {"instruction": "Q", "response": ""},
            "The field “response” is empty: write its text or remove the record.",
        ),
        ({"instruction": "Q", "output": None}, "The field “output” is null: make it a text."),
        ({"instruction": "Q", "output": True}, "The field “output” is true or false: make it a text."),
        ({"instruction": 5, "output": "A"}, "The field “instruction” is a number: make it a text."),
        (
            {"instruction": "Q", "input": [1], "output": "A"},
            "The field “input” is a list: make it a text or remove it.",
        ),
        (
            {"instruction": "Q", "output": "A", "system": {}},
            "The field “system” is an object: make it a text or remove it.",
        ),
        (
            {"instruction": "Q", "output": "A", "history": "x"},
            "The field “history” is a text: make it a list of [question, answer] pairs.",
        ),
        (
            {"instruction": "Q", "output": "A", "history": [["a", "b"], ["a"]]},
            "Entry 2 of “history” is no pair: write [question, answer].",
        ),
        (
            {"instruction": "Q", "output": "A", "history": [["a", None]]},
            "The answer in entry 1 of “history” is null: make it a text.",
        ),
        (
            {"instruction": "Q", "output": "A", "history": [[" ", "b"]]},
            "The question in entry 1 of “history” is empty: write it or remove the pair.",
        ),
        (
            {"instruction": "Q", "instances": [{"output": "A"}, {"output": "B"}]},
            "The field “instances” has 2 entries: write one record for each, with instruction, input and output.",
        ),
        (
            {"instruction": "Q", "instances": []},
            "The field “instances” has 0 entries: write one record for each, with instruction, input and output.",
        ),
        (
            {"instruction": "Q", "instances": "A"},
            "The field “instances” is no list of objects: write instruction, input and output instead.",
        ),
        (chat(), "There are no turns: write a user turn and an assistant turn."),
        ({"conversations": "x"}, "The field “conversations” is a text: make it a list of turns."),
        (chat(ASK, "Hi."), "Turn 2 is a text: make it an object with “from” and “value”."),
        (chat({"value": "x"}), "Turn 1 has no “from”: say who speaks (system, human, gpt, tool)."),
        (
            chat({"from": None, "value": "x"}),
            "“from” of turn 1 is null: say who speaks (system, human, gpt, tool).",
        ),
        (
            chat({"from": ["gpt"], "value": "x"}),
            "“from” of turn 1 is a list: say who speaks (system, human, gpt, tool).",
        ),
        (
            chat(ASK, {"from": "narrator", "value": "x"}),
            "Turn 2 has the unknown role “narrator”: use system, human, gpt, tool.",
        ),
        (chat(ASK, {"from": "gpt"}), "Turn 2 has no “value”: write its text or remove the turn."),
        (chat(ASK, {"from": "gpt", "value": 1}), "“value” of turn 2 is a number: make it a text."),
        (
            chat(ASK, {"from": "gpt", "value": ""}),
            "Turn 2 (assistant) is empty: write its text or remove the turn.",
        ),
        (
            chat(ASK, ASK, ANSWER),
            "Turns 1 and 2 are both user turns: join them or write the assistant's answer between.",
        ),
        (
            chat(ANSWER, ASK, ANSWER),
            "Turn 1 (assistant) comes before any user turn: write the question before it or remove it.",
        ),
        (chat(ASK), "The last turn (user) has no answer: end with an assistant turn."),
        (chat(ASK, ANSWER, system=5), "The field “system” is a number: make it a text or remove it."),
        (
            messages({"role": "user", "content": [{"type": "text", "text": "Q"}]}),
            "“content” of turn 1 is a list: make it a text.",
        ),
        (
            messages({"role": "user", "content": "Q"}, {"role": "assistant", "content": None}),
            "“content” of turn 2 is null: make it a text.",
        ),
        (
            {"prompt": "Q", "completion": ""},
            "The field “completion” is empty: write its text or remove the record.",
        ),
        ({"prompt": [], "completion": "A"}, "The field “prompt” is a list: make it a text."),
        ({"text": " "}, "The field “text” is empty: write its text or remove the record."),
        ({"text": ["A"]}, "The field “text” is a list: make it a text."),
        (
            chat({"from": "gpt", "value": "A"}),
            "Turn 1 (assistant) comes before any user turn: write the question before it or remove it.",
        ),
        (
            chat({"from": "text", "value": "A"}),
            "Turn 1 has the unknown role “text”: use system, human, gpt, tool.",
        ),
    ],
)
def test_why_a_record_is_no_example(record: dict[str, Any], reason: str) -> None:
    with pytest.raises(RecordError) as caught:
        read_record(record)
    assert caught.value.reason == reason


def test_at_most_three_problems_are_told() -> None:
    empty = {"from": "human", "value": ""}
    with pytest.raises(RecordError) as caught:
        read_record(chat(empty, empty, empty, empty))
    assert caught.value.reason.count(".") == 3


def test_a_long_name_is_cut_in_a_reason() -> None:
    with pytest.raises(RecordError) as caught:
        read_record(chat({"from": "x" * 1_000, "value": "x"}))
    assert len(caught.value.reason) < 120
