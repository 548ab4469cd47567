"""CSV that a spreadsheet shows as text: what a contractor typed never becomes a formula in a manager's program."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

# What spreadsheet programs take for the start of a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")


def safe_cell(value: Any) -> Any:
    """Return the value with an apostrophe before it where a spreadsheet would compute it; numbers as they are."""
    if not isinstance(value, str):
        return value
    text = value.replace("\0", "")
    return (
        f"'{text}"
        if value.startswith(FORMULA_STARTS) or text.lstrip().startswith(FORMULA_STARTS[:4])
        else text
    )


class _Line:
    def write(self, text: str) -> str:
        return text


def csv_lines(rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """Yield one CSV line per row, each cell safe to open in a spreadsheet."""
    writer = csv.writer(_Line())
    for row in rows:
        yield writer.writerow([safe_cell(cell) for cell in row])
