"""Street addresses: where a postal code stands that could end one, the pyap library decides."""

import re
import warnings
from collections.abc import Iterator
from typing import Literal

from review.personal.spans import Span

with warnings.catch_warnings():
    # Its patterns hold escapes that Python warns of whenever it compiles them.
    warnings.simplefilter("ignore", SyntaxWarning)
    import pyap
    import pyap.source_CA.data
    import pyap.source_GB.data
    import pyap.source_US.data

type Country = Literal["US", "GB", "CA"]

# What an address of the United States, Great Britain or Canada ends in. The library reads only the characters
# around it: over a whole text it costs a thousand times what this does.
_ENDS: tuple[tuple[Country, re.Pattern[str]], ...] = (
    ("US", re.compile(r"[A-Z][A-Za-z.]{1,13},?\s{1,2}[0-9]{5}(?![0-9])")),
    ("GB", re.compile(r"[A-Z][A-Z]?[0-9][0-9A-Z]? ?[0-9][A-Z]{2}(?![A-Za-z0-9])")),
    ("CA", re.compile(r"[ABCEGHJ-NPRSTVXY][0-9][A-Z] ?[0-9][A-Z][0-9](?![A-Za-z0-9])")),
)
_BEFORE, _AFTER = 120, 8
_TRIES = 10  # a text that has had so many codes in a row without an address is a list of something else
_STREET = re.compile(r"[0-9][0-9A-Z]{0,5} {1,2}[A-Z0-9]")  # a house number and the beginning of a name
_PARTS = re.compile(r"[\s,]+")


def streets(text: str) -> Iterator[Span]:
    """Yield the street addresses of a text that end in a postal code, from the house number to the code."""
    for country, pattern in _ENDS:
        misses = 0
        for end in pattern.finditer(text):
            found = list(_before(text, country, end))
            yield from found
            misses = 0 if found else misses + 1
            if misses == _TRIES:
                break


def _before(text: str, country: Country, end: re.Match[str]) -> Iterator[Span]:
    since = max(0, end.start() - _BEFORE)
    window = text[since : end.end() + _AFTER]
    if not _STREET.search(window):
        return
    for address in pyap.parse(window, country=country):
        # The library counts characters after it has taken out double spaces and commas.
        words = list(map(re.escape, filter(None, _PARTS.split(str(address.full_address)))))
        # "Ten times more than on the first day. If 50000 …" is one to the library.
        if words[0][0].isdigit() and (found := re.search(r"[\s,]+".join(words), window)):
            yield Span(since + found.start(), since + found.end(), "address")
