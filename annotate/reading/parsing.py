"""One record's text into an object that PostgreSQL can store, or the reason why not."""

import json
import math
import re
from collections.abc import Iterator
from typing import Any, NoReturn

MAX_RECORD = 10_000_000  # bytes; longer than any context window that is trained on
MAX_DEPTH = 100

# Escapes that may stand for what PostgreSQL stores in neither text nor jsonb.
_SUSPECT = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")

# The words of Python's parser, up to 3.13, and what a person would call the fault.
_FAULTS = {
    "Expecting value": "a value is missing or is written in a way that JSON does not know",
    "Expecting property name enclosed in double quotes": "a field name in double quotes is missing",
    "Expecting ':' delimiter": "a colon is missing",
    "Expecting ',' delimiter": 'a comma or bracket is missing, or a quote inside a text is not written \\"',
    "Illegal trailing comma before end of object": "there is a comma too many",
    "Illegal trailing comma before end of array": "there is a comma too many",
    "Unterminated string starting at": "the text that begins here has no closing quote",
    "Invalid control character at": "a line break or control character stands in a text; write it as \\n",
    "Invalid \\escape": "a backslash stands before a character that needs none; write it as \\\\",
    "Invalid \\uXXXX escape": "an escape \\u lacks its four digits",
    "Extra data": "there is more text after the record",
}


class NotARecord(ValueError):
    """A text is no record; `reason` is a sentence, `position` the character that it is about, if any."""

    def __init__(self, reason: str, position: int | None = None, *, is_cut: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.position = position
        self.is_cut = is_cut


class _OutOfRange(ValueError):
    pass


def _refuse_constant(name: str) -> NoReturn:
    raise _OutOfRange(name)


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise _OutOfRange(digits)
    return number


def _int_or_infinity(digits: str) -> float:
    try:
        return int(digits)
    except ValueError:  # more digits than Python converts
        return math.inf


_STRICT = json.JSONDecoder(parse_float=_finite, parse_constant=_refuse_constant)
_LENIENT = json.JSONDecoder(parse_int=_int_or_infinity)

decode_at = _STRICT.raw_decode  # (text, position) -> (value, end); raises ValueError or RecursionError


def parse_record(text: str) -> dict[str, Any]:
    """Return the object that a text holds, and nothing but it; raises NotARecord.

    Of a field given twice the last counts, as JSON parsers have it.
    """
    try:
        value = _STRICT.decode(text)
    except json.JSONDecodeError as error:
        raise _not_json(error) from None
    except RecursionError:
        raise NotARecord(_too_deep()) from None
    except ValueError:
        value = _LENIENT.decode(text)
        raise NotARecord(
            _closer(value) or "A number is out of range: shorten it or write it as a text."
        ) from None
    return checked(text, value)


def checked(text: str, value: object) -> dict[str, Any]:
    """Return the value parsed from a text if it is an object that can be stored; raises NotARecord."""
    if type(value) is not dict:
        raise NotARecord(f"The record is {_type(value)}: write an object with named fields.")
    has_suspect = "\\u" in text and _SUSPECT.search(text)
    if (has_suspect or text.count("[") + text.count("{") > MAX_DEPTH) and (reason := _closer(value)):
        raise NotARecord(reason)
    return value


def text_problem(text: str) -> str:
    """Say why a text cannot be stored, or nothing: a NUL or half of a character."""
    found = _UNSTORABLE.search(text)
    if not found:
        return ""
    if found[0] == "\0":
        return "holds the character NUL (\\u0000), which cannot be stored: remove it"
    return (
        f"holds half a character (\\u{ord(found[0]):04x} without its other half): write it whole or remove it"
    )


def _not_json(error: json.JSONDecodeError) -> NotARecord:
    before = error.doc[: error.pos].rstrip()
    is_cut = error.msg == "Unterminated string starting at" or error.pos >= len(error.doc.rstrip())
    words = _FAULTS.get(error.msg, error.msg)
    if error.doc.startswith("'", error.pos):
        words = "a single quote stands where JSON needs a double quote"
    elif error.msg.startswith("Expecting") and error.doc.startswith("}", error.pos) and before.endswith(","):
        words = "there is a comma too many"
    return NotARecord(f"The record is no JSON: {words}", error.pos, is_cut=is_cut)


def _closer(value: object) -> str:
    """Look at every part of a value for what cannot be stored; empty if there is nothing."""
    for path, part in _parts(value):
        if len(path) >= MAX_DEPTH and isinstance(part, dict | list):
            return _too_deep()
        problem = ""
        if isinstance(part, str):
            problem = text_problem(part)
        elif isinstance(part, float) and not math.isfinite(part):
            problem = "is no number that can be stored (NaN, infinite or too large): write a number or null"
        if problem:
            return f"The field {_named(path)} {problem}."
    return ""


def _parts(value: object) -> Iterator[tuple[tuple[str | int, ...], object]]:
    """Walk a value without recursion: each part, keys included, with the way to it."""
    waiting: list[tuple[tuple[str | int, ...], object]] = [((), value)]
    while waiting:
        path, part = waiting.pop()
        yield path, part
        if isinstance(part, dict):
            for key, item in part.items():
                yield (*path, key), key
                waiting.append(((*path, key), item))
        elif isinstance(part, list):
            waiting.extend(((*path, number), item) for number, item in enumerate(part, start=1))


def _named(path: tuple[str | int, ...]) -> str:
    words = ", ".join(f"entry {step}" if isinstance(step, int) else step[:40] for step in path)
    return f"“{_UNSTORABLE.sub('\ufffd', words)[:120]}”"


def _too_deep() -> str:
    return f"The record is nested more than {MAX_DEPTH} levels deep: make it flatter."


def _type(value: object) -> str:
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, str):
        return "a text"
    return "a list" if isinstance(value, list) else "a number"
