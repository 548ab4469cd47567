"""JSON Lines: one record to a line, however long, broken or badly encoded a line may be."""

from collections.abc import Iterator
from typing import IO

from annotate.reading.items import DONE, Checkpoint, Line, LineError, excerpt
from annotate.reading.parsing import MAX_RECORD, NotARecord, parse_record
from annotate.reading.streams import BLOCK, Stream

TOO_LONG = f"The record is longer than {MAX_RECORD // 1_000_000} MB: shorten it or split it."


def read_lines(stream: Stream, start: Checkpoint) -> Iterator[Line | LineError]:
    """Yield what every line holds, from a checkpoint on; blank lines count as lines and yield nothing."""
    number, offset = start.number, start.offset
    is_cut = False
    while data := stream.buffer.readline(MAX_RECORD + 1):
        number += 1
        offset += len(data)
        if len(data) > MAX_RECORD and not data.endswith(b"\n"):
            offset += _skip_line(stream.buffer)
            end = Checkpoint(number, offset, number + 1)
            yield LineError(number, TOO_LONG, excerpt(data[:1_000].decode(errors="replace")), end)
        elif not data.isspace():
            item = _read(data, Checkpoint(number, offset, number + 1), stream)
            is_cut = item.end.offset == DONE
            yield item
    if stream.damage and not is_cut:
        yield lost_rest(stream.damage, number)


def lost_rest(damage: str, number: int) -> LineError:
    """Return the error that ends a file whose packed data are cut or damaged behind record `number`."""
    reason = f"The packed file {damage}; what came after record {number} is lost: fetch or pack it again."
    return LineError(number + 1, reason, "", Checkpoint(number + 1, DONE))


def not_utf8(error: UnicodeError, place: str) -> str:
    """Say which byte is no UTF-8."""
    byte = f" (0x{error.object[error.start]:02x})" if isinstance(error, UnicodeDecodeError) else ""
    return f"{place}{byte} is not UTF-8: save the file as UTF-8."


def _read(data: bytes, end: Checkpoint, stream: Stream) -> Line | LineError:
    is_last = not data.endswith(b"\n")
    try:
        text = data.decode().rstrip("\r\n").removeprefix("\ufeff")
        return Line(end.number, text, parse_record(text), end)
    except UnicodeDecodeError as error:
        reason, shown = not_utf8(error, f"Byte {error.start + 1} of the line"), data.decode(errors="replace")
        position, is_cut = error.start, is_last and error.end == len(data)
    except NotARecord as error:
        reason, shown, position, is_cut = _placed(error), text, error.position or 0, error.is_cut and is_last
    if not is_cut:
        return LineError(end.number, reason, excerpt(shown, position), end)
    if stream.damage:
        reason = (
            f"The packed file {stream.damage} in the middle of this line: fetch it again or pack it again."
        )
        end = Checkpoint(end.number, DONE)
    else:
        reason = "The file ends in the middle of this line: fetch it again, or mend or remove the line."
    return LineError(end.number, reason, excerpt(shown), end)


def _placed(error: NotARecord) -> str:
    return error.reason if error.position is None else f"{error.reason} (column {error.position + 1})."


def _skip_line(buffer: IO[bytes]) -> int:
    skipped = 0
    while data := buffer.readline(BLOCK):
        skipped += len(data)
        if data.endswith(b"\n"):
            break
    return skipped
