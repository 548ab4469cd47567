import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from annotate.reading.items import excerpt
from annotate.reading.parsing import NotARecord, parse_record, text_problem

NAN = "is no number that can be stored (NaN, infinite or too large): write a number or null."
NUL = "holds the character NUL (\\u0000), which cannot be stored: remove it."


def nested(depth: int) -> str:
    """An object around lists, `depth` levels in all."""
    return '{"a":' + "[" * (depth - 1) + "]" * (depth - 1) + "}"


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        ' {"a": 1} \t',
        '{"a": "\\u0001\\uffff"}',
        '{"a": "\\ud83d\\ude00"}',
        '{"a": "\\\\ud83d"}',
        '{"a": "\\\\u0000"}',
        '{"a": "\x7f\u2028"}',
        '{"a": -0, "b": -0.0}',
        '{"a": 1e308}',
        '{"a": ' + "9" * 4300 + "}",
        nested(100),
        '{"a": [' + ",".join("[]" for _ in range(300)) + "]}",
    ],
)
def test_records(text: str) -> None:
    assert parse_record(text) == json.loads(text)


def test_of_a_field_given_twice_the_last_counts() -> None:
    assert parse_record('{"a": 1, "a": 2}') == {"a": 2}


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[1]", "The record is a list: write an object with named fields."),
        ('"a"', "The record is a text: write an object with named fields."),
        ("5", "The record is a number: write an object with named fields."),
        ("5.5", "The record is a number: write an object with named fields."),
        ("null", "The record is null: write an object with named fields."),
        ("true", "The record is true: write an object with named fields."),
        ('{"a": "x\\u0000"}', f"The field “a” {NUL}"),
        ('{"a": {"b": ["x", "\\u0000"]}}', f"The field “a, b, entry 2” {NUL}"),
        ('{"\\u0000": 1}', f"The field “\ufffd” {NUL}"),
        (
            '{"a": "\\ud83d"}',
            "The field “a” holds half a character (\\ud83d without its other half): write it whole or remove it.",
        ),
        (
            '{"a": "\\ude00\\ud83d"}',
            "The field “a” holds half a character (\\ude00 without its other half): write it whole or remove it.",
        ),
        (
            '{"a": {"\\uDFFF": 1}}',
            (
                "The field “a, \ufffd” holds half a character (\\udfff without its other half): write it whole or"
                " remove it."
            ),
        ),
        ('{"a": 1e400}', f"The field “a” {NAN}"),
        ('{"a": [1, -1e400]}', f"The field “a, entry 2” {NAN}"),
        ('{"a": NaN}', f"The field “a” {NAN}"),
        ('{"a": {"b": -Infinity}}', f"The field “a, b” {NAN}"),
        ('{"a": ' + "9" * 4301 + "}", f"The field “a” {NAN}"),
        (nested(101), "The record is nested more than 100 levels deep: make it flatter."),
        ("[" * 100_000, "The record is nested more than 100 levels deep: make it flatter."),
        ('{"a":' * 100_000, "The record is nested more than 100 levels deep: make it flatter."),
    ],
)
def test_what_is_no_record(text: str, reason: str) -> None:
    with pytest.raises(NotARecord) as caught:
        parse_record(text)
    assert (caught.value.reason, caught.value.position) == (reason, None)


@pytest.mark.parametrize(
    ("text", "words", "position"),
    [
        ("", "a value is missing or is written in a way that JSON does not know", 0),
        ("no", "a value is missing or is written in a way that JSON does not know", 0),
        ('{"a": True}', "a value is missing or is written in a way that JSON does not know", 6),
        ("{'a': 1}", "a single quote stands where JSON needs a double quote", 1),
        ("{\"a\": 'b'}", "a single quote stands where JSON needs a double quote", 6),
        ("{a: 1}", "a field name in double quotes is missing", 1),
        ('{"a" 1}', "a colon is missing", 5),
        ('{"a": 1 "b": 2}', 'a comma or bracket is missing, or a quote inside a text is not written \\"', 8),
        (
            '{"a": "say "hi""}',
            'a comma or bracket is missing, or a quote inside a text is not written \\"',
            12,
        ),
        ('{"a": "b', "the text that begins here has no closing quote", 6),
        ('{"a": "b\tc"}', "a line break or control character stands in a text; write it as \\n", 8),
        ('{"a": "\0"}', "a line break or control character stands in a text; write it as \\n", 7),
        ('{"a": "\\x15"}', "a backslash stands before a character that needs none; write it as \\\\", 7),
        ('{"a": "\\u12"}', "an escape \\u lacks its four digits", 8),
        ('{"a": 1},', "there is more text after the record", 8),
        ('{"a": 013}', 'a comma or bracket is missing, or a quote inside a text is not written \\"', 7),
    ],
)
def test_what_is_no_json(text: str, words: str, position: int) -> None:
    with pytest.raises(NotARecord) as caught:
        parse_record(text)
    assert caught.value.reason == f"The record is no JSON: {words}"
    assert caught.value.position == position


@pytest.mark.parametrize("text", ['{"a": 1,}', '{"a": [1,]}'])
def test_a_comma_too_many(text: str) -> None:
    with pytest.raises(NotARecord, match="there is a comma too many"):
        parse_record(text)


@pytest.mark.parametrize(
    ("text", "is_cut"),
    [
        ('{"a": 1', True),
        ('{"a": ', True),
        ('{"a": "b', True),
        ('{"a": 1,  ', True),
        ('{"a" 1}', False),
        ("{]", False),
    ],
)
def test_a_record_that_stops_short(text: str, is_cut: bool) -> None:
    with pytest.raises(NotARecord) as caught:
        parse_record(text)
    assert caught.value.is_cut is is_cut


@pytest.mark.parametrize(
    ("text", "found"),
    [("", ""), ("plain \U0010ffff", ""), ("a\0b", "NUL"), ("\ud800", "\\ud800"), ("\udfff", "\\udfff")],
)
def test_text_that_cannot_be_stored(text: str, found: str) -> None:
    assert (found in text_problem(text)) and bool(text_problem(text)) is bool(found)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(record=st.dictionaries(st.text(), JSON, max_size=3), ascii_only=st.booleans())
def test_what_is_read_is_what_was_written_or_cannot_be_stored(
    record: dict[str, object], ascii_only: bool
) -> None:
    text = json.dumps(record, ensure_ascii=ascii_only)
    if "\\u0000" in text.replace("\\\\", ""):
        with pytest.raises(NotARecord, match="NUL"):
            parse_record(text)
    else:
        assert parse_record(text) == record


@pytest.mark.parametrize(
    ("text", "position", "shown"),
    [
        ("", 0, ""),
        ("short", 3, "short"),
        ("a\n\t b", 0, "a b"),
        ("a\0b\x1bc\ud83dd\x85e", 0, "a\ufffdb\ufffdc\ufffdd\ufffde"),
        ("x" * 200, 0, "x" * 200),
        ("x" * 201, 0, "x" * 199 + "…"),
        ("x" * 200, 120, "x" * 200),
        ("a" * 500 + "HERE" + "b" * 500, 500, "…" + "a" * 80 + "HERE" + "b" * 114 + "…"),
    ],
)
def test_excerpts_can_be_stored_and_show_the_place(text: str, position: int, shown: str) -> None:
    assert excerpt(text, position) == shown
    assert len(excerpt(text, position)) <= 200
