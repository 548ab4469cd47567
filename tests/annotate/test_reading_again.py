"""Reading goes on from any checkpoint, however the file is cut into blocks and whatever is in it."""

import gzip
import json
from dataclasses import asdict
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from annotate.reading import Checkpoint, Line, LineError, Refusal, arrays, streams
from tests.annotate.reading_help import read, source_of

TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
VALUES = TEXT | st.lists(st.integers(), max_size=2)
RECORDS = st.lists(st.dictionaries(TEXT, VALUES, max_size=3), max_size=6)
# What breaks files in practice: brackets, quotes, commas, line ends, bad bytes.
PIECES = st.sampled_from(
    [b"", b'"', b"\\", b"{", b"}", b"[", b"]", b",", b",\n", b"\n", b"\r\n{", b"\xff", b"\0", b"tru", b" "]
)
HARM = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 3), PIECES), max_size=3)
SLOW = settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def as_lines(records: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records).encode()


def as_array(records: list[dict[str, Any]]) -> bytes:
    return json.dumps(records, ensure_ascii=False).encode()


def as_lined_array(records: list[dict[str, Any]]) -> bytes:
    return json.dumps(records, ensure_ascii=False, indent=1).encode()


def as_objects(records: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(record, ensure_ascii=False, indent=1).encode() + b"\n" for record in records)


WRITTEN = st.tuples(st.sampled_from([as_lines, as_array, as_lined_array, as_objects]), RECORDS).map(
    lambda found: found[0](found[1])
)


def harmed(data: bytes, harm: list[tuple[int, int, bytes]]) -> bytes:
    """Put pieces into a file in place of what was there."""
    for at, length, piece in harm:
        data = data[:at] + piece + data[at + length :]
    return data


def outcome(items: list[Line | LineError]) -> list[tuple[Any, ...]]:
    """What does not hang on how much of the file was in memory: all but the excerpts."""
    return [
        (item.number, item.end, (item.raw, item.record) if isinstance(item, Line) else item.reason)
        for item in items
    ]


@SLOW
@given(RECORDS, st.sampled_from([as_lines, as_array, as_lined_array, as_objects]), st.integers(1, 40))
def test_every_record_is_read_whatever_the_block(
    monkeypatch: pytest.MonkeyPatch, records: list[dict[str, Any]], write: Any, block: int
) -> None:
    # Objects after one another are told from lines by the first, which must have a line break in it.
    assume(write in (as_array, as_lined_array) or (records and records[0]))
    data = write(records)
    monkeypatch.setattr(arrays, "BLOCK", block)
    items = read(data)
    assert [item.record for item in items if isinstance(item, Line)] == records
    assert [item.number for item in items] == list(range(1, len(records) + 1))


@SLOW
@given(WRITTEN, HARM, st.integers(1, 40), st.booleans())
def test_a_broken_file_is_read_the_same_from_every_checkpoint(
    monkeypatch: pytest.MonkeyPatch, data: bytes, harm: list[tuple[int, int, bytes]], block: int, packed: bool
) -> None:
    data = harmed(data, harm)
    monkeypatch.setattr(arrays, "BLOCK", streams.BLOCK)
    try:
        source = source_of(gzip.compress(data) if packed else data)
    except Refusal:
        return
    items = list(source)
    numbers = [item.number for item in items]
    assert numbers == sorted(set(numbers))
    for item in items:
        if isinstance(item, Line):
            assert json.loads(item.raw) == item.record and item.raw.encode() in data
        else:
            (item.reason + item.excerpt).encode()
            assert (
                len(item.excerpt) <= 200
                and "\0" not in item.excerpt + item.reason
                and item.reason.endswith(".")
            )
    monkeypatch.setattr(arrays, "BLOCK", block)
    assert outcome(list(source)) == outcome(items)
    for count, item in enumerate(items, start=1):
        assert outcome(list(source.read(item.end))) == outcome(items[count:])


@pytest.mark.parametrize(
    "data",
    [
        b"[\xff{}\n]",  # a bare word ends where the window did
        b'[12345, {"a": "\\u00e9\\n"}]',  # a number, an escape
        b'[\n {"a": 1}"\n },\n {"a": 2}\n]',  # a value in a line that another one began
        '[{"é": "😀"}, "é😀", {"b": 2}]'.encode(),
    ],
)
@pytest.mark.parametrize("block", [1, 2, 3, 5])
def test_where_a_block_ends_changes_nothing(monkeypatch: pytest.MonkeyPatch, data: bytes, block: int) -> None:
    items = read(data)
    monkeypatch.setattr(arrays, "BLOCK", block)
    assert outcome(read(data)) == outcome(items)
    for count, item in enumerate(items, start=1):
        assert outcome(list(source_of(data).read(item.end))) == outcome(items[count:])


@SLOW
@given(RECORDS.filter(bool), st.sampled_from([as_lines, as_array, as_lined_array]), st.data())
def test_a_packed_file_cut_anywhere_is_read_the_same_from_every_checkpoint(
    records: list[dict[str, Any]], write: Any, choice: st.DataObject
) -> None:
    packed = gzip.compress(write(records))
    try:
        source = source_of(packed[: choice.draw(st.integers(1, len(packed) - 1))])
    except Refusal:
        return
    items = list(source)
    assert isinstance(items[-1], LineError)
    for item, record in zip(items, records, strict=False):
        assert isinstance(item, LineError) or item.record == record
    for count, item in enumerate(items, start=1):
        assert outcome(list(source.read(item.end))) == outcome(items[count:])


def test_a_checkpoint_can_be_kept_as_json() -> None:
    end = read(b'[\n{"a": 1}, {"a": 2}]')[0].end
    assert end == Checkpoint(number=1, offset=10, line=2)
    assert Checkpoint(**json.loads(json.dumps(asdict(end)))) == end
