"""What is found in a text and what is not, kind by kind; marked with ⟦ ⟧ where the span stands."""

import pytest

from review.personal import KINDS, Span, find
from review.personal.keys import entropy
from review.personal.numbers import luhn

# Made up, and put together here so that no scanner takes the file for a leak.
RANDOM = "q7Zt2LmX9vKp4RsW8bNc3HyD6fGj1TaE5uVo"
AWS = "AKIA" + "Q7ZT2LMX9VKP4RSW"
GITHUB = "ghp" + "_" + RANDOM
SLACK = "xoxb" + "-2840917365-" + RANDOM[:24]
GOOGLE = "AIza" + RANDOM[:35]
STRIPE = "sk" + "_live_" + RANDOM[:24]
OPENAI = "sk" + "-proj-" + RANDOM
JWT = "eyJ" + "hbGciOiJIUzI1NiJ9." + "eyJ" + "zdWIiOiI0MiJ9." + RANDOM
BLOCK = "-----BEGIN RSA " + "PRIVATE KEY-----\nMIIEow\n-----END RSA PRIVATE KEY-----"


def unmarked(marked: str) -> tuple[str, list[tuple[int, int]]]:
    """The text without its marks, and where they stood."""
    text, spans = "", []
    for number, part in enumerate(marked.replace("⟧", "⟦").split("⟦")):
        if number % 2:
            spans.append((len(text), len(text) + len(part)))
        text += part
    return text, spans


def found(kind: str, marked: str, **options: object) -> None:
    text, spans = unmarked(marked)
    assert find(text, **options) == [Span(*span, kind) for span in spans]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "Write to ⟦anna.berg+list@uni-koeln.de⟧.",
        "⟦jörg@müller.de⟧, ⟦o'neil@mail.co.uk⟧; ⟦a@b.io⟧",
        "<⟦x_y%z@sub.domain.museum⟧>",
        "mailto:⟦who@else.org⟧?subject=hi",
        "no one at example.com: jane@example.com, jane@mail.example.org, root@localhost, a@b.test",
        "icon@2x.png icon@big.png lodash@latest.js @app.route user@host @someone",
        "git clone git@github.com:org/repo.git, but mail ⟦git@github.com⟧",
        "a.@b.com .@b.com @b.com",
        "⟦one@two.com⟧ @three.com",
        "⟦" + "x" * 64 + "@b.com⟧",
    ],
)
def test_email(text: str) -> None:
    found("email", text)


@pytest.mark.parametrize(
    "text",
    [
        "Call ⟦(415) 555-2671⟧ or ⟦415-555-2671⟧ now, or ⟦+1 415 555 2671⟧",
        "⟦+49 30 901820⟧, ⟦+44 20 7946 0958⟧, ⟦+33 1 42 68 53 00⟧, ⟦+861069445464⟧",
        "From abroad ⟦0049 30 901820⟧.",
        "phone: ⟦4155552671⟧",
        "⟦415-555-2671⟧ ⟦415-555-2672⟧, ⟦415-555-2673⟧. ⟦415-555-2674⟧",
        "the number 4155552671 stands alone",
        "my cell is ⟦415.555.2671⟧",
        "Tel. ⟦415-555-2671⟧ x",
        "order 415-555-2671, ISBN 415-555-2671, invoice no. 415-555-2671, #415-555-2671",
        "reserved for films: 212-555-0123, the next one is not: ⟦212-555-0200⟧",
        "(555) 123-4567 has no such area",
        "2024-01-02 08:15, 2012-01-02, 31/12/1999, 12.11.2023, 20240102123045",
        "x = 415-555-2671, 7 * 415-555-2671, 415-555-2671 / 3",
        "978-0-306-40615-7 and 0-306-40615-2",
        "3.14159265358979, 2.7182818284, 1,415,555,267, $415-555-2671",
        "(3 +4155552671) and 12 + 4155552671",
        "in brackets (⟦+49 30 901820⟧), [⟦+4930901820⟧], (⟦415-555-2671⟧), (4155552671)",
        "(office) ⟦+4930901820⟧ or ⟦+49 30 901820⟧",
        "550e8400-e29b-41d4-a716-446655440000 da39a3ee5e6b4155552671afd80709",
        "650 25 30 000 is not how it is grouped",
        "seven digits 555 1234 are too few",
        "<<48/2=24>>24 <<48+24=72>>72",
    ],
)
def test_phone(text: str) -> None:
    found("phone", text)


def test_phones_at_home_are_those_of_the_region() -> None:
    found("phone", "ring ⟦020 7946 0958⟧ in London", region="GB")
    found("phone", "ring 020 7946 0958 in London, ⟦+44 20 7946 0958⟧", region="")
    found("phone", "ring 415-555-2671", region="")


@pytest.mark.parametrize(
    "text",
    [
        "⟦DE89 3704 0044 0532 0130 00⟧ and ⟦GB29NWBK60161331926819⟧",
        "to ⟦NO93-8601-1117-947⟧, thanks",
        "⟦fr1420041010050500013m02606⟧",
        "⟦MT84MALT011000012345MTLCAST001S⟧",
        "one digit off: DE88 3704 0044 0532 0130 00",
        "too short: DE89 3704 0044 0532 0130; no country: ZZ89 3704 0044 0532 0130 00",
        "glued: XDE89370400440532013000, DE893704004405320130001",
    ],
)
def test_iban(text: str) -> None:
    found("iban", text)


@pytest.mark.parametrize(
    "text",
    [
        "⟦4111 1111 1111 1111⟧ 123",
        "⟦5555-5555-5555-4444⟧, ⟦378282246310005⟧, ⟦3782 822463 10005⟧, ⟦30569309025904⟧",
        "⟦6011111111111117⟧ ⟦3530111333300000⟧ ⟦2223003122003222⟧",
        "Luhn fails: 4111 1111 1111 1112; no issuer: 9111111111111111",
        "grouped otherwise: 41 11 11 11 11 11 11 11; mixed: 4111-1111 1111-1111",
        "4111111111111111.5, 0.4111111111111111, a4111111111111111, 4111111111111111a",
    ],
)
def test_card(text: str) -> None:
    found("card", text)


@pytest.mark.parametrize(
    "text",
    [
        "from ⟦81.2.69.142⟧, port ⟦81.2.69.142⟧:8080, http://⟦81.2.69.142⟧/x.",
        "⟦2a00:1450:4001:81b::200e⟧ and [⟦2a00:1450:4001:81b:0:0:0:200e⟧]",
        "version 1.2.3.4, v 1.2.3.4, v1.2.3.4, release: 1.2.3.4, pip==1.2.3.4, § 1.2.3.4",
        "81.2.69.142.7, 7.81.2.69.142, 81.2.69.0/24, 81.2.69.256, 081.2.69.142",
        "192.168.0.1, 10.0.0.1, 127.0.0.1, 192.0.2.1, 203.0.113.9, 255.255.255.0, ::1, fe80::1, 2001:db8::1",
        "std::string cafe::add a[1::2] 12:30:45 00:1a:2b:3c:4d:5e",
    ],
)
def test_ip(text: str) -> None:
    found("ip", text)


@pytest.mark.parametrize(
    "text",
    [
        f"key ⟦{AWS}⟧ and ⟦{GITHUB}⟧",
        f"⟦{SLACK}⟧ ⟦{GOOGLE}⟧ ⟦{STRIPE}⟧ ⟦{OPENAI}⟧",
        f"Authorization: Bearer ⟦{JWT}⟧",
        f"before\n⟦{BLOCK}⟧\nafter",
        f'api_key = "⟦{RANDOM}⟧"',
        f"password: ⟦{RANDOM[:16]}⟧",
        f"password: {RANDOM[:15]}",
        f"the value {RANDOM} is not called a secret",
        "api_key = your_api_key_goes_here_1, token = abcdefghijklmnopqrstuvwxyz12",
        "AKIA" + "IOSFODNN7EXAMPLE, sk" + "-" + "x" * 40,
        "sk" + "-this-is-a-class-name-in-a-style-sheet",
        "sk" + "-primary-button-large-round-2",
        "⟦sk" + "-QwErTyUiOpAsDfGhJkLzXc42⟧",
        "postgres://app:⟦hunter2hunter⟧@db.internal/app, postgres://app:password@db/app, ftp://a:${PW}@b/c",
        "secret-keeping tokenizers passwordless",
        f"da39a3ee5e6b4b0d3255bfef95601890afd80709 {'0123456789abcdef' * 4}",
    ],
)
def test_secret(text: str) -> None:
    found("secret", text)


@pytest.mark.parametrize(
    "text",
    [
        "Ship it to ⟦12 Oak Street, Springfield, IL 62704⟧ please.",
        "I live at ⟦1600 Pennsylvania Avenue NW, Washington, DC 20500⟧.",
        "Write to ⟦221B Baker Street, London NW1 6XE⟧!",
        "Send it to ⟦24 Sussex Drive, Ottawa, ON K1M 1M4⟧ soon",
        "with  double  spaces: ⟦12  Oak Street ,, Springfield, IL  62704⟧.",
        "12 Oak Street is where I live; it took 4 hours and 30 minutes, about 62704 steps in IL 62704",
        "It was ten times more than the views on the first day. If 50000 more people view it",
        "In All 12345 cases the answer was A1B 2C3",
    ],
)
def test_address(text: str) -> None:
    found("address", text)


def test_what_is_reserved_is_found_when_asked_for() -> None:
    found("email", "⟦jane@example.com⟧ ⟦a@b.test⟧", reserved=True)
    found("ip", "⟦192.168.0.1⟧ ⟦2001:db8::1⟧", reserved=True)
    found("phone", "⟦212-555-0123⟧", reserved=True)
    found("secret", "⟦" + "AKIA" + "IOSFODNN7EXAMPLE⟧", reserved=True)


def test_only_the_kinds_asked_for() -> None:
    text = f"a@b.org {GITHUB} 4111 1111 1111 1111 DE89370400440532013000 81.2.69.142 +49 30 901820 "
    text += "\n12 Oak Street, Springfield, IL 62704"
    everything = {span.kind for span in find(text)}
    assert everything == {kind.slug for kind in KINDS}
    for kind in KINDS:
        assert {span.kind for span in find(text, {kind.slug})} == {kind.slug}
    assert find(text, ()) == []


def test_offsets_are_characters_whatever_the_script() -> None:
    found("email", "电子邮件 🙂 ⟦李@中文.com⟧。")
    found("phone", "电话 🙂 ⟦+861069445464⟧。")


@pytest.mark.parametrize(
    ("digits", "valid"),
    [("0", True), ("18", True), ("19", False), ("79927398713", True), ("79927398710", False)],
)
def test_luhn(digits: str, valid: bool) -> None:
    assert luhn(digits) is valid


@pytest.mark.parametrize(("value", "bits"), [("aaaa", 0), ("abab", 1), ("abcd", 2), ("abcdefgh", 3)])
def test_entropy(value: str, bits: float) -> None:
    assert entropy(value) == bits
