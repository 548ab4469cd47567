"""JSON arrays, and objects one after another over many lines: read record by record, never as a whole."""

import codecs
import re
from collections.abc import Iterator
from typing import Any, Literal

from annotate.reading.extent import Extent
from annotate.reading.items import DONE, Checkpoint, Line, LineError, excerpt
from annotate.reading.lines import TOO_LONG, lost_rest
from annotate.reading.parsing import MAX_RECORD, NotARecord, checked, decode_at, parse_record
from annotate.reading.streams import BLOCK, Stream

NEWLINE = "\n"
STEP = 1 << 20  # more at a time for a long record: less to copy, and not much more to hold
MAX_SKIPPED = 1 << 30  # of one record; some 20 seconds where it is nothing but brackets
MAX_INDENT = 1_000
_SPACE = re.compile(r"[ \t\r\n\ufeff]*+")  # with the byte order marks of files that were joined
# What the decoder of a Window makes of a byte that is no UTF-8.
_BAD_BYTE = re.compile(r"[\udc80-\udcff]")
_NO_RESYNC = " Where the next record begins cannot be told, so nothing after it was read."


class Window:
    """The part of the text that is being looked at; `at` is where the next value begins."""

    def __init__(self, stream: Stream, start: Checkpoint) -> None:
        self.text = ""
        self.at = 0
        self.offset = start.offset
        self.line = start.line
        self.indent: str | None = None  # white space before the value if it begins a line
        self.is_over = False
        self._stream = stream
        # Bad bytes become lone surrogates, so that only the record that holds them is lost.
        self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")

    def more(self) -> bool:
        """Forget what lies before `at` and read on; return whether anything came."""
        held = self.text[self.at :]
        data = self._stream.buffer.read(max(BLOCK, min(len(held), STEP)))
        self.is_over = not data
        self.text, self.at = held + self._decoder.decode(data, final=self.is_over), 0
        return not self.is_over

    def advance(self, end: int) -> str:
        """Step to a position and return the text up to it."""
        passed = self.text[self.at : end]
        self.at = end
        self.offset += len(passed) if passed.isascii() else len(passed.encode("utf-8", "surrogateescape"))
        self.line += passed.count("\n")
        return passed

    def next_char(self) -> str:
        """Step over white space and return the character that follows, empty at the end of the file."""
        space = ""
        while True:
            found = _SPACE.match(self.text, self.at)
            space = (space + self.advance(found.end() if found else self.at))[-MAX_INDENT:]
            if self.at < len(self.text):
                break
            if self.is_over:
                return ""
            self.more()
        self.indent = space.rpartition("\n")[2] if "\n" in space else None
        return self.text[self.at]


class Elements:
    """The records of one file, in order; `closing` is the bracket after the last, or empty."""

    def __init__(self, stream: Stream, start: Checkpoint, closing: str) -> None:
        self._stream = stream
        self._window = Window(stream, start)
        self._number = start.number
        self._closing = closing
        self._before: Literal["nothing", "comma", "record"] = "record" if start.offset else "nothing"

    def read(self) -> Iterator[Line | LineError]:
        """Yield every record; an error whose end is DONE is the last item."""
        window = self._window
        if self._before == "nothing" and self._closing and window.next_char():
            window.advance(window.at + 1)
        while (char := window.next_char()) not in ("", self._closing):
            if char == "," and self._before == "record":
                window.advance(window.at + 1)
                self._before = "comma"
                continue
            item = self._no_record() if char == "," else self._record()
            self._before = "record"
            yield item
            if item.end.offset == DONE:
                return
        yield from self._after_last(is_closed=bool(char))

    def _after_last(self, *, is_closed: bool) -> Iterator[LineError]:
        if is_closed:
            if self._before == "comma":
                yield self._error("A comma stands before the closing bracket: remove it.")
            self._window.advance(self._window.at + 1)
            if self._window.next_char():
                yield self._error(
                    "More text stands after the closing bracket; it was not read.", is_last=True
                )
        if self._stream.damage:
            yield lost_rest(self._stream.damage, self._number)
        elif self._closing and not is_closed:
            reason = "The file ends before the closing bracket: fetch it again, or add what is missing."
            yield self._error(reason, is_last=True)

    def _no_record(self) -> LineError:
        return self._error("Nothing stands before a comma: write the record or remove the comma.")

    def _record(self) -> Line | LineError:
        self._number += 1
        window = self._window
        while True:
            try:
                value, end = decode_at(window.text, window.at)
            except (ValueError, RecursionError):
                return self._scanned()
            # What ends with the window may go on behind it, as a number does.
            if end < len(window.text) or window.is_over:
                return self._item(end, value)
            window.more()

    def _scanned(self) -> Line | LineError:
        """Read a record that is broken, or of which the window holds only a part."""
        window, extent = self._window, Extent()
        while not extent.feed(window.text, window.at):
            if extent.length > MAX_RECORD:
                return self._too_long(extent)
            if not window.more():
                return self._cut()
        return self._item(window.at + extent.length) if extent.is_safe else self._resynced()

    def _item(self, end: int, value: object = None, lost: str = "") -> Line | LineError:
        line = self._window.line
        raw = self._window.advance(end)
        try:
            return Line(self._number, raw, self._checked(raw, value), self._here())
        except NotARecord as error:
            reason, position = error.reason, error.position or 0
            if error.position is not None:
                reason += f" (line {line + raw.count(NEWLINE, 0, position)} of the file)."
        end_here = Checkpoint(self._number, DONE) if lost else self._here()
        return LineError(self._number, reason + lost, excerpt(raw, position), end_here)

    def _checked(self, raw: str, value: object) -> dict[str, Any]:
        if not raw.isascii() and (bad := _BAD_BYTE.search(raw)):
            byte = ord(bad[0]) - 0xDC00
            raise NotARecord(f"Byte 0x{byte:02x} is not UTF-8: save the file as UTF-8", bad.start())
        if self._before == "record" and self._closing:
            raise NotARecord("A comma is missing before this record: write it.")
        if len(raw) > MAX_RECORD:
            raise NotARecord(TOO_LONG)
        return parse_record(raw) if value is None else checked(raw, value)

    def _resynced(self) -> Line | LineError:
        """Step over a record whose quotes or brackets do not match, to the next line that begins like it."""
        window = self._window
        begin = "" if window.indent is None else r",[ \t]*\r?\n" + re.escape(window.indent) + r"\{"
        while True:
            if begin and (
                found := re.compile(begin).search(window.text, window.at + 1, window.at + MAX_RECORD)
            ):
                return self._item(found.start())
            if len(window.text) - window.at > MAX_RECORD or not window.more():
                return self._item(min(len(window.text), window.at + MAX_RECORD), lost=_NO_RESYNC)

    def _too_long(self, extent: Extent) -> LineError:
        window = self._window
        shown = excerpt(window.text[window.at : window.at + 1_000])
        stop, is_over = window.offset + MAX_SKIPPED, False
        while not is_over and window.offset < stop:
            window.advance(window.at + extent.length)
            extent.drop()
            if not window.more():
                return self._cut()
            is_over = extent.feed(window.text, window.at)
        window.advance(window.at + extent.length)
        if is_over and extent.is_safe:
            return LineError(self._number, TOO_LONG, shown, self._here())
        return LineError(self._number, TOO_LONG + _NO_RESYNC, shown, Checkpoint(self._number, DONE))

    def _cut(self) -> LineError:
        shown = excerpt(self._window.text[self._window.at : self._window.at + 1_000])
        if self._stream.damage:
            reason = (
                f"The packed file {self._stream.damage} in the middle of this record: fetch or pack it again."
            )
        else:
            reason = (
                "The file ends in the middle of this record: fetch it again, or mend or remove the record."
            )
        return LineError(self._number, reason, shown, Checkpoint(self._number, DONE))

    def _error(self, reason: str, *, is_last: bool = False) -> LineError:
        self._number += 1
        shown = excerpt(self._window.text[self._window.at : self._window.at + 1_000])
        return LineError(
            self._number, reason, shown, Checkpoint(self._number, DONE) if is_last else self._here()
        )

    def _here(self) -> Checkpoint:
        return Checkpoint(self._number, self._window.offset, self._window.line)
