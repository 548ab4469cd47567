"""What a file is read into: lines that hold a record, lines that do not, and places to go on from."""

import re
from dataclasses import dataclass
from typing import Any

EXCERPT = 200
BEFORE = 80
DONE = -1  # the offset of a checkpoint after which nothing more is read

# What PostgreSQL cannot store, or what would spoil a table: control characters and surrogates.
_UNSHOWABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_SPACE = re.compile(r"\s+")


class Refusal(Exception):
    """A file cannot be read at all; the message is one sentence that names it and says what to mend."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A place between two records: how many came before, at which unpacked byte, in which line."""

    number: int = 0
    offset: int = 0
    line: int = 1


@dataclass(frozen=True, slots=True)
class LineError:
    """A record that is none: its number in the file, the reason as a sentence, at most 200 characters of it.

    The number is the line of a JSON Lines file and otherwise the record's place in the file, both from 1.
    Reason and excerpt are safe to store. `end` is where to go on.
    """

    number: int
    reason: str
    excerpt: str
    end: Checkpoint


@dataclass(frozen=True, slots=True)
class Line:
    """A record as it stands in the file, character for character, and as an object that can be stored."""

    number: int
    raw: str
    record: dict[str, Any]
    end: Checkpoint

    def failed(self, reason: str) -> LineError:
        """Return the error of a record that turned out to be no example."""
        return LineError(self.number, reason, excerpt(self.raw), self.end)


def excerpt(text: str, position: int = 0) -> str:
    """Return up to 200 characters around a position, in one line and without what cannot be stored."""
    start = max(0, position - BEFORE) if position > EXCERPT - BEFORE else 0
    window = text[start : start + 4 * EXCERPT]
    shown = _SPACE.sub(" ", _UNSHOWABLE.sub("\ufffd", window)).strip()
    if start:
        shown = f"…{shown}"
    return shown if len(shown) <= EXCERPT else f"{shown[: EXCERPT - 1]}…"
