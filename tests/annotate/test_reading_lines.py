import json

import pytest

from annotate.reading import Line, LineError
from annotate.reading.parsing import MAX_RECORD
from tests.annotate.reading_help import read, source_of, told

GOOD = b'{"a": 1}\n'
NO_VALUE = "The record is no JSON: a value is missing or is written in a way that JSON does not know"
CONTROL = "The record is no JSON: a line break or control character stands in a text; write it as \\n"
TOO_DEEP = "The record is nested more than 100 levels deep: make it flatter."
CUT = "The file ends in the middle of this line: fetch it again, or mend or remove the line."


@pytest.mark.parametrize(
    ("data", "items"),
    [
        (b'{"a": 1}', [(1, {"a": 1})]),
        (b'{"a": 1}\r\n{"a": 2}\r\n', [(1, {"a": 1}), (2, {"a": 2})]),
        (b'\xef\xbb\xbf{"a": 1}\n\xef\xbb\xbf{"a": 2}\n', [(1, {"a": 1}), (2, {"a": 2})]),
        (b"\n" * 300 + b"  \n" * 300_000 + b'  {"a": 1}\n', [(300_301, {"a": 1})]),
        (b'\n\n{"a": 1}\n \t\r\n{"a": 2}\n\n', [(3, {"a": 1}), (5, {"a": 2})]),
        ('{"a": "\u2028\u0085"}\n'.encode(), [(1, {"a": "\u2028\u0085"})]),
        (GOOD + b"no\n" + GOOD, [(1, {"a": 1}), (2, f"{NO_VALUE} (column 1)."), (3, {"a": 1})]),
        (
            GOOD + b'{"a": 1} {"b": 2}\n',
            [(1, {"a": 1}), (2, "The record is no JSON: there is more text after the record (column 10).")],
        ),
        (GOOD + b"[1]\n", [(1, {"a": 1}), (2, "The record is a list: write an object with named fields.")]),
        (
            b"[1]\n" + GOOD,
            [(1, "The record is a list: write an object with named fields."), (2, {"a": 1})],
        ),
        (
            GOOD + b'{"a": "\xff"}\n' + GOOD,
            [
                (1, {"a": 1}),
                (2, "Byte 0xff is not UTF-8: save the file as UTF-8 (column 8)."),
                (3, {"a": 1}),
            ],
        ),
        (
            GOOD + b'{"a": "\xed\xa0\xbd"}\n',
            [(1, {"a": 1}), (2, "Byte 0xed is not UTF-8: save the file as UTF-8 (column 8).")],
        ),
        (GOOD + b'{"a": ', [(1, {"a": 1}), (2, CUT)]),
        (GOOD + b'{"a": "b', [(1, {"a": 1}), (2, CUT)]),
        (GOOD + '{"a": "ü'.encode()[:-1], [(1, {"a": 1}), (2, CUT)]),
        (GOOD + b'{"a": tru\n', [(1, {"a": 1}), (2, f"{NO_VALUE} (column 7).")]),
        (GOOD + b"no", [(1, {"a": 1}), (2, f"{NO_VALUE} (column 1).")]),
        (
            GOOD + b'{"a": "x\0y"}\n',
            [
                (1, {"a": 1}),
                (2, f"{CONTROL} (column 9)."),
            ],
        ),
        (GOOD + b"[" * 100_000 + b"\n", [(1, {"a": 1}), (2, TOO_DEEP)]),
    ],
)
def test_lines(data: bytes, items: list[tuple[int, object]]) -> None:
    assert source_of(data).kind == "jsonl"
    assert told(read(data)) == items


def test_a_record_is_kept_character_for_character() -> None:
    raw = '  {"b":1e2,  "a":"\\u00e9é"} '
    (line,) = read(f"{raw}\r\n".encode())
    assert isinstance(line, Line)
    assert (line.raw, line.record) == (raw, {"b": 100.0, "a": "éé"})


@pytest.mark.parametrize(
    ("length", "is_read"),
    [(MAX_RECORD - 1, True), (MAX_RECORD, True), (MAX_RECORD + 1, False), (2 * MAX_RECORD, False)],
)
def test_a_line_that_is_too_long_is_stepped_over(length: int, is_read: bool) -> None:
    line = b'{"a": "' + b"x" * (length - 9) + b'"}'
    assert len(line) == length
    source = source_of(GOOD + line + b"\n" + GOOD)
    first, second, third = source
    assert list(source.read(second.end)) == [third]
    assert isinstance(first, Line) and isinstance(third, Line)
    assert isinstance(second, Line) is is_read
    assert (second.number, third.number) == (2, 3)
    if isinstance(second, LineError):
        assert second.reason == "The record is longer than 10 MB: shorten it or split it."
        assert second.excerpt.startswith('{"a": "xxx') and len(second.excerpt) == 200


def test_a_long_last_line_without_an_end_is_too_long() -> None:
    assert [item.number for item in read(GOOD + b'{"a": "' + b"x" * (3 * MAX_RECORD))] == [1, 2]


def test_an_excerpt_shows_the_place_of_the_fault() -> None:
    line = json.dumps({"text": "x" * 500})[:-1] + " nonsense}\n"
    (_, error) = read(GOOD + line.encode())
    assert isinstance(error, LineError)
    assert "nonsense" in error.excerpt


def test_errors_can_be_stored() -> None:
    items = read(GOOD + b"\0\x01\xff{\n" + b'"\\ud83d\n' + b"no\0 \xed\xa0\x80\n")
    errors = [item for item in items if isinstance(item, LineError)]
    assert [item.number for item in errors] == [2, 3, 4]
    for error in errors:
        assert "\0" not in error.reason + error.excerpt
        (error.reason + error.excerpt).encode()


def test_a_line_becomes_an_error_that_goes_on_where_it_did() -> None:
    (line,) = read(GOOD)
    assert isinstance(line, Line)
    assert line.failed("No.") == LineError(1, "No.", '{"a": 1}', line.end)
