"""A file's bytes, unpacked where they are gzip, within limits that no crafted file gets past."""

import io
import zlib
from contextlib import suppress
from typing import Protocol

from annotate.reading.items import Refusal

GZIP = b"\x1f\x8b"
BLOCK = 1 << 18
MAX_UNPACKED = 16 << 30
# Deflate reaches 1032:1 on a run of one byte; text that is worth reading stays under 30:1.
MAX_RATIO = 200
RATIO_COUNTS_FROM = 16 << 20
# Each member of a gzip file costs time however little it holds.
MANY_MEMBERS = 10_000
BYTES_PER_MEMBER = 64


class Bytes(Protocol):
    """What is needed of a file object: real files, Django's and in-memory ones have it."""

    def read(self, size: int, /) -> bytes: ...

    def seek(self, offset: int, whence: int = 0, /) -> int: ...


class _Raw(io.RawIOBase):
    """Bytes for a BufferedReader; counts what was taken from the file and remembers how it ended."""

    def __init__(self, file: Bytes) -> None:
        super().__init__()
        self._file = file
        self.taken = 0
        self.damage = ""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = self._next(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def _take(self, size: int) -> bytes:
        data = self._file.read(size)
        self.taken += len(data)
        return data

    def _next(self, size: int) -> bytes:
        return self._take(size)


class _Gunzip(_Raw):
    """Unpacks gzip members one after another; cut or damaged data ends there, and `damage` says how."""

    def __init__(self, file: Bytes, name: str, max_unpacked: int) -> None:
        super().__init__(file)
        self._name = name
        self._max_unpacked = max_unpacked
        self._member = zlib.decompressobj(wbits=31)
        self._input = b""
        self._members = 1
        self._unpacked = 0

    def _next(self, size: int) -> bytes:
        while not self.damage:
            if self._member.eof and not self._begin_member():
                return b""
            waiting = self._input or self._take(BLOCK)
            data = self._unpacked_part(waiting, size)
            self._input = self._member.unconsumed_tail
            if data:
                self._guard(len(data))
                return data
            if not waiting and not self._member.eof:
                self.damage = self.damage or "ends too early"
        return b""

    def _unpacked_part(self, data: bytes, size: int) -> bytes:
        """Unpack up to `size` bytes; of damaged data, as much as comes before the damage."""
        spare = self._member.copy()
        try:
            return self._member.decompress(data, size)
        except zlib.error:
            self.damage = "is damaged"
        good = bytearray()
        with suppress(zlib.error):
            for at in range(len(data)):
                good += spare.decompress(data[at : at + 1])
        return bytes(good[:size])

    def _begin_member(self) -> bool:
        # Zeros may pad the end of a gzip file.
        waiting = self._member.unused_data.lstrip(b"\0")
        while not waiting and (block := self._take(BLOCK)):
            waiting = block.lstrip(b"\0")
        if not waiting:
            return False
        self._member = zlib.decompressobj(wbits=31)
        self._input = waiting
        self._members += 1
        if self._members > MANY_MEMBERS and self._unpacked < BYTES_PER_MEMBER * self._members:
            raise Refusal(
                f"{self._name} is packed in too many tiny pieces: unpack it and pack it again in one."
            )
        return True

    def _guard(self, more: int) -> None:
        self._unpacked += more
        if self._unpacked > self._max_unpacked:
            size = f"{self._max_unpacked / (1 << 30):.3g} GB"
            raise Refusal(f"{self._name} unpacks to more than {size}: split it into smaller files.")
        if self._unpacked > max(RATIO_COUNTS_FROM, MAX_RATIO * self.taken):
            raise Refusal(
                f"{self._name} unpacks to more than {MAX_RATIO} times its size, which no real data does:"
                " unpack it, look at it, and import the unpacked file."
            )


class Stream:
    """A file's unpacked bytes from an offset on, to be read by `buffer`."""

    def __init__(self, file: Bytes, name: str, *, compressed: bool, offset: int, max_unpacked: int) -> None:
        file.seek(0 if compressed else offset)
        self.raw = _Gunzip(file, name, max_unpacked) if compressed else _Raw(file)
        self.buffer: io.BufferedReader = io.BufferedReader(self.raw, BLOCK)
        self._skipped = 0 if compressed else offset
        while self._skipped < offset and (skipped := self.buffer.read(min(BLOCK, offset - self._skipped))):
            self._skipped += len(skipped)

    @property
    def damage(self) -> str:
        """How the packed data ended before its end: words to follow the file's name, or nothing."""
        return self.raw.damage
