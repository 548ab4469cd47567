"""What a file is, told by its first bytes and never by its name."""

import json
from typing import Literal

from annotate.reading.items import Refusal, excerpt
from annotate.reading.streams import GZIP

Kind = Literal["jsonl", "array", "objects"]

HEAD = 1 << 20

# First bytes and what they belong to; from each format's own specification.
_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (
        b"version https://git-lfs",
        "is a Git LFS pointer and holds no data: fetch the file itself with “git lfs pull”",
    ),
    (b"PK\x03\x04", "is a ZIP archive: unpack it and import the JSON file inside"),
    (b"PAR1", "is a Parquet file: export it as JSON Lines"),
    (b"ARROW1", "is an Arrow file: export it as JSON Lines"),
    (b"Obj\x01", "is an Avro file: export it as JSON Lines"),
    (b"SQLite format 3", "is a SQLite database: export it as JSON Lines"),
    (b"\x28\xb5\x2f\xfd", "is packed with Zstandard: unpack it or pack it with gzip"),
    (b"BZh", "is packed with bzip2: unpack it or pack it with gzip"),
    (b"\xfd7zXZ\x00", "is packed with xz: unpack it or pack it with gzip"),
    (b"7z\xbc\xaf\x27\x1c", "is a 7-Zip archive: unpack it and import the JSON file inside"),
    (b"Rar!", "is a RAR archive: unpack it and import the JSON file inside"),
    (b"%PDF", "is a PDF: convert it to JSON Lines"),
    (b"\x80\x04\x95", "is a Python pickle, which is never read: export it as JSON Lines"),
    (b"\x80\x05\x95", "is a Python pickle, which is never read: export it as JSON Lines"),
    (GZIP, "is packed with gzip twice: unpack it once"),
    (b"\xff\xfe\x00\x00", "is UTF-32 text: save it as UTF-8"),
    (b"\x00\x00\xfe\xff", "is UTF-32 text: save it as UTF-8"),
    (b"\xff\xfe", "is UTF-16 text: save it as UTF-8"),
    (b"\xfe\xff", "is UTF-16 text: save it as UTF-8"),
)
_BOM = b"\xef\xbb\xbf"
_DECODER = json.JSONDecoder()


def kind_of(head: bytes, name: str) -> Kind:
    """Return how the records stand in a file from its first `HEAD` unpacked bytes; raises Refusal."""
    for signature, words in _SIGNATURES:
        if head.startswith(signature):
            raise Refusal(f"{name} {words}.")
    if b"\0" in head[:4]:
        raise Refusal(f"{name} is not UTF-8 text: save it as UTF-8 if it is text.")
    text = head.removeprefix(_BOM).decode("utf-8", "replace").lstrip(" \t\r\n")
    if not text:
        raise Refusal(f"{name} is empty: it holds no record.")
    _require_json(text, name)
    if text.startswith("["):
        return "jsonl" if _is_first_of_lines(text) else "array"
    return "objects" if text.startswith("{") and _spans_lines(text) else "jsonl"


def _require_json(text: str, name: str) -> None:
    lines = text.split("\n")
    if any(line.lstrip(" \t\ufeff").startswith(("{", "[")) for line in lines):
        return
    if text[:15].lower().startswith(("<!doctype html", "<html")):
        raise Refusal(f"{name} is a web page: download the data file itself.")
    raise Refusal(
        f"{name} is no JSON: its first line begins with “{excerpt(lines[0][:40])}”."
        " Winnow reads JSON Lines (one object per line) and JSON arrays."
    )


def _is_first_of_lines(text: str) -> bool:
    """Whether a file that begins with a bracket has a list in its first line and more lines to come."""
    line, _, more = text.partition("\n")
    try:
        _, end = _DECODER.raw_decode(line)
    except (ValueError, RecursionError):
        return False
    return not line[end:].strip() and bool(more.strip())


def _spans_lines(text: str) -> bool:
    """Whether a file that begins with a brace has an object over several lines and not one per line."""
    line = text.partition("\n")[0].rstrip()
    try:
        _DECODER.raw_decode(line)
        return False
    except (ValueError, RecursionError):
        pass
    if line.endswith(("{", "[", ",")):
        return True
    try:
        _, end = _DECODER.raw_decode(text)
    except (ValueError, RecursionError):
        return False
    return end > len(line)
