"""Reading bytes in tests."""

import io

from annotate.reading import Line, LineError, Source, open_source


def source_of(data: bytes, name: str = "x.jsonl") -> Source:
    return open_source(io.BytesIO(data), name)


def read(data: bytes) -> list[Line | LineError]:
    return list(source_of(data))


def told(items: list[Line | LineError]) -> list[tuple[int, object]]:
    """Each item's number with its record or its reason."""
    return [(item.number, item.record if isinstance(item, Line) else item.reason) for item in items]
