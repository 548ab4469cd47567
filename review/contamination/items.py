"""An evaluation set's file as items: records in any known shape, or plain text."""

import io
import re
from collections.abc import Iterator, Mapping
from typing import Any

from annotate.formats import RecordError, read_record
from annotate.reading import LineError, Refusal, open_source
from annotate.records import Conversation
from review.contamination.index import LONG
from review.contamination.words import words_of

MAX_BYTES = 32 << 20  # unpacked; the items of every set are held in memory by each worker
MAX_ITEMS = 100_000

# What published evaluation sets call the text that a model is given.
FIELDS = (
    "question",
    "prompt",
    "problem",
    "instruction",
    "input",
    "query",
    "text",
    "sentence",
    "context",
    "turns",
)

_GZIP = b"\x1f\x8b"
_BLANK = re.compile(r"\n[ \t]*\n\s*")


def items_of(content: bytes, name: str) -> list[str]:
    """Return an evaluation set's items in their order, from JSON Lines, a JSON array, or text.

    Of a conversation its prompt is an item, everything before the last answer, so that the question with another
    answer is found too; a prompt of under 13 words takes the answer with it. Of text each paragraph is one where
    blank lines part them, else each line. Raises Refusal, naming the file and the line, for what cannot be read.
    """
    if len(content) > MAX_BYTES:
        raise Refusal(f"{name} is larger than {MAX_BYTES >> 20} MB: split it into several sets.")
    is_json = content[:1024].removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")
    found = _records(content, name) if is_json or content.startswith(_GZIP) else _paragraphs(content, name)
    items: list[str] = []
    for item in found:
        items.append(item)
        if len(items) > MAX_ITEMS:
            raise Refusal(f"{name} holds more than {MAX_ITEMS:,} items: split it into several sets.")
    if not items:
        raise Refusal(f"{name} is empty: it holds no item.")
    return items


def _records(content: bytes, name: str) -> Iterator[str]:
    for line in open_source(io.BytesIO(content), name, max_unpacked=MAX_BYTES):
        if isinstance(line, LineError):
            raise Refusal(f"{name}, record {line.number}: {line.reason}")
        item = _item(line.record)
        if not words_of(item):
            raise Refusal(
                f"{name}, record {line.number} names no text to look for: it needs one of the fields"
                f" {', '.join(FIELDS)}, or a format that Winnow imports."
            )
        yield item


def _item(record: Mapping[str, Any]) -> str:
    try:
        return _prompt(read_record(record))
    except RecordError:
        return next((text for field in FIELDS if (text := _said(record.get(field)))), "")


def _prompt(conversation: Conversation) -> str:
    turns = conversation.turns
    last = max((number for number, turn in enumerate(turns) if turn.role == "assistant"), default=len(turns))
    prompt = "\n\n".join(turn.text for turn in turns[:last])
    return prompt if len(words_of(prompt)) >= LONG else "\n\n".join(turn.text for turn in turns)


def _said(value: Any) -> str:
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return "\n\n".join(value)
    return value if isinstance(value, str) else ""


def _paragraphs(content: bytes, name: str) -> Iterator[str]:
    try:
        text = content.decode("utf-8-sig").replace("\r\n", "\n").strip()
    except UnicodeDecodeError:
        raise Refusal(f"{name} is neither JSON nor UTF-8 text: save it as UTF-8.") from None
    if "\0" in text:
        raise Refusal(f"{name} is neither JSON nor text.")
    parts = _BLANK.split(text) if _BLANK.search(text) else text.split("\n")
    return (part for part in parts if words_of(part))
