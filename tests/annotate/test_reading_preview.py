import io
import json

import pytest

from annotate.reading import Preview, Refusal, preview

ALPACA = {"instruction": "Q", "output": "A"}
CHAT = {"messages": [{"role": "user", "content": "Q"}, {"role": "assistant", "content": "A"}]}
BROKEN = {"instruction": "Q", "output": ""}


def look(*records: object, limit: int = 5) -> Preview:
    return preview(
        io.BytesIO("".join(json.dumps(record) + "\n" for record in records).encode()), "x.jsonl", limit
    )


def test_a_preview_shows_the_first_records_as_they_would_be_imported() -> None:
    seen = look(ALPACA, BROKEN, [1], ALPACA, limit=3)
    assert (seen.name, seen.kind, seen.compressed) == ("x.jsonl", "jsonl", False)
    assert seen.format and seen.format.slug == "alpaca"
    assert (seen.mapped, seen.failing) == (2, 2)
    assert [row.number for row in seen.rows] == [1, 2, 3]
    assert [row.conversation is not None for row in seen.rows] == [True, False, False]
    assert [(row.number, row.reason) for row in seen.first_errors] == [
        (2, "The field “output” is empty: write its text or remove the record."),
        (3, "The record is a list: write an object with named fields."),
    ]
    assert seen.first_errors[0].excerpt == '{"instruction": "Q", "output": ""}'


@pytest.mark.parametrize(
    ("records", "slug"),
    [
        ([CHAT], "messages"),
        ([ALPACA, CHAT, CHAT], "messages"),
        ([BROKEN, BROKEN, CHAT], "alpaca"),
        ([{"question": "Q"}], None),
        ([[1]], None),
    ],
)
def test_the_format_is_what_most_records_look_like(records: list[object], slug: str | None) -> None:
    found = look(*records).format
    assert (found.slug if found else None) == slug


@pytest.mark.parametrize(("count", "mapped"), [(1, 1), (100, 100), (101, 100), (300, 100)])
def test_a_preview_looks_at_a_hundred_records(count: int, mapped: int) -> None:
    assert look(*[ALPACA] * count).mapped == mapped


def test_a_preview_of_long_records_stops_early() -> None:
    assert look(*[{"instruction": "Q", "output": "A" * 5_000_000}] * 8).mapped == 4


def test_what_cannot_be_read_is_refused() -> None:
    with pytest.raises(Refusal, match=r"x\.jsonl is empty"):
        look()
