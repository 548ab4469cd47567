"""Every kind's finder over one text, the cheap questions first."""

import re
from collections.abc import Collection, Iterator

from review.personal.addresses import emails, ips
from review.personal.keys import secrets
from review.personal.numbers import cards, ibans
from review.personal.phones import ROW, phones
from review.personal.spans import KINDS, Span, apart
from review.personal.streets import streets

_DIGIT = re.compile("[0-9]")
_ALL = frozenset(kind.slug for kind in KINDS)


def find(
    text: str, kinds: Collection[str] = _ALL, *, region: str = "US", reserved: bool = False
) -> list[Span]:
    """Return the personal data of a text, in order, no two overlapping; offsets are characters.

    `kinds` are slugs of `KINDS`; `region` is the ISO 3166 code of the country whose telephone numbers are known
    without their country code, or "" for none; `reserved` also reports what is set aside for examples and for
    private networks: example.com, 192.0.2.1, 127.0.0.1, 212-555-0123, AKIAIOSFODNN7EXAMPLE.
    """
    found: list[Span] = []
    if "email" in kinds and "@" in text:
        found += emails(text, reserved)
    if "secret" in kinds:
        found += secrets(text, reserved)
    if _DIGIT.search(text):
        if "ip" in kinds:
            found += ips(text, reserved)
        if "address" in kinds:
            found += streets(text)
        # IBANs and cards hold such a row of digits too.
        if ROW.search(text):
            found += _numbers(text, kinds, region, reserved)
    return apart(found) if len(found) > 1 else found


def _numbers(text: str, kinds: Collection[str], region: str, reserved: bool) -> Iterator[Span]:
    if "iban" in kinds:
        yield from ibans(text)
    if "card" in kinds:
        yield from cards(text)
    if "phone" in kinds:
        yield from phones(text, region, reserved)
