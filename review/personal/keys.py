"""Secrets: keys by the shapes that their makers publish, and values that a text itself calls a secret."""

import re
from collections import Counter
from collections.abc import Iterator
from math import log2

from review.personal.spans import Span

_BLOCK = re.compile(
    r"-----BEGIN (?:[A-Z0-9]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----"
    r"(?:[\s\S]*?-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|[\s\S]*)"
)
# A string that must stand in the text (looking for it is cheap), the shape, and for a loose shape the bits per
# character that it needs besides: keys are random, words and place-holders are not.
_SHAPES: tuple[tuple[str, re.Pattern[str], float], ...] = tuple(
    (mark, re.compile(rf"(?<![A-Za-z0-9_]){shape}"), bits)
    for mark, shape, bits in (
        ("eyJ", r"eyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]{8,}", 0),  # JSON Web Token
        ("AKIA", r"AKIA[A-Z0-9]{16}(?![A-Za-z0-9])", 0),  # AWS
        ("ASIA", r"ASIA[A-Z0-9]{16}(?![A-Za-z0-9])", 0),
        ("gh", r"gh[oprsu]_[A-Za-z0-9]{36,255}", 3),  # GitHub
        ("github_pat_", r"github_pat_\w{22,255}", 3),
        ("glpat-", r"glpat-[\w-]{20,}", 3),  # GitLab
        ("xox", r"xox[abeoprs]-[A-Za-z0-9-]{10,}", 2.5),  # Slack
        ("hooks.slack.com", r"hooks\.slack\.com/services/T\w+/B\w+/\w{16,}", 0),
        ("AIza", r"AIza[\w-]{35}(?![\w-])", 3),  # Google
        ("GOCSPX-", r"GOCSPX-[\w-]{20,}", 3),
        ("ya29.", r"ya29\.[\w-]{20,}", 3),
        ("_live_", r"(?:sk|rk|pk)_live_[A-Za-z0-9]{16,}", 3),  # Stripe
        ("_test_", r"(?:sk|rk)_test_[A-Za-z0-9]{16,}", 3),
        ("whsec_", r"whsec_[A-Za-z0-9+/=]{20,}", 3),
        (
            "sk-",
            r"sk-(?=(?:[A-Za-z_-]*[0-9]){2})[A-Za-z0-9_-]{20,}",
            3.5,
        ),  # OpenAI, Anthropic and others like them
        ("hf_", r"hf_[A-Za-z0-9]{30,}", 3),  # Hugging Face
        ("npm_", r"npm_[A-Za-z0-9]{36}", 3),
        ("pypi-", r"pypi-[\w-]{50,}", 3),
        ("SG.", r"SG\.[\w-]{16,}\.[\w-]{30,}", 3),  # SendGrid
        ("dop_v1_", r"dop_v1_[0-9a-f]{64}", 0),  # DigitalOcean
        (":AA", r"[0-9]{8,10}:AA[\w-]{33}(?![\w-])", 3),  # Telegram
    )
)
_SHORTEST = 16  # characters without a space; prose has few such words, so most texts end there

_HINTS = ("key", "secret", "token", "passw", "pwd", "authorization", "bearer")
_NAMED = re.compile(
    r"(?:api|access|secret|private|auth|account|encryption|client)[_ -]?(?:key|token|secret)"
    r"|secret|token|passw(?:or)?d|pwd|authorization|bearer",
    re.IGNORECASE,
)
_VALUE = re.compile(
    r"(?:[\"'\]]*\s*(?::=|=>|[:=])\s*(?:bearer\s+)?|\s+)[\"'`]?([A-Za-z0-9+/_.=-]{16,})", re.IGNORECASE
)
_VALUE_BITS = 3.5

_URL_PASSWORD = re.compile(r"://[^\s/:@]{1,64}:([^\s/@:]{3,128})@[A-Za-z0-9.-]")
_PLACE_HOLDER = re.compile(
    r"[$<{%\[].*|(?:your|my|the|db|user|[-_ ])*(?:pass(?:word|wd)?|pwd|pw|secret|token|x+|\*+)[0-9]{0,3}",
    re.IGNORECASE,
)
_MADE_UP = re.compile(r"example|x{6}|0{6}|1234567890|abcdef|your", re.IGNORECASE)


def secrets(text: str, reserved: bool = False) -> Iterator[Span]:
    """Yield the keys, tokens and passwords of a text.

    Without `reserved`, what says that it is made up ("EXAMPLE", "your", rows of x) is none.
    """
    if "PRIVATE KEY" in text:
        yield from (Span(*found.span(), "secret") for found in _BLOCK.finditer(text))
    if max(map(len, text.split()), default=0) < _SHORTEST:
        return
    for start, end in (*_shaped(text), *_named(text)):
        if reserved or not _MADE_UP.search(text, start, end):
            yield Span(start, end, "secret")
    if "://" in text and "@" in text:
        for found in _URL_PASSWORD.finditer(text):
            if not _PLACE_HOLDER.fullmatch(found[1]):
                yield Span(*found.span(1), "secret")


def _shaped(text: str) -> Iterator[tuple[int, int]]:
    for mark, shape, bits in _SHAPES:
        if mark in text:
            for found in shape.finditer(text):
                if entropy(found[0]) >= bits:
                    yield found.span()


def _named(text: str) -> Iterator[tuple[int, int]]:
    """Yield long random values that stand right after a word for a secret."""
    lower = text.lower()
    if not any(hint in lower for hint in _HINTS):
        return
    for name in _NAMED.finditer(text):
        value = _VALUE.match(text, name.end())
        if value and _is_random(value[1]):
            yield value.span(1)


def _is_random(value: str) -> bool:
    kinds = (str.isdigit, str.isalpha)
    return all(any(map(kind, value)) for kind in kinds) and entropy(value) >= _VALUE_BITS


def entropy(value: str) -> float:
    """Return Shannon's bits per character of a string, from how often each character stands in it."""
    length = len(value)
    return -sum(count / length * log2(count / length) for count in Counter(value).values())
