"""A first look at a file before it is imported."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from annotate.formats import Format, RecordError, by_slug, detect, read_record
from annotate.reading.items import Line, LineError
from annotate.reading.sniffing import Kind
from annotate.records import Conversation

LOOKED_AT = 100
LOOK_BYTES = 16_000_000


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One record as it would be imported, or the reason why it would not be."""

    number: int
    conversation: Conversation | None
    reason: str
    excerpt: str


@dataclass(frozen=True, slots=True)
class Preview:
    """What the first records of a file are.

    `format` is the one that most of them have, None where none has any; `mapped` and `failing` count the
    records looked at, `rows` shows the first of them and `first_errors` the first that fail.
    """

    name: str
    kind: Kind
    compressed: bool
    format: Format | None
    mapped: int
    failing: int
    rows: tuple[PreviewRow, ...]
    first_errors: tuple[PreviewRow, ...]


def preview_of(
    items: Iterable[Line | LineError], *, name: str, kind: Kind, compressed: bool, limit: int
) -> Preview:
    """Return a preview with at most `limit` rows and errors from a file's records."""
    seen = list(_first(items))
    rows = [_row(item) for item in seen]
    errors = [row for row in rows if row.conversation is None]
    return Preview(
        name=name,
        kind=kind,
        compressed=compressed,
        format=_usual_format(seen),
        mapped=len(rows) - len(errors),
        failing=len(errors),
        rows=tuple(rows[:limit]),
        first_errors=tuple(errors[:limit]),
    )


def _first(items: Iterable[Line | LineError]) -> Iterator[Line | LineError]:
    for count, item in enumerate(items, start=1):
        yield item
        if count == LOOKED_AT or item.end.offset > LOOK_BYTES:
            return


def _usual_format(items: Iterable[Line | LineError]) -> Format | None:
    found = (detect(item.record) for item in items if isinstance(item, Line))
    usual = Counter(known.slug for known in found if known).most_common(1)
    return by_slug(usual[0][0]) if usual else None


def _row(item: Line | LineError) -> PreviewRow:
    if isinstance(item, LineError):
        return PreviewRow(item.number, None, item.reason, item.excerpt)
    try:
        return PreviewRow(item.number, read_record(item.record), "", "")
    except RecordError as error:
        failed = item.failed(error.reason)
        return PreviewRow(failed.number, None, failed.reason, failed.excerpt)
