"""Each issue of a text, with examples on both sides."""

# ruff: noqa: RUF001

import json
import os
from pathlib import Path

import pytest

from annotate.records import Conversation, Turn
from review.scorers.base import Resources
from review.scorers.format import Format

SAMPLES = os.environ.get("WINNOW_SAMPLES", "")
ASK = "Tell me about the weather of the last week."
PARAGRAPH = "The lake is old. Fish live in it. Herons eat the fish. "

measure = Format().prepare({}, Resources())


def issues_of(answer: str, asked: str = ASK, **more: str) -> list[str]:
    turns = (
        Turn("user", asked, input=more.get("input", "")),
        Turn("assistant", answer, tag=more.get("tag", "")),
    )
    (values,) = measure([Conversation(turns)])
    issues: list[str] = values["format_issues"]
    return issues


@pytest.mark.parametrize(
    ("asked", "answer", "issue"),
    [
        ("What is the best knife for bread?", "What is the best knife for bread?", "echo"),
        ("Name three rivers. ", "\nName three rivers.", "echo"),
        ("Why? ", "Why?\n", "echo"),
        ("Hello", "Hello", "near-echo"),
        ("Hello", "Hello!", ""),
        ("Name three rivers.", "name three rivers", "near-echo"),
        ("How can I repair a bicycle?", "How can I repair a bicycle? I do not know.", "near-echo"),
        ("Name three rivers.", "Name three rivers. Rhine, Elbe, Oder.", ""),
        ("Write a poem about rain in spring.", "Write a poem about snow: that is easier.", ""),
        (
            "How can I repair a bicycle that has lost its chain?",
            "How can I repair a bicycle? Oil it well, then push it down some hill.",
            "",
        ),
        ("Name three long rivers of Europe.", "Three long rivers of Europe are Volga, Danube, Ural.", ""),
    ],
)
def test_echoes(asked: str, answer: str, issue: str) -> None:
    assert issues_of(answer, asked) == ([issue] if issue else [])


def test_only_the_turn_before_is_echoed() -> None:
    turns = [Turn("user", "Why is that so?"), Turn("assistant", "Because.")]
    turns += [Turn("user", "Because."), Turn("assistant", "Why is that so?")]
    assert measure([Conversation(tuple(turns))])[0]["format_issues"] == []


def test_a_call_is_no_question_to_echo() -> None:
    call = Turn("assistant", "I shall look it up.", tag="function_call")
    turns = (Turn("user", "How warm is it?"), call, Turn("assistant", "I shall look it up."))
    assert measure([Conversation(turns)])[0]["format_issues"] == []


def test_giving_back_a_faultless_input_is_no_echo() -> None:
    assert issues_of("She runs every morning.", "Correct the grammar.", input="She runs every morning.") == []
    assert issues_of("Peas", "Peas", input="carrots") == []


@pytest.mark.parametrize(
    ("answer", "issue"),
    [
        ("I am {{name}}, made by {{author}}.", "placeholder"),
        ("I am {{ user_name }}", "placeholder"),
        ("我是 {{name}}，很高兴见到您。", "placeholder"),
        ("Write `{{name}}` where the name belongs.", ""),
        ("So:\n```\nHello {{name}}\n```\nThat is all.", ""),
        ("In Jinja you write {{ name }} for it.", ""),
        ("<h1>{{ title }}</h1>", ""),
        ("The set {{1, 2}, {3}} has two members.", ""),
        ("A set of sets: {{a}, {b}}.", ""),
        ("Lorem ipsum dolor sit amet, consectetur adipiscing elit.", "placeholder"),
    ],
)
def test_placeholders(answer: str, issue: str) -> None:
    assert issues_of(answer) == ([issue] if issue else [])


def test_a_tool_may_return_a_placeholder() -> None:
    call = Turn("assistant", '{"name": "f"}', tag="function_call")
    turns = (Turn("user", "What is it?"), call, Turn("tool", "It is {{name}}."), Turn("assistant", "A name."))
    assert measure([Conversation(turns)])[0]["format_issues"] == []


def test_who_asks_for_a_placeholder_gets_one() -> None:
    assert issues_of("Dear {{name}}, thank you for coming.", "Write a template for a letter of thanks.") == []
    assert issues_of("Lorem ipsum dolor sit amet.", "Give me some filler text for a page.") == []
    assert (
        issues_of("Seven.", "Count the words.", input="Lorem ipsum dolor sit amet, consectetur elit.") == []
    )
    assert issues_of("It is a letter.", "What is {{text}} about?") == ["placeholder"]


@pytest.mark.parametrize(
    ("answer", "issue"),
    [
        ("It rained.\nTODO: add the sunny days.", "todo"),
        ("It rained. [TODO]", "todo"),
        ("It rained on [insert day here].", "todo"),
        ("Rain: TBD:", "todo"),
        ("It rained.\nTBD", "todo"),
        ("```python\ndef f():\n    pass  # TODO: write this\n```", ""),
        ("def f():\n    # TODO: write this\n    pass", ""),
        ("int f() {\n    // TODO: write this\n    return 0;\n}", ""),
        ("Llueve TODO el día en el norte.", ""),
        ("Here is the to-do list.\nTODO: watch the rain.", ""),
        ("Dear [Your Name], it rained.", ""),
    ],
)
def test_notes_to_finish(answer: str, issue: str) -> None:
    assert issues_of(answer) == ([issue] if issue else [])


@pytest.mark.parametrize(
    ("answer", "issue"),
    [
        ("It rained on Monday,", "cut-off"),
        ("周一下雨，周二", ""),
        ("周一下雨，", "cut-off"),
        ("周一下雨。", ""),
        ("It rained on Monday (", "cut-off"),
        ("Well, that was a wet week :(", ""),
        ("Lyon, Marseille, Nice, Toulon, Dijon, Reims, Aix-", "cut-off"),
        ("1. Rain\n2. Snow\n3.", "cut-off"),
        ("- Rain\n- Snow\n-", "cut-off"),
        ("1. Rain\n2. Snow\n3. Hail", ""),
        ("In short, it rained for most of the week because", "cut-off"),
        ("It rained because", ""),
        (PARAGRAPH + "In winter the lake freezes and the herons fly to", "cut-off"),
        (PARAGRAPH + "In winter the lake freezes.", ""),
        (PARAGRAPH + "Yours sincerely, the keeper of the lake", ""),
        (PARAGRAPH + "#lake #herons #fish #winter", ""),
        ("It rained. Then it snowed, and then it hailed for two days", ""),
        ("42", ""),
        ("Paris", ""),
        ("C", ""),
        ("7,", "cut-off"),
        (",", ""),
        ("https://example.org/weather/last-week", ""),
        ("| day | rain |\n|---|---|\n| Monday | yes |", ""),
        ("Dear guest,\nit rained all week.\n\nKind regards,", ""),
        ("def f(x):\n    return g(\n", ""),
        ("```python\nprint(1)\n```", ""),
        ("So it went on and on and nobody knew why…", ""),
        ("He said, and left, “But I—", ""),
        ("The week was wet. See https://example.org. It has the rain. And the wind of example.org/a", ""),
    ],
)
def test_endings(answer: str, issue: str) -> None:
    assert issues_of(answer) == ([issue] if issue else [])


def test_a_call_may_end_as_it_likes() -> None:
    assert issues_of("look(sky,", tag="function_call") == []


@pytest.mark.parametrize(
    ("answer", "issue"),
    [
        ("```python\nprint(1)", "open-fence"),
        ("```\na\n```\nand\n```js\nb()", "open-fence"),
        ("- item\n  ```sh\n  ls", "open-fence"),
        ("````\n```\na\n````", ""),
        ("```python\nprint(1)\n```", ""),
        ("> ```\n> a\n> ```", ""),
        ("So: ```python\nprint(1)\n```", ""),
        ("Type ``` to open a block.", ""),
        ("~~~", ""),
    ],
)
def test_fences(answer: str, issue: str) -> None:
    assert issues_of(answer) == ([issue] if issue else [])


@pytest.mark.parametrize(
    ("answer", "issue"),
    [
        ('```json\n{"a": 1,}\n```', "broken-json"),
        ('```json\n{"a": 1}\n```', ""),
        ('```json\n{"a": NaN}\n```', "broken-json"),
        ('```json\n["a"],\n```', "broken-json"),
        ('{"a": [1, 2}', "broken-json"),
        ("{'a': 1}", "broken-json"),
        ('{"a": 1', "broken-json"),
        ('[{"a": 1}, {"a": 2}]', ""),
        (f"[{'9' * 5000}]", ""),
        ('{"a": 1}\n\nThe letter a has the value 1.', ""),
        ('{"a": ...}', ""),
        ("[Your name], here it is.", ""),
        ('Here it is:\n```json\n{"a": 1,}\n```\n', "broken-json-block"),
        ('Here it is:\n```json\n{"a": 1}\n```\n', ""),
        ('Two:\n```json\n{"a": 1}\n{"a": 2}\n```\n', ""),
        ('Two:\n```json\n{\n"a": 1}\n\n[\n2]\n```\n', ""),
        ('Add a line:\n```json\n"a": 1,\n```\n', ""),
        ('Such as:\n```json\n{"a": 1, ...}\n```\n', ""),
        ('Such as:\n```json\n{"a": 1} // the first\n```\n', ""),
        ("Such as:\n```python\n{'a': 1}\n```\n", ""),
    ],
)
def test_announced_json(answer: str, issue: str) -> None:
    assert issues_of(answer, "Give it to me as JSON.") == ([issue] if issue else [])


def test_json_is_asked_for_or_not() -> None:
    assert issues_of('{"a": 1', "What does a broken list look like?") == []
    assert issues_of("{'a': 1}", "What does this Python code print for that JSON?") == []
    system = Turn("system", "Answer in JSON only.")
    turns = (system, Turn("user", "How warm is it?"), Turn("assistant", '{"a": 1'))
    assert measure([Conversation(turns)])[0]["format_issues"] == ["broken-json"]


@pytest.mark.parametrize(
    ("call", "is_broken"),
    [
        (Turn("assistant", '{"name": "f", "arguments": {}}', tag="function_call"), False),
        (Turn("assistant", '{"name": "f", "arguments": {}', tag="function_call"), True),
        (Turn("assistant", "f(1)", tag="function_call"), False),
        (Turn("assistant", "", extra={"tool_calls": [{"function": {"arguments": '{"a": 1}'}}]}), False),
        (Turn("assistant", "", extra={"tool_calls": [{"function": {"arguments": '{"a": 1'}}]}), True),
        (Turn("assistant", "", extra={"tool_calls": [{"function": {"arguments": {"a": 1}}}]}), False),
        (Turn("assistant", "", extra={"tool_calls": "f"}), False),
        (Turn("assistant", "", extra={"function_call": {"name": "f", "arguments": "a: 1"}}), True),
    ],
)
def test_calls_are_json(call: Turn, is_broken: bool) -> None:
    issues = measure([Conversation((Turn("user", "How warm is it?"), call))])[0]["format_issues"]
    assert ("broken-json" in issues) is is_broken


@pytest.mark.parametrize(
    ("answer", "issue"),
    [
        ("The cafÃ© is open.", "mojibake"),
        ("It is 20Â°C and donâ€™t forget it.", "mojibake"),
        ("Р”РѕСЂРѕРіРµ РґСЂСѓР·СЊСЏ", "mojibake"),
        ("A caf\ufffd is open.", "mojibake"),
        ("The café is open; “naïve” — très bien… 20 °C, 3 € · 天空", ""),
        ("Дороге из-под моста", ""),
        ("Write `cafÃ©` into the file.", ""),
        ("UTF-8 read as Latin-1 turns café into cafÃ©.", ""),
        ("He said: “¿Qué?” — «Ça alors !»", ""),
        ("C'est parlé\x85 Tu sais, ça fait des années", "control-characters"),
    ],
)
def test_mojibake(answer: str, issue: str) -> None:
    assert issues_of(answer) == ([issue] if issue else [])


@pytest.mark.skipif(not SAMPLES, reason="WINNOW_SAMPLES names no folder of public data")
def test_mojibake_of_the_wild() -> None:
    """What ftfy's own cases say: nothing that is to stay is flagged, and nine in ten of what it mends are."""
    lines = (Path(SAMPLES) / "malformed" / "ftfy_mojibake_cases.jsonl").read_text("utf-8").strip().split("\n")
    cases = [case for case in map(json.loads, lines) if case["file"] != "known-failures"]
    found = [("mojibake" in issues_of(case["original"]), case) for case in cases]
    broken = [flag for flag, case in found if case["original"] != case.get("fixed-encoding", case["fixed"])]
    assert [case["label"] for flag, case in found if flag and case["original"] == case["fixed"]] == []
    assert sum(broken) >= 0.9 * len(broken)


@pytest.mark.parametrize(
    ("answer", "issue"),
    [
        ("It rained\x00 all week.", "control-characters"),
        ("\x1b[31mRed\x1b[0m", "control-characters"),
        ("It rained\x7f.", "control-characters"),
        ("café\x85", "control-characters"),
        ("café \ud800", "control-characters"),
        ("It rained\r\n\tall week.", ""),
        ("می\u200cخواهم 👩\u200d👩\u200d👧", ""),
    ],
)
def test_control_characters(answer: str, issue: str) -> None:
    assert issues_of(answer) == ([issue] if issue else [])


@pytest.mark.parametrize(
    ("answer", "issues"),
    [
        ("I'm sorry, but I can't help with that.", ["refusal"]),
        ("I’m sorry, but I cannot assist with that request.", ["refusal"]),
        ("Unfortunately I can't provide information about this person.", ["refusal"]),
        ("I am unable to comply.", ["refusal"]),
        ("很抱歉，我无法回答这个问题。", ["refusal"]),
        ("As an AI language model, I cannot provide personal opinions... ", ["ai-boilerplate"]),
        ("As an AI language model, I cannot generate images.", ["refusal", "ai-boilerplate"]),
        ("Als KI-Sprachmodell habe ich keine Meinung.", ["ai-boilerplate"]),
        ("作为一个AI语言模型，我没有天气。", ["ai-boilerplate"]),
        ("I can't help but smile at that week.", []),
        ("I cannot help feeling that it rained.", []),
        ("I'm sorry to hear that. It rained all week.", []),
        ("“I can't help you with that,” said the guard.", []),
        ('He said, "Sorry, I cannot help with that."', []),
        (f"{PARAGRAPH * 4}I cannot help with that.", []),
        ("You cannot help with that.", []),
        ("The firm uses AI language models as a service.", []),
        ("As an air force pilot, I like clear skies.", []),
    ],
)
def test_phrases(answer: str, issues: list[str]) -> None:
    assert issues_of(answer) == issues


def test_boilerplate_that_was_given_is_no_fault() -> None:
    text = "I am an AI language model."
    assert issues_of(f'"{text}" has 5 vowels.', f"Count the vowels of: {text}") == []
