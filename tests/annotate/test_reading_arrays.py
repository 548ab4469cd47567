import json

import pytest

from annotate.reading import Line, LineError
from annotate.reading.parsing import MAX_RECORD
from tests.annotate.reading_help import read, source_of, told

A, B = {"a": 1}, {"a": 2}
BAD_VALUE = "The record is no JSON: a value is missing or is written in a way that JSON does not know"
BAD_COMMA = (
    'The record is no JSON: a comma or bracket is missing, or a quote inside a text is not written \\"'
)
NOT_UTF8 = "Byte 0xff is not UTF-8: save the file as UTF-8 (line 1 of the file)."
NO_COMMA = "A comma is missing before this record: write it."
NO_RECORD = "Nothing stands before a comma: write the record or remove the comma."
TRAILING = "A comma stands before the closing bracket: remove it."
MORE = "More text stands after the closing bracket; it was not read."
CUT = "The file ends in the middle of this record: fetch it again, or mend or remove the record."
UNCLOSED = "The file ends before the closing bracket: fetch it again, or add what is missing."
LOST = " Where the next record begins cannot be told, so nothing after it was read."


@pytest.mark.parametrize(
    ("data", "items"),
    [
        (b"[]", []),
        (b" [ \n ] \n", []),
        (b'[{"a": 1}]', [(1, A)]),
        (b'\xef\xbb\xbf[{"a": 1} , {"a": 2}]\r\n', [(1, A), (2, B)]),
        (b'[\n{"a": 1},\n{"a": 2}\n]\n', [(1, A), (2, B)]),
        (b'[5, "x", null, [1], {"a": 1}]', [
            (1, "The record is a number: write an object with named fields."),
            (2, "The record is a text: write an object with named fields."),
            (3, "The record is null: write an object with named fields."),
            (4, "The record is a list: write an object with named fields."),
            (5, A),
        ]),
        (b'[{"a": 1},]', [(1, A), (2, TRAILING)]),
        (b'[{"a": 1},,{"a": 2}]', [(1, A), (2, NO_RECORD), (3, B)]),
        (b'[,{"a": 1}]', [(1, NO_RECORD), (2, A)]),
        (b'[{"a": 1} {"a": 2}, {"a": 1}]', [(1, A), (2, NO_COMMA), (3, A)]),
        (b'[{"a": 1}]]', [(1, A), (2, MORE)]),
        (b'[{"a": 1}],\n', [(1, A), (2, MORE)]),
        (b'[{"a": 1}\n', [(1, A), (2, UNCLOSED)]),
        (b'[{"a": 1},', [(1, A), (2, UNCLOSED)]),
        (b"[", [(1, UNCLOSED)]),
        (b'[{"a": 1}] \xc3', [(1, A), (2, MORE)]),
        (b'[{"a": 1}, {"a": "b', [(1, A), (2, CUT)]),
        (b'[{"a": 1}, {"a": [1', [(1, A), (2, CUT)]),
        (b'[{"a": 1}, tru', [(1, A), (2, CUT)]),
        (b'[{"a": "x\\', [(1, CUT)]),
        (b'[{"a": 1 + 2}, {"a": 2}]', [
            (1, f"{BAD_COMMA} (line 1 of the file)."),
            (2, B),
        ]),
        (b'[{"a": 1},\n\n {"b":\n tru}, {"a": 2}]', [(1, A), (2, f"{BAD_VALUE} (line 4 of the file)."), (3, B)]),
        (b'[{"a": NaN}, nonsense, {"a": 2}]', [
            (1, "The field “a” is no number that can be stored (NaN, infinite or too large): write a number or null."),
            (2, f"{BAD_VALUE} (line 1 of the file)."),
            (3, B),
        ]),
        (b'[{"a": "\xff"}, {"a": 2}]', [(1, NOT_UTF8), (2, B)]),
        (b'[{"a": "\\u0000"}, {"a": 2}]', [
            (1, "The field “a” holds the character NUL (\\u0000), which cannot be stored: remove it."),
            (2, B),
        ]),
        (b'[{"a": ' + b"[" * 9_000 + b"]" * 9_000 + b'}, {"a": 2}]', [
            (1, "The record is nested more than 100 levels deep: make it flatter."),
            (2, B),
        ]),
        (b'[{"a": ' + b"[" * 100_000, [(1, CUT)]),
    ],
)  # fmt: skip
def test_arrays(data: bytes, items: list[tuple[int, object]]) -> None:
    assert source_of(data).kind == "array"
    assert told(read(data)) == items


@pytest.mark.parametrize(
    ("data", "numbers"),
    [
        # A quote is missing: on a line of its own a record can be stepped over, to the next line that begins alike.
        (b'[\n{"a": "x},\n{"a": 2}\n]', [1, 2]),
        (b'[\n  {\n    "a": "x\n  },\n  {\n    "a": 2\n  }\n]', [1, 2]),
        (b'[\n{"a": "x},\r\n{"a": 2}\r\n]', [1, 2]),
        # So it can where a bracket is missing or one too many.
        (b'[\n{"a": [1},\n{"a": 2}\n]', [1, 2]),
        (b'[\n{"a": 1]},\n{"a": 2}\n]', [1, 2]),
        (b'[\n},\n{"a": 2}\n]', [1, 2]),
        # A line break in a text is no place to go on from: the next line that begins alike is.
        (b'[\n{"a": "x\n{y"},\n{"a": 2}\n]', [1, 2]),
    ],
)
def test_a_record_that_never_ends_is_stepped_over(data: bytes, numbers: list[int]) -> None:
    items = read(data)
    assert [item.number for item in items] == numbers
    assert isinstance(items[0], LineError) and LOST not in items[0].reason
    assert isinstance(items[1], Line) and items[1].record == B


@pytest.mark.parametrize(
    "data",
    [
        b'[{"a": "x}, {"a": 2}, {"a": 3}\n]',
        b'[{"a": [1}, {"a": 2}]',
        b'[\n{"a": [1},\n  {"a": 2}\n]',
        b'[{"a": "x\ny"}, {"a": 2}]',
    ],
)
def test_where_nothing_tells_the_next_record_reading_stops(data: bytes) -> None:
    (error,) = read(data)
    assert isinstance(error, LineError)
    assert error.reason.endswith(LOST)
    assert list(source_of(data).read(error.end)) == []


def test_records_are_kept_character_for_character() -> None:
    raws = ['{"b":1e2,\n  "a":"\\u00e9é😀"}', "{ }", '{"x": "[{]}\\\\"}']
    items = read(f"[{' , '.join(raws)}]".encode())
    assert [item.raw for item in items if isinstance(item, Line)] == raws
    assert [item.record for item in items if isinstance(item, Line)] == [json.loads(raw) for raw in raws]


@pytest.mark.parametrize(
    ("length", "is_read"), [(MAX_RECORD, True), (MAX_RECORD + 1, False), (2 * MAX_RECORD + 5, False)]
)
@pytest.mark.parametrize("filling", [b"x", b'\\"'])
def test_a_record_that_is_too_long_is_stepped_over(length: int, is_read: bool, filling: bytes) -> None:
    text = (filling * (length // len(filling)))[: length - 8 - length % 2]
    record = b'{"a":"' + text + b"x" * (length - 8 - len(text)) + b'"}'
    assert len(record) == length
    source = source_of(b'[{"a": 1}, ' + record + b', {"a": 2}]')
    first, second, third = source
    assert list(source.read(second.end)) == [third]
    assert isinstance(first, Line) and isinstance(third, Line)
    assert isinstance(second, Line) is is_read
    if isinstance(second, LineError):
        assert second.reason == "The record is longer than 10 MB: shorten it or split it."


def test_a_long_record_whose_quotes_do_not_match_ends_the_reading() -> None:
    _, error = read(b'[{"a": 1}, {"a": "' + b"x" * (MAX_RECORD + 1_000_000) + b'\n"}, {"a": 2}]')
    assert isinstance(error, LineError)
    assert error.reason == "The record is longer than 10 MB: shorten it or split it." + LOST


def test_a_long_record_that_never_ends_is_cut() -> None:
    first, second = read(b'[{"a": 1}, {"a": "' + b"x" * (2 * MAX_RECORD))
    assert (first.number, second.number) == (1, 2)
    assert isinstance(second, LineError) and second.reason == CUT


@pytest.mark.parametrize(
    ("data", "items"),
    [
        (b'{\n "a": 1\n}\n', [(1, A)]),
        (b'{"a":\n1}\n{"a": 2}\n', [(1, A), (2, B)]),
        (b'{\n"a": 1\n},\n{\n"a": 2\n},\n', [(1, A), (2, B)]),
        (b'{\n"a": 1\n}\nnonsense\n{"a": 2}', [(1, A), (2, f"{BAD_VALUE} (line 4 of the file)."), (3, B)]),
        (b'{\n"a": 1\n}\n{\n"a": ', [(1, A), (2, CUT)]),
    ],
)
def test_objects_over_many_lines(data: bytes, items: list[tuple[int, object]]) -> None:
    assert source_of(data).kind == "objects"
    assert told(read(data)) == items


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b'[{"a": 1}]\n', "array"),
        (b'[{"a": 1},\n{"a": 2}]', "array"),
        (b'["a"]\n["b"]\n', "jsonl"),
        (b'["a"]\n{"b": 1}\n', "jsonl"),
        (b"[1]\n]", "jsonl"),
        (b"[1\n", "array"),
        (b'{"a": 1}\n{"a":\n', "jsonl"),
        (b'{"a": 1\n{"a": 2}\n', "jsonl"),
        (b'{"a": 1},\n{"a": 2}\n', "jsonl"),
        (b'{"a": [\n1]}', "objects"),
        (b'{"a": 1\n}', "objects"),
        (b'{\n "a": ', "objects"),
        (b'{"a": [\n1', "objects"),
        (b'{"a": 1,\n', "objects"),
        (b'no\n{"a": 1}\n', "jsonl"),
        (b'\n \n[{"a": 1}]', "array"),
        (b'{"a": "' + b"x" * 2_000_000 + b'"}\n{"a": 1}\n', "jsonl"),
        (b'[{"a": "' + b"x" * 2_000_000 + b'"},\n{"a": 1}]\n', "array"),
    ],
)
def test_what_kind_a_file_is(data: bytes, kind: str) -> None:
    assert source_of(data).kind == kind
