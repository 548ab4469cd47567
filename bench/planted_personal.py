"""Sentences with personal data planted in them, and sentences with what only looks like it: made up from a seed."""

import random
import string
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from review.personal.numbers import luhn

Maker = Callable[[random.Random], str]

PLACES = (
    "You can reach us at {}.",
    "Please send it to {} before Friday, thanks!",
    "Name: Anna\nContact: {}\nCity: Bonn",
    'The log says "{}" twice.',
    "It was {}, I think; ask Ben ({}).",
    "{}",
    "- first line\n- {}\n- last line",
    '{{"user": 7, "value": "{}"}}',
)
REGIONS = (
    "US",
    "GB",
    "DE",
    "FR",
    "IT",
    "ES",
    "IN",
    "BR",
    "JP",
    "CN",
    "AU",
    "ZA",
    "MX",
    "PL",
    "SE",
    "NL",
    "TR",
    "NG",
)
IBANS = {"DE": 22, "GB": 22, "FR": 27, "NL": 18, "ES": 24, "CH": 21, "NO": 15, "MT": 31, "PL": 28, "BE": 16}
CARDS = {
    "4": 16,
    "51": 16,
    "55": 16,
    "2221": 16,
    "34": 15,
    "37": 15,
    "6011": 16,
    "3530": 16,
    "36": 14,
    "62": 16,
}
ALPHABET = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class Planted:
    """A text, and the kind and span of each personal detail in it."""

    text: str
    spans: tuple[tuple[str, int, int], ...]


def email(rng: random.Random) -> str:
    name = "".join(rng.choices(string.ascii_lowercase, k=rng.randint(3, 9)))
    local = rng.choice(
        (name, f"{name}.{name[::-1]}", f"{name}{rng.randint(1, 99)}", f"{name}+list", f"{name}_{name[:2]}")
    )
    host = "".join(rng.choices(string.ascii_lowercase, k=6))
    return f"{local}@{rng.choice((f'{host}.com', f'mail.{host}.co.uk', f'{host}.de', 'gmail.com', f'x-{host}.org'))}"


def phone(rng: random.Random) -> str:
    """A number of one of 18 countries with its country code, or one of the United States without."""
    region = rng.choice(REGIONS)
    example = phonenumbers.example_number_for_type(
        region, rng.choice((PhoneNumberType.FIXED_LINE, PhoneNumberType.MOBILE))
    )
    number = example
    while number == example or not phonenumbers.is_valid_number(number):
        tail = "".join(rng.choices(string.digits, k=4))
        national = f"{example.national_number:d}"[:-4] + tail
        number = phonenumbers.PhoneNumber(country_code=example.country_code, national_number=int(national),
                                          italian_leading_zero=example.italian_leading_zero)  # fmt: skip
    styles = [PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.E164]
    if region == "US":
        styles.append(PhoneNumberFormat.NATIONAL)
    return phonenumbers.format_number(number, rng.choice(styles))


def iban(rng: random.Random) -> str:
    country = rng.choice(sorted(IBANS))
    account = "".join(rng.choices(string.digits, k=IBANS[country] - 4))
    check = 98 - int("".join(str(int(sign, 36)) for sign in f"{account}{country}00")) % 97
    compact = f"{country}{check:02}{account}"
    return (
        compact if rng.random() < 0.4 else " ".join(compact[at : at + 4] for at in range(0, len(compact), 4))
    )


def card(rng: random.Random) -> str:
    prefix = rng.choice(sorted(CARDS))
    body = prefix + "".join(rng.choices(string.digits, k=CARDS[prefix] - len(prefix) - 1))
    digits = next(body + last for last in string.digits if luhn(body + last))
    if rng.random() < 0.4:
        return digits
    cuts = {16: (4, 4, 4, 4), 15: (4, 6, 5), 14: (4, 6, 4)}[len(digits)]
    return rng.choice(" -").join(_cut(digits, cuts))


def _cut(digits: str, lengths: tuple[int, ...]) -> Iterator[str]:
    at = 0
    for length in lengths:
        yield digits[at : at + length]
        at += length


def ip(rng: random.Random) -> str:
    address: IPv4Address | IPv6Address = IPv4Address(0)
    while not address.is_global:
        address = (
            IPv4Address(rng.getrandbits(32))
            if rng.random() < 0.7
            else IPv6Address((0x2A << 120) | rng.getrandbits(116))
        )
    return str(address)


def secret(rng: random.Random) -> str:
    def signs(count: int, alphabet: str = ALPHABET) -> str:
        return "".join(rng.choices(alphabet, k=count))

    return rng.choice(
        (
            "AKIA" + signs(16, string.ascii_uppercase + "234567"),
            "gh" + "p_" + signs(36),
            "xox" + f"b-{signs(12, string.digits)}-{signs(24)}",
            "AI" + "za" + signs(35),
            "sk" + "_live_" + signs(24),
            "sk" + "-proj-" + signs(48),
            "eyJ" + f"{signs(20)}.eyJ{signs(40)}.{signs(43)}",
            "hf" + "_" + signs(34),
        )
    )


MAKERS: dict[str, Maker] = {
    "email": email,
    "phone": phone,
    "iban": iban,
    "card": card,
    "ip": ip,
    "secret": secret,
}


def _digits(count: int) -> Maker:
    return lambda rng: "".join(rng.choices(string.digits, k=count))


def _hex(count: int) -> Maker:
    return lambda rng: "".join(rng.choices("0123456789abcdef", k=count))


def _number(rng: random.Random, shape: str) -> str:
    """Return the shape with a digit for each #."""
    return "".join(rng.choice(string.digits) if sign == "#" else sign for sign in shape)


def _isbn(rng: random.Random) -> str:
    return _number(rng, rng.choice(("ISBN 978-#-###-#####-#", "ISBN #-###-#####-#")))


LOOKALIKES: dict[str, Maker] = {
    "date and time": lambda rng: (
        f"{rng.randint(1900, 2030)}-{rng.randint(1, 12):02}-{rng.randint(1, 28):02} "
        f"{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:{rng.randint(0, 59):02}"
    ),
    "date by slashes": lambda rng: f"{rng.randint(1, 28)}/{rng.randint(1, 12)}/{rng.randint(1900, 2030)}",
    "ISBN": _isbn,
    "version": lambda rng: f"version {'.'.join(str(rng.randint(0, 40)) for _ in range(4))}",
    "sum": lambda rng: (
        f"{rng.randint(100, 9999)} {rng.choice('+-*/')} {rng.randint(100, 9999)} = {rng.randint(10**6, 10**9)}"
    ),
    "decimal": lambda rng: f"{rng.randint(0, 400)}.{rng.randint(10**9, 10**12)}",
    "money": lambda rng: f"${rng.randint(10**6, 10**10):,}",
    "order number": lambda rng: f"order {rng.randint(10**9, 10**10 - 1)}",
    "16 digits": _digits(16),
    "10 digits": _digits(10),
    "MD5": _hex(32),
    "SHA-1": _hex(40),
    "UUID": lambda rng: "-".join(_hex(count)(rng) for count in (8, 4, 4, 4, 12)),
    "milliseconds": lambda rng: str(rng.randint(10**12, 2 * 10**12)),
    "coordinates": lambda rng: f"{rng.uniform(-90, 90):.6f}, {rng.uniform(-180, 180):.6f}",
    "DOI": lambda rng: f"doi:10.{rng.randint(1000, 9999)}/{rng.randint(10**6, 10**8)}",
    "reserved address": lambda rng: f"{rng.choice(('jane', 'john'))}@example.{rng.choice(('com', 'org'))}",
    "private network": lambda rng: f"192.168.{rng.randint(0, 255)}.{rng.randint(0, 255)}",
    "remote": lambda rng: f"git@github.com:{_hex(6)(rng)}/{_hex(5)(rng)}.git",
    "file": lambda rng: f"icon{rng.randint(1, 99)}@2x.png",
    "place-holder": lambda rng: f"api_key = 'your_api_key_{rng.randint(1, 9)}'",
    "class name": lambda rng: "sk-" + "-".join(rng.choices(("primary", "button", "large", "round"), k=4)),
    "MAC address": lambda rng: ":".join(_hex(2)(rng) for _ in range(6)),
    "page range": lambda rng: _number(rng, "1#(#): 1##-2## (19##)"),
}


def planted(count: int, seed: int = 7) -> Iterator[Planted]:
    """Yield `count` texts of each kind with one or two details planted."""
    rng = random.Random(seed)
    for kind, maker in MAKERS.items():
        for _ in range(count):
            yield _filled(rng.choice(PLACES), kind, lambda maker=maker: maker(rng))


def lookalikes(count: int, seed: int = 8) -> Iterator[tuple[str, str]]:
    """Yield (what it is, text) `count` times for each thing that is no personal data."""
    rng = random.Random(seed)
    for name, maker in LOOKALIKES.items():
        for _ in range(count):
            yield name, _filled(rng.choice(PLACES), "", lambda maker=maker: maker(rng)).text


def _filled(place: str, kind: str, made: Callable[[], str]) -> Planted:
    text, spans = "", []
    first, *rest = place.replace("{{", "\1").replace("}}", "\2").split("{}")
    text = first
    for part in rest:
        detail = made()
        spans.append((kind, len(text), len(text) + len(detail)))
        text += detail + part
    return Planted(text.replace("\1", "{").replace("\2", "}"), tuple(spans))
