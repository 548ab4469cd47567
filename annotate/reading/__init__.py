"""Reading a file into records: JSON Lines, JSON arrays and objects in a row, plain or packed with gzip."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from annotate.reading.arrays import Elements
from annotate.reading.items import DONE, Checkpoint, Line, LineError, Refusal, excerpt
from annotate.reading.lines import read_lines
from annotate.reading.previews import Preview, PreviewRow, preview_of
from annotate.reading.sniffing import HEAD, Kind, kind_of
from annotate.reading.streams import GZIP, MAX_UNPACKED, Bytes, Stream

__all__ = [
    "Checkpoint",
    "Line",
    "LineError",
    "Preview",
    "PreviewRow",
    "Refusal",
    "Source",
    "excerpt",
    "open_source",
    "preview",
]


@dataclass(slots=True)
class Source:
    """A file whose kind is known; it can be read again and again, from any checkpoint.

    `kind` is "jsonl", "array" or "objects" (one after another, over many lines); `size` is the file's bytes
    as stored, and `taken` how many of them the last reading has used, for showing progress.
    """

    name: str
    kind: Kind
    compressed: bool
    size: int
    _file: str | Path | Bytes
    _max_unpacked: int
    _stream: Stream | None = field(default=None, init=False)

    @property
    def taken(self) -> int:
        return self._stream.raw.taken if self._stream else 0

    def __iter__(self) -> Iterator[Line | LineError]:
        return self.read()

    def read(self, start: Checkpoint = Checkpoint()) -> Iterator[Line | LineError]:  # noqa: B008  frozen
        """Yield every record or what is wrong with it, from a checkpoint on.

        Raises Refusal where packed data turn out to be a bomb.
        """
        if start.offset == DONE:
            return
        with _opened(self._file) as file:
            self._stream = Stream(
                file,
                self.name,
                compressed=self.compressed,
                offset=start.offset,
                max_unpacked=self._max_unpacked,
            )
            if self.kind == "jsonl":
                yield from read_lines(self._stream, start)
            else:
                yield from Elements(self._stream, start, "]" if self.kind == "array" else "").read()


def open_source(file: str | Path | Bytes, name: str, *, max_unpacked: int = MAX_UNPACKED) -> Source:
    """Find out what a file is from its content; `name` is what people call it.

    A file object must be seekable and stay open while it is read. Raises Refusal.
    """
    with _opened(file) as opened:
        size = _size(opened)
        if not size:
            raise Refusal(f"{name} is empty: it holds no record.")
        compressed = opened.read(len(GZIP)) == GZIP
        stream = Stream(opened, name, compressed=compressed, offset=0, max_unpacked=max_unpacked)
        head = stream.buffer.read(HEAD)
        if stream.damage and not head:
            raise Refusal(f"{name} begins like a gzip file but {stream.damage}: pack it again.")
        return Source(name, kind_of(head, name), compressed, size, file, max_unpacked)


def preview(file: str | Path | Bytes, name: str, limit: int = 5) -> Preview:
    """Look at a file's first records and show at most `limit` of them. Raises Refusal."""
    source = open_source(file, name)
    return preview_of(source, name=name, kind=source.kind, compressed=source.compressed, limit=limit)


def _size(file: Bytes) -> int:
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    return size


@contextmanager
def _opened(file: str | Path | Bytes) -> Iterator[Bytes]:
    if isinstance(file, str | Path):
        with Path(file).open("rb") as opened:
            yield opened
    else:
        yield file
