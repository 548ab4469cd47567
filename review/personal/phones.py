"""Telephone numbers: where a row of digits stands that could be one, the phonenumbers library decides."""

import re
from collections.abc import Iterator

from phonenumbers import Leniency, PhoneNumberMatcher
from phonenumbers.phonenumberutil import NumberParseException, is_valid_number, parse

from review.personal.spans import Span

# Seven digits or more with at most two marks between; the library costs a thousand times what this does.
ROW = re.compile(r"[0-9](?:[ .()/\u00a0\u2010-\u2015-]{0,2}[0-9]){6,}")
_LEAD = "+(["
_ASKED = re.compile(
    r"\b(?:tele)?phone|\btel\b|\bcalls?\b|\bmobile|\bcell|\bfax|\bwhats ?app|\bsms\b|\btext me|\bdial|\bhotline"
    r"|\bringe?\b|\btelefon|\bhandy|\bt[ée]l[ée]ph|\btél\b|\btel[ée]fono|\bm[óo]vil|\bcelular|\btelefone"
    r"|电话|手机|電話|携帯|전화",
    re.IGNORECASE,
)
_ASKED_WITHIN = 30
# What is numbered like a telephone number and is none.
_NAMED = re.compile(
    r"(?:\b(?:isbn|issn|doi|order|invoice|ticket|tracking|serial|account|acct|case|patent|sku|part|model|item"
    r"|id|ref|reference|no|nr|number)\b\.?|[#№])(?:\s+(?:is|no|number|id))?\W{0,3}$",
    re.IGNORECASE,
)
_NAMED_WITHIN = 24
_SUM_SIGNS = frozenset("=*/^<>$€£%\u00d7\u00f7")
_TERM_BEFORE = re.compile(r"[0-9]\s*$")
_JOINED = re.compile(r"[\w.,/-]")
_BARE = re.compile(r"\+?[0-9]+")
_LONGEST, _TRIES = 200, 20  # characters of a row of digits that are read, and failures before it is given up
_NEXT = 10  # characters after the digits: an extension, and what a number may not run into

_FICTIONAL = re.compile(r"1?[2-9][0-9]{2}55501[0-9]{2}")  # NANP: 555-0100 to 555-0199


def phones(text: str, region: str = "US", reserved: bool = False) -> Iterator[Span]:
    """Yield the telephone numbers of a text that its plan of numbers allows.

    With a country code after "+" or "00" any country's; without it those of `region`, and then only in the
    plan's own groups, or as bare digits near a word such as "phone" or "call".
    """
    for row in ROW.finditer(text):
        start, end = _lead(text, row.start()), min(row.end(), row.start() + _LONGEST)
        if "+" in text[start : row.start()]:
            found = _abroad(text, start, end)
        else:
            found = _zeros(text, row) or (_at_home(text, start, end, region) if region else [])
        yield from (span for span in found if reserved or not _is_fictional(text[span.start : span.end]))


def _lead(text: str, start: int) -> int:
    """Return where the number begins with its plus sign or opening bracket."""
    while start and text[start - 1] in _LEAD:
        start -= 1
    return start


def _abroad(text: str, start: int, end: int) -> list[Span]:
    if _BARE.fullmatch(text, start, end) and _TERM_BEFORE.search(text, max(0, start - 3), start):
        return []  # 12 +4155552671 is a sum
    return _matched(text, start, end, None, Leniency.VALID)


def _zeros(text: str, row: re.Match[str]) -> list[Span]:
    """Read 00 as the plus sign, which most countries dial and North America does not."""
    if not row[0].startswith("00") or _JOINED.match(text, max(0, row.start() - 1), row.start()):
        return []
    try:
        number = parse(f"+{row[0][2:]}", None)
    except NumberParseException:
        return []
    return [Span(*row.span(), "phone")] if is_valid_number(number) else []


def _at_home(text: str, start: int, end: int, region: str) -> list[Span]:
    asked = _ASKED.search(text, max(0, start - _ASKED_WITHIN), start)
    if not asked and (
        _is_counted(text, start, end) or _NAMED.search(text, max(0, start - _NAMED_WITHIN), start)
    ):
        return []
    found = _matched(text, start, end, region, Leniency.STRICT_GROUPING)
    return [span for span in found if asked or not _BARE.fullmatch(text, span.start, span.end)]


def _is_counted(text: str, start: int, end: int) -> bool:
    """Whether the digits are part of a sum, an address on the web, or a longer number."""
    before, after = text[max(0, start - 2) : start].strip()[-1:], text[end : end + 2].strip()[:1]
    return before in _SUM_SIGNS or after in _SUM_SIGNS or bool(_JOINED.match(text, max(0, start - 1), start))


def _matched(text: str, start: int, end: int, region: str | None, leniency: int) -> list[Span]:
    since = max(0, start - 1)
    matcher = PhoneNumberMatcher(text[since : end + _NEXT], region, leniency=leniency, max_tries=_TRIES)
    return [_bracketless(text, since + match.start, since + match.end) for match in matcher]


def _bracketless(text: str, start: int, end: int) -> Span:
    """Leave out an opening bracket that closes only after the number, as in (+49 30 901820)."""
    while text[start] in "([" and not any(sign in text[start:end] for sign in ")]"):
        start += 1
    return Span(start, end, "phone")


def _is_fictional(written: str) -> bool:
    return _FICTIONAL.fullmatch("".join(filter(str.isdigit, written))) is not None
