"""Numbers that check themselves: bank accounts (IBAN) and payment cards."""

import re
from collections.abc import Iterator

from review.personal.spans import Span

# SWIFT, IBAN Registry: the length of each country's IBAN.
_LENGTHS: dict[str, int] = {
    code: int(length)
    for length, codes in {
        "15": "NO", "16": "BE", "18": "DK FI FK FO GL NL SD", "19": "MK SI", "20": "AT BA EE KZ LT LU MN XK",
        "21": "CH HR LI LV", "22": "BG BH CR DE GB GE IE ME RS VA", "23": "AE GI IL IQ OM SO TL",
        "24": "AD CZ ES MD PK RO SA SE SK TN VG", "25": "LY PT ST", "26": "IS TR",
        "27": "BI DJ FR GR IT MC MR SM", "28": "AL AZ BY CY DO GT HN HU LB NI PL SV", "29": "BR EG PS QA UA",
        "30": "JO KW MU YE", "31": "MT SC", "32": "LC", "33": "RU",
    }.items()
    for code in codes.split()
}  # fmt: skip

_IBAN_CHECK = re.compile(r"[0-9][0-9](?=[ \u00a0-]?[0-9A-Za-z]{4}[ \u00a0-]?[0-9A-Za-z]{4})")
_IBAN_SIGNS = re.compile(r"[ \u00a0-]?([0-9A-Za-z])")

# As cards are printed, fours or Amex's and Diners' 4-6-5 and 4-6-4, or in one piece.
_CARD = re.compile(
    r"[0-9][0-9]{3}(?:([ -])[0-9]{4}\1[0-9]{4}\1[0-9]{4}(?:\1[0-9]{3})?|([ -])[0-9]{6}\2[0-9]{4,5}|[0-9]{8,15})"
)
_NEIGHBOUR = re.compile(r"[\w]|[.,/-][0-9]")

# First digits and lengths by issuer. Source: ISO/IEC 7812 ranges as the schemes publish them.
_ISSUERS: tuple[tuple[int, int, tuple[int, ...]], ...] = (
    (400000, 499999, (13, 16, 19)),  # Visa
    (510000, 559999, (16,)), (222100, 272099, (16,)),  # Mastercard
    (340000, 349999, (15,)), (370000, 379999, (15,)),  # American Express
    (601100, 601199, (16, 19)), (644000, 659999, (16, 19)),  # Discover
    (300000, 305999, (14, 16)), (360000, 369999, (14, 16)), (380000, 399999, (14, 16)),  # Diners Club
    (352800, 358999, (16, 19)),  # JCB
    (620000, 629999, (16, 17, 18, 19)),  # UnionPay
    (501800, 501899, (12, 13, 16, 18, 19)), (502000, 502099, (16,)), (503800, 503899, (16,)),  # Maestro
    (589300, 589399, (16,)), (630400, 630499, (16, 18, 19)), (675900, 676399, (12, 13, 16, 18, 19)),
)  # fmt: skip


def ibans(text: str) -> Iterator[Span]:
    """Yield the IBANs of a text, in one piece or in groups: a country's length, remainder 1 (ISO 7064)."""
    for check in _IBAN_CHECK.finditer(text):
        start = check.start() - 2
        length = _LENGTHS.get(text[start : start + 2].upper()) if start >= 0 else None
        if length is None or (start and text[start - 1].isalnum()):
            continue
        signs, end = text[start : start + 4], start + 4
        while len(signs) < length and (sign := _IBAN_SIGNS.match(text, end)):
            signs, end = signs + sign[1], sign.end()
        if len(signs) == length and not text[end : end + 1].isalnum() and _remainder(signs) == 1:
            yield Span(start, end, "iban")


def _remainder(iban: str) -> int:
    return int("".join(str(int(sign, 36)) for sign in iban[4:] + iban[:4])) % 97


def cards(text: str) -> Iterator[Span]:
    """Yield the payment cards of a text: an issuer's first digits and length, and Luhn's check digit."""
    for found in _CARD.finditer(text):
        start, end = found.span()
        if start and (text[start - 1].isalnum() or text[start - 1] in "_.-,/+"):
            continue
        for stop in {end, end - 4} if found[1] else {end}:
            if _NEIGHBOUR.match(text, stop) is None and _is_card(text[start:stop]):
                yield Span(start, stop, "card")


def _is_card(written: str) -> bool:
    digits = "".join(filter(str.isdigit, written))
    if len(digits) < 12 or not luhn(digits):
        return False
    first = int(digits[:6])
    return any(low <= first <= high and len(digits) in lengths for low, high, lengths in _ISSUERS)


def luhn(digits: str) -> bool:
    """Whether a number's last digit is Luhn's check digit (ISO/IEC 7812-1, annex B)."""
    odd, even = digits[-1::-2], digits[-2::-2]
    return (sum(map(int, odd)) + sum(sum(divmod(2 * int(digit), 10)) for digit in even)) % 10 == 0
