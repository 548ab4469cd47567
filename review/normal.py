"""Texts in one form, so that differences of typing alone do not make two texts different."""

import re
from unicodedata import is_normalized, normalize

# Signs that are typed in several ways, to the plain one. What stands here is typography in any text; what could be
# arithmetic, code or another word is left: a hyphen is never dropped, two are never one, ' is never ".
_PLAIN = {
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),  # hyphens, dashes, minus
    **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb", '"'),
    **dict.fromkeys("\u2018\u2019\u201a\u201b\u2039\u203a", "'"),
    "\u2026": "...",
    # Seen by nobody: soft hyphen, zero-width space, word joiner, byte order mark.
    **dict.fromkeys("\u00ad\u200b\u2060\ufeff", ""),
}
_TYPED = re.compile(f"[{''.join(_PLAIN)}]")
_STOPS = frozenset(".\u3002")
_BEFORE_STOPS = frozenset(")]\"'")
# Of ASCII, in one pass: capitals small, and every sign that Python calls white space a space.
_FOLDED = bytes(32 if chr(code).isspace() else ord(chr(code).lower()) for code in range(128)) + bytes(128)


def normal(text: str) -> str:
    """Return the normal form of a text; two texts of the same form say the same.

    In this order: Unicode NFC; case folded; quotation marks straight, dashes and the minus sign a hyphen, the
    ellipsis three dots, invisible signs (soft hyphen, zero-width space, word joiner, byte order mark) dropped;
    every run of white space one space and none at the ends; one full stop at the end, after a letter, digit,
    quotation mark or bracket, dropped. Nothing else: digits, operators, hyphens and all other signs stay where
    they are. A text that is more than white space and of which nothing would be left is its own form.
    """
    form = _ascii_form(text) if text.isascii() else _unicode_form(text)
    if form[-1:] in _STOPS and (form[-2:-1].isalnum() or form[-2:-1] in _BEFORE_STOPS):
        form = form[:-1]
    return form or text.strip()


def _ascii_form(text: str) -> str:
    form = text.encode("ascii").translate(_FOLDED)
    # Faster than splitting into words: most texts need one round, and any run of spaces halves in each.
    while b"  " in form:
        form = form.replace(b"  ", b" ")
    return form.strip().decode("ascii")


def _unicode_form(text: str) -> str:
    form = text if is_normalized("NFC", text) else normalize("NFC", text)
    form = form.casefold()
    if _TYPED.search(form):
        form = _TYPED.sub(lambda typed: _PLAIN[typed[0]], form)
    return " ".join(form.split())
