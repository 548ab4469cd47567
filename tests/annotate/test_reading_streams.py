import gzip
import io
import random
from pathlib import Path

import pytest

from annotate.reading import Line, LineError, Refusal, open_source, streams
from tests.annotate.reading_help import read, source_of, told


def packed(data: bytes) -> bytes:
    """Pack data without the time, so that both processes of a run give a test the same name."""
    return gzip.compress(data, mtime=0)


LINES = b'{"a": 1}\n{"a": 2}\n{"a": 3}\n'
READS = "Winnow reads JSON Lines (one object per line) and JSON arrays."
RECORDS = [(1, {"a": 1}), (2, {"a": 2}), (3, {"a": 3})]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty: it holds no record."),
        (b" \r\n\t\n", "is empty: it holds no record."),
        (b"\xef\xbb\xbf", "is empty: it holds no record."),
        (packed(b""), "is empty: it holds no record."),
        ("{}".encode("utf-16"), "is UTF-16 text: save it as UTF-8."),
        (b"\xfe\xff" + "{}".encode("utf-16-be"), "is UTF-16 text: save it as UTF-8."),
        ("{}".encode("utf-32"), "is UTF-32 text: save it as UTF-8."),
        ("{}".encode("utf-16-le"), "is not UTF-8 text: save it as UTF-8 if it is text."),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
            "is a Git LFS pointer and holds no data: fetch the file itself with “git lfs pull”.",
        ),
        (b"PK\x03\x04\x14\x00", "is a ZIP archive: unpack it and import the JSON file inside."),
        (b"PAR1\x15\x04", "is a Parquet file: export it as JSON Lines."),
        (packed(packed(LINES)), "is packed with gzip twice: unpack it once."),
        (b"\x1f\x8b\x08\x00", "begins like a gzip file but ends too early: pack it again."),
        (b"\x1f\x8bgarbage that is no gzip", "begins like a gzip file but is damaged: pack it again."),
        (b"<!DOCTYPE html>\n<p>", "is a web page: download the data file itself."),
        (
            b"instruction,output\nHello,Hi\n",
            f"is no JSON: its first line begins with “instruction,output”. {READS}",
        ),
        (
            b'"a"\n"b"\n',
            f'is no JSON: its first line begins with “"a"”. {READS}',
        ),
    ],
)
def test_files_that_are_refused(data: bytes, reason: str) -> None:
    with pytest.raises(Refusal) as caught:
        source_of(data, "talk.jsonl")
    assert str(caught.value) == f"talk.jsonl {reason}"


@pytest.mark.parametrize("name", ["x.jsonl", "x.jsonl.gz", "x.zip", "x"])
@pytest.mark.parametrize("data", [LINES, packed(LINES), b"[" + LINES.strip().replace(b"\n", b",") + b"]"])
def test_content_and_not_the_name_decides(data: bytes, name: str) -> None:
    source = source_of(data, name)
    assert source.compressed is data.startswith(streams.GZIP)
    assert told(list(source)) == RECORDS


def test_a_path_can_be_read_again_and_again(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(LINES)
    source = open_source(path, "x.jsonl")
    assert told(list(source)) == told(list(source)) == RECORDS
    assert (source.size, source.taken) == (len(LINES), len(LINES))


def test_what_was_taken_shows_how_far_a_packed_file_is_read() -> None:
    dice = random.Random(1)
    data = packed(b"".join(b'{"a": "%s"}\n' % dice.randbytes(500).hex().encode() for _ in range(2_000)))
    source = source_of(data)
    assert source.taken == 0
    items = iter(source)
    next(items)
    assert 0 < source.taken < source.size == len(data)
    assert sum(1 for _ in items) == 1_999
    assert source.taken == source.size


@pytest.mark.parametrize("rest", [b"", b"\0" * 700_000])
def test_packed_pieces_are_read_one_after_another(rest: bytes) -> None:
    first, second = packed(LINES[:12]), packed(LINES[12:])
    assert told(read(first + packed(b"") + second + rest)) == RECORDS


LOST = (
    "The packed file {}: what came after record {} is lost, and what came before it may be wrong."
    " Fetch the file again or pack it again."
)
MIDDLE = "The packed file {} in the middle of this line: fetch or pack it again."


@pytest.mark.parametrize("number", [10, 1_000, 4_000])
def test_a_packed_file_that_is_cut_keeps_its_good_lines(number: int) -> None:
    lines = [b'{"a": %d}\n' % (index**7) for index in range(5_000)]
    whole = packed(b"".join(lines))
    items = read(whole[: len(whole) * number // 5_000])
    good, error = items[:-1], items[-1]
    assert [item.record for item in good if isinstance(item, Line)] == [{"a": i**7} for i in range(len(good))]
    assert isinstance(error, LineError) and error.number == len(good) + 1
    assert error.reason in (LOST.format("ends too early", len(good)), MIDDLE.format("ends too early"))
    assert list(source_of(whole[: len(whole) * number // 5_000]).read(error.end)) == []


@pytest.mark.parametrize(
    ("data", "damage"),
    [
        (packed(LINES)[:-4], "ends too early"),
        (packed(LINES)[:-8] + b"12345678", "is damaged"),
        (packed(LINES) + b"something else", "is damaged"),
        (packed(LINES) + b"\x1f", "ends too early"),
    ],
)
def test_a_packed_file_with_a_bad_end_says_so_after_its_records(data: bytes, damage: str) -> None:
    assert told(read(data)) == [*RECORDS, (4, LOST.format(damage, 3))]


def test_a_packed_array_that_is_cut_says_so_once() -> None:
    whole = packed(b"[" + LINES.strip().replace(b"\n", b",") + b"]")
    assert told(read(whole[:-8] + b"12345678")) == [*RECORDS, (4, LOST.format("is damaged", 3))]
    items = read(whole[:-12])
    assert [item.number for item in items if isinstance(item, LineError)] == [len(items)]


def test_a_bomb_is_refused_while_it_unpacks() -> None:
    source = source_of(packed(b'{"a": "' + b"0" * 100_000_000))
    with pytest.raises(Refusal, match=r"x\.jsonl unpacks to more than 200 times its size"):
        list(source)


def test_a_bomb_in_one_line_after_good_ones_is_refused() -> None:
    source = source_of(packed(LINES + b"\n" * 100_000_000))
    items = iter(source)
    assert [next(items).number for _ in range(3)] == [1, 2, 3]
    with pytest.raises(Refusal, match="200 times"):
        next(items)


def test_a_file_may_not_unpack_to_more_than_the_limit() -> None:
    data = packed(LINES)
    assert len(list(open_source(io.BytesIO(data), "x", max_unpacked=len(LINES)))) == 3
    with pytest.raises(Refusal, match="x unpacks to more than"):
        list(open_source(io.BytesIO(data), "x", max_unpacked=len(LINES) - 1))


def test_a_file_of_countless_tiny_pieces_is_refused() -> None:
    piece = packed(b"")
    assert len(read(packed(LINES) + piece * 5_000)) == 3
    with pytest.raises(Refusal, match=r"x\.jsonl is packed in too many tiny pieces"):
        read(packed(LINES) + piece * 12_000)
