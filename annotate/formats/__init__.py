"""The registry of formats, in the order in which a record is compared with them."""

from collections.abc import Iterable, Mapping
from typing import Any

from annotate.formats.alpaca import Alpaca
from annotate.formats.base import Format, RecordError, quoted
from annotate.formats.messages import MESSAGES
from annotate.formats.prompt_completion import PromptCompletion
from annotate.formats.sharegpt import SHAREGPT
from annotate.formats.text import Text
from annotate.records import Conversation

__all__ = ["FORMATS", "Format", "RecordError", "by_slug", "detect", "read_record"]

FORMATS: tuple[Format, ...] = (Alpaca(), SHAREGPT, MESSAGES, PromptCompletion(), Text())
KEYS_SHOWN = 8

_BY_SLUG = {known.slug: known for known in FORMATS}


def by_slug(slug: str) -> Format:
    """Return the format of a stored slug; raises KeyError."""
    return _BY_SLUG[slug]


def detect(record: Mapping[str, Any]) -> Format | None:
    """Return the first format that a record looks like, or None."""
    return next((known for known in FORMATS if known.matches(record)), None)


def read_record(record: Mapping[str, Any], known: Format | None = None) -> Conversation:
    """Read a record by the given format, or by the one it looks like; raises RecordError."""
    known = known or detect(record)
    if known is None:
        raise RecordError(_unknown(record))
    return known.read(record)


def _unknown(record: Mapping[str, Any]) -> str:
    if not record:
        return "The record is an empty object: write its fields or remove it."
    for key, value in record.items():
        if isinstance(value, list) and value and isinstance(value[0], dict) and detect(value[0]):
            return f"The records stand inside the field {quoted(key)}: save only that list as the file."
    keys = _listed(record)
    return (
        f"No known format has the fields {keys}: name them instruction and output, conversations, messages,"
        " prompt and completion, or text."
    )


def _listed(keys: Iterable[str]) -> str:
    listed = list(keys)
    more = f" and {len(listed) - KEYS_SHOWN} more" if len(listed) > KEYS_SHOWN else ""
    return ", ".join(quoted(key) for key in listed[:KEYS_SHOWN]) + more
