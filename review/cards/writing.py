"""Markdown and YAML in which a name stays a name: it ends no table, opens no tag, and begins no list."""

import json
import re
from collections.abc import Iterable, Mapping, Sequence

# The signs that mean something inside a line of CommonMark, of its tables, or of what hubs add: entities, formulas.
_SIGNS = re.compile(r"([\\`*_\[\]<>|~&#$])")
_ADDRESS = re.compile(r"https?://[^\s<>|\\`]+")
# They join letters of one sign; every other character that cannot be seen could make a name read as another.
_JOINERS = "\u200c\u200d"


def plain(text: str) -> str:
    """Return a text as one line, without characters that cannot be seen."""
    seen = (sign if sign.isprintable() or sign in _JOINERS else " " for sign in text)
    return " ".join("".join(seen).split())


def words(text: str) -> str:
    """Write a text for the middle of a line: what it says, and nothing that Markdown or HTML would act on."""
    return _SIGNS.sub(r"\\\1", plain(text))


def place(text: str) -> str:
    """Write where something comes from: an address as a link, anything else as words."""
    told = plain(text)
    return f"<{told}>" if _ADDRESS.fullmatch(told) else words(told)


def quoted(text: str) -> str:
    """Write a text as a YAML scalar, which is never taken for a number, a date or a truth value."""
    return json.dumps(plain(text), ensure_ascii=False)


def heading(text: str, level: int = 2) -> str:
    return f"{'#' * level} {text}\n\n"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: Iterable[int] = ()) -> str:
    """Write a table, the columns of `numbers` to the right; cells are Markdown, so names go through `words` first."""
    right = set(numbers)
    rule = ["---:" if column in right else "---" for column in range(len(heads))]
    return "".join(f"| {' | '.join(row)} |\n" for row in (heads, rule, *rows))


def counted(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return what was counted above 0, the most first."""
    return sorted(
        ((name, count) for name, count in counts.items() if count), key=lambda row: (-row[1], row[0])
    )


def fenced(text: str, language: str) -> str:
    """Write a block of code; the text is ours, and holds of others what `json.dumps` made of it."""
    return f"```{language}\n{text}\n```\n"


def many(count: int, what: str) -> str:
    """Say how many: "1 example", "1,204 examples"."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"
