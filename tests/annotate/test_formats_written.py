"""Writing gives back what was read: by table for what formats lose, by generated records for what they keep."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotate.formats import FORMATS, Format, RecordError, by_slug, detect, read_record
from annotate.formats.messages import MESSAGES
from annotate.formats.sharegpt import SHAREGPT
from annotate.records import Conversation, Turn
from annotate.roles import turn_problems

ANY = st.text(st.characters(codec="utf-8"))
SAID = ANY.filter(str.strip)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | ANY, lambda inner: st.lists(inner, max_size=2)
)
KNOWN = {
    "instruction",
    "input",
    "output",
    "response",
    "instances",
    "system",
    "history",
    "conversations",
    "messages",
}
KNOWN |= {"prompt", "completion", "from", "value", "role", "content", "tool_calls", "function_call"}
KNOWN |= {"text", "question", "query", "problem", "answer"}
EXTRA = st.dictionaries(ANY.filter(lambda key: key not in KNOWN), VALUES, max_size=2)


def optional(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


def merged(*parts: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    return st.tuples(*parts).map(lambda found: {key: value for part in found for key, value in part.items()})


ALPACA = merged(
    st.fixed_dictionaries({"instruction": SAID, "input": ANY, "output": SAID}),
    optional(
        system=ANY.filter(bool), history=st.lists(st.tuples(SAID, SAID).map(list), min_size=1, max_size=3)
    ),
    EXTRA,
)
PROMPTS = merged(st.fixed_dictionaries({"prompt": SAID, "completion": SAID}), EXTRA)
TEXTS = merged(st.fixed_dictionaries({"text": SAID}), EXTRA)


@st.composite
def chats(draw: st.DrawFn, key: str, who: str, text: str, words: dict[str, str]) -> dict[str, Any]:
    """Turns in an order that is right, under any of the format's words for a role."""
    roles = ["system"] * draw(st.booleans())
    for _ in range(draw(st.integers(1, 3))):
        roles += ["user", "assistant", *["tool", "assistant"] * draw(st.integers(0, 2))]
    turns = [
        {
            who: draw(st.sampled_from([word for word, meant in words.items() if meant == role])),
            text: draw(SAID),
            **draw(EXTRA),
        }
        for role in roles
    ]
    has_system = roles[0] != "system" and draw(st.booleans())
    return {**({"system": draw(SAID)} if has_system else {}), key: turns, **draw(EXTRA)}


RECORDS = (
    ALPACA
    | chats("conversations", "from", "value", dict(SHAREGPT.words))
    | chats("messages", "role", "content", dict(MESSAGES.words))
    | PROMPTS
    | TEXTS
)


@settings(max_examples=300, deadline=None)
@given(RECORDS)
def test_a_record_is_written_back_as_it_was_read(record: dict[str, Any]) -> None:
    known = detect(record)
    assert known
    conversation = read_record(record)
    assert known.write(conversation) == record
    assert Conversation.from_json(conversation.as_json(), conversation.metadata) == conversation


def written_or_refused(known: Format, conversation: Conversation) -> tuple[dict[str, Any], str]:
    try:
        return known.write(conversation), ""
    except RecordError as error:
        return {}, error.reason


def plain(conversation: Conversation) -> list[tuple[Any, ...]]:
    return [(turn.role, turn.content, turn.input, turn.extra) for turn in conversation.turns]


@settings(max_examples=300, deadline=None)
@given(record=RECORDS, target=st.sampled_from(FORMATS))
def test_what_a_format_does_not_lose_it_keeps(record: dict[str, Any], target: Format) -> None:
    conversation = read_record(record)
    lost = target.loses(conversation)
    written, refused = written_or_refused(target, conversation)
    if refused:
        assert refused in lost
        return
    again = target.read(written)
    assert turn_problems(again.turns) == []
    assert target.write(again) == written
    if not lost:
        assert plain(again) == plain(conversation)
        assert again.metadata == conversation.metadata


ASK, ANSWER = Turn("user", "Q"), Turn("assistant", "A")
TEXT = Turn("assistant", "A", tag="text")
CALL, RESULT = Turn("assistant", "{}", tag="function_call"), Turn("tool", "20")


@pytest.mark.parametrize(
    ("turns", "metadata", "slug", "lost"),
    [
        ((ASK, ANSWER), {}, "alpaca", []),
        ((ASK, ANSWER), {}, "prompt-completion", []),
        ((Turn("user", "Q", "I"), ANSWER), {}, "alpaca", []),
        (
            (Turn("user", "Q", "I"), ANSWER),
            {},
            "sharegpt",
            ["The input of turn 1 is written as part of its text."],
        ),
        (
            (Turn("user", "Q", "I"), ANSWER, ASK, ANSWER),
            {},
            "alpaca",
            ["The input of turn 1 is written as part of its text."],
        ),
        (
            (ASK, Turn("assistant", "A", "I")),
            {},
            "alpaca",
            ["The input of turn 2 is written as part of its text."],
        ),
        ((ASK, CALL, RESULT, ANSWER), {}, "sharegpt", []),
        ((ASK, CALL, RESULT, ANSWER), {}, "messages", ["Turn 2 is no longer marked “function_call”."]),
        ((ASK, CALL), {}, "alpaca", ["Turn 2 is no longer marked “function_call”."]),
        ((ASK, CALL, RESULT, ANSWER), {}, "alpaca", ["Alpaca has no place for tool turns."]),
        ((ASK, ANSWER, ASK), {}, "alpaca", ["Alpaca needs user and assistant turns in pairs."]),
        ((), {}, "alpaca", ["Alpaca needs user and assistant turns in pairs."]),
        ((Turn("system", ""), ASK, ANSWER), {}, "alpaca", ["Turn 1 (system) is empty and left out."]),
        (
            (ASK, ANSWER, ASK, ANSWER),
            {},
            "prompt-completion",
            ["Prompt/completion holds exactly one user and one assistant turn."],
        ),
        (
            (ASK, ANSWER),
            {"messages": 1, "id": 2},
            "messages",
            ["The record has a key “messages” of its own, which is left out."],
        ),
        (
            (ASK, Turn("assistant", "A", extra={"value": 1})),
            {},
            "sharegpt",
            ["Turn 2 has a key “value” of its own, which is left out."],
        ),
        (
            (ASK, Turn("assistant", "A", extra={"weight": 1})),
            {},
            "alpaca",
            ["Turn 2 has keys that Alpaca has no place for."],
        ),
        (
            (ASK, Turn("assistant", "A", extra={"weight": 1})),
            {},
            "prompt-completion",
            ["Turn 2 has keys that this format has no place for."],
        ),
        ((TEXT,), {"id": 1}, "text", []),
        ((TEXT,), {"text": 1}, "text", ["The record has a key “text” of its own, which is left out."]),
        ((TEXT,), {}, "alpaca", ["Alpaca needs user and assistant turns in pairs."]),
        ((TEXT,), {}, "sharegpt", ["ShareGPT has no place for a text without a user turn."]),
        ((ASK, ANSWER), {}, "text", ["Text holds one text and no conversation."]),
        ((ASK, TEXT), {}, "text", ["Text holds one text and no conversation."]),
        ((ASK, TEXT), {}, "sharegpt", []),
    ],
)
def test_what_a_format_loses(
    turns: tuple[Turn, ...], metadata: dict[str, Any], slug: str, lost: list[str]
) -> None:
    assert by_slug(slug).loses(Conversation(turns, metadata)) == lost


@pytest.mark.parametrize(
    ("turn", "slug", "written"),
    [
        (Turn("user", "Q"), "sharegpt", {"from": "human", "value": "Q"}),
        (Turn("user", "Q", tag="user"), "sharegpt", {"from": "user", "value": "Q"}),
        (Turn("user", "Q", tag="human"), "messages", {"role": "user", "content": "Q"}),
        (Turn("user", "Q", "I"), "messages", {"role": "user", "content": "Q\n\nI"}),
        (Turn("tool", "20", tag="observation"), "sharegpt", {"from": "observation", "value": "20"}),
        (Turn("user", "20", tag="observation"), "sharegpt", {"from": "human", "value": "20"}),
        (Turn("user", "Q", extra={"from": 1, "a": 2}), "sharegpt", {"from": "human", "value": "Q", "a": 2}),
        (
            Turn("system", "S", tag="system key", extra={"a": 1}),
            "sharegpt",
            {"from": "system", "value": "S", "a": 1},
        ),
    ],
)
def test_how_a_turn_is_written(turn: Turn, slug: str, written: dict[str, Any]) -> None:
    record = by_slug(slug).write(Conversation((turn,)))
    assert (record.get("conversations") or record.get("messages"))[0] == written


def test_a_role_without_a_word_cannot_be_written() -> None:
    with pytest.raises(RecordError, match="no word for the role “narrator”"):
        SHAREGPT.write(Conversation((Turn("narrator", "x"),)))


def test_response_is_written_as_output() -> None:
    record = {"instruction": "Q", "response": "A"}
    assert by_slug("alpaca").write(read_record(record)) == {"instruction": "Q", "input": "", "output": "A"}
