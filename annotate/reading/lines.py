"""JSON Lines: one record to a line, however long, broken or badly encoded a line may be."""

import io
from collections.abc import Iterator

from annotate.reading.items import DONE, Checkpoint, Line, LineError, excerpt
from annotate.reading.parsing import MAX_RECORD, NotARecord, parse_record
from annotate.reading.streams import BLOCK, Stream

# More blank lines in a row than this are stepped over many at a time: a file may hold nothing else.
FEW_BLANKS = 100
CUT = "The file ends in the middle of this line: fetch it again, or mend or remove the line."
TOO_LONG = f"The record is longer than {MAX_RECORD // 1_000_000} MB: shorten it or split it."


def read_lines(stream: Stream, start: Checkpoint) -> Iterator[Line | LineError]:
    """Yield what every line holds, from a checkpoint on; blank lines count as lines and yield nothing."""
    number, offset = start.number, start.offset
    is_cut, last = False, number
    while data := stream.buffer.readline(MAX_RECORD + 1):
        number += 1
        offset += len(data)
        if len(data) > MAX_RECORD and not data.endswith(b"\n"):
            offset += _skip_line(stream.buffer)
            end = Checkpoint(number, offset, number + 1)
            yield LineError(number, TOO_LONG, excerpt(data[:1_000].decode(errors="replace")), end)
        elif not data.isspace():
            item = _read(data, Checkpoint(number, offset, number + 1), stream)
            is_cut, last = item.end.offset == DONE, number
            yield item
        elif number - last > FEW_BLANKS:
            lines, length = _skip_blank(stream.buffer)
            number, offset = number + lines, offset + length
    if stream.damage and not is_cut:
        yield lost_rest(stream.damage, number)


def lost_rest(damage: str, number: int) -> LineError:
    """Return the error that ends a file whose packed data are cut or damaged behind record `number`."""
    what = f"what came after record {number} is lost, and what came before it may be wrong"
    reason = f"The packed file {damage}: {what}. Fetch the file again or pack it again."
    return LineError(number + 1, reason, "", Checkpoint(number + 1, DONE))


def _read(data: bytes, end: Checkpoint, stream: Stream) -> Line | LineError:
    try:
        text = _decoded(data)
        return Line(end.number, text, parse_record(text), end)
    except NotARecord as error:
        if data.endswith(b"\n") or not error.is_cut:
            shown = excerpt(data.decode(errors="replace"), error.position or 0)
            return LineError(end.number, _placed(error), shown, end)
    shown = excerpt(data.decode(errors="replace"))
    if not stream.damage:
        return LineError(end.number, CUT, shown, end)
    reason = f"The packed file {stream.damage} in the middle of this line: fetch or pack it again."
    return LineError(end.number, reason, shown, Checkpoint(end.number, DONE))


def _decoded(data: bytes) -> str:
    try:
        return data.decode().rstrip("\r\n").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        reason = f"Byte 0x{data[error.start]:02x} is not UTF-8: save the file as UTF-8"
        raise NotARecord(reason, error.start, is_cut=error.end == len(data)) from None


def _placed(error: NotARecord) -> str:
    return error.reason if error.position is None else f"{error.reason} (column {error.position + 1})."


def _skip_blank(buffer: io.BufferedReader) -> tuple[int, int]:
    """Step over the blank lines in the buffer at once; return how many there were and their bytes."""
    waiting = buffer.peek(1)
    blank = len(waiting) - len(waiting.lstrip(b" \t\r\n"))
    blank = waiting.rfind(b"\n", 0, blank) + 1
    return buffer.read(blank).count(b"\n"), blank


def _skip_line(buffer: io.BufferedReader) -> int:
    skipped = 0
    while data := buffer.readline(BLOCK):
        skipped += len(data)
        if data.endswith(b"\n"):
            break
    return skipped
