"""Addresses of the internet: e-mail, IPv4 and IPv6."""

import re
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address

from review.personal.spans import Span

_LOCAL_LENGTH, _DOMAIN_LENGTH = 64, 253  # RFC 5321, section 4.5.3.1

_LOCAL_BACKWARDS = re.compile(r"[\w.%+'-]+")
_DOMAIN = re.compile(
    r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+(?P<top>[^\W\d_]{2,24}|xn--[a-z0-9-]{2,59})(?!\w)", re.IGNORECASE
)
_IN_URL = re.compile(r"://[^\s/]*$")  # who signs in, as in ftp://name@host
# RFC 2606 and RFC 6761: nobody's, so that examples can name them.
_RESERVED_DOMAIN = re.compile(
    r"(?:^|\.)(?:example(?:\.(?:com|net|org))?|test|invalid|localhost)$", re.IGNORECASE
)
# "icon@2x.png" and "lodash@latest.js" are file names; none of these is a top-level domain.
_FILE_ENDING = re.compile(r"css|gif|html|jpe?g|js|json|pdf|png|svg|ts|txt|webp|xml|ya?ml", re.IGNORECASE)

# A pattern that begins with one class of characters, not with a repeat, is searched for several times faster.
_IPV4 = re.compile(r"[0-9][0-9]{0,2}\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}")
_IPV6 = re.compile(r"(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?![\w:])", re.IGNORECASE)
_MORE = re.compile(r"\w|-\w|\.[0-9]|/[0-9]")  # a longer number, a network such as 198.51.0.0/16
_COUNTED = re.compile(
    r"(?:\bv\.?|\b(?:version|release|build|firmware|driver|rev|revision|section|chapter|clause)\b|§|[=<>~^])"
    r"[\s:=]*$",
    re.IGNORECASE,
)
_BEFORE = 20


def emails(text: str, reserved: bool = False) -> Iterator[Span]:
    """Yield the e-mail addresses of a text; file names and remotes such as git@host:path are none."""
    at = text.find("@")
    while at >= 0:
        backwards = _LOCAL_BACKWARDS.match(text[max(0, at - _LOCAL_LENGTH) : at][::-1])
        local = backwards[0][::-1].lstrip(".'%+-") if backwards else ""
        domain = _DOMAIN.match(text, at + 1, at + 1 + _DOMAIN_LENGTH)
        if local and domain and _is_address(text, local, domain, reserved):
            yield Span(at - len(local), domain.end(), "email")
        at = text.find("@", at + 1)


def _is_address(text: str, local: str, domain: re.Match[str], reserved: bool) -> bool:
    if local[-1] == "." or _FILE_ENDING.fullmatch(domain["top"]):
        return False
    start = domain.start() - 1 - len(local)
    if _IN_URL.search(text, max(0, start - _DOMAIN_LENGTH), start):
        return False
    if local == "git" and text[domain.end() : domain.end() + 1] == ":":
        return False
    return reserved or not _RESERVED_DOMAIN.search(domain[0])


def ips(text: str, reserved: bool = False) -> Iterator[Span]:
    """Yield the IP addresses of a text; version numbers, networks and longer dotted numbers are none.

    Without `reserved` only addresses that the registries call global are given (RFC 6890).
    """
    for found in _IPV4.finditer(text):
        if not _stands_alone(text, found.start(), found.end()):
            continue
        if (v4 := _parsed(IPv4Address, found[0])) and (reserved or v4.is_global):
            yield Span(found.start(), found.end(), "ip")
    if "::" not in text and text.count(":") < 7:
        return
    for found in _IPV6.finditer(text):
        if _is_v6(found[0], reserved) and not text.startswith("/", found.end()):
            yield Span(found.start(), found.end(), "ip")


def _is_v6(written: str, reserved: bool) -> bool:
    # "cafe::add" is a name in C++ and a[2020::2] a slice in Python; an address has figures and three groups.
    if sum(map(str.isdigit, written)) < 2 or not (address := _parsed(IPv6Address, written)):
        return False
    return reserved or (address.is_global and sum(map(bool, written.split(":"))) > 2)


def _stands_alone(text: str, start: int, end: int) -> bool:
    before = text[start - 1] if start else " "
    if before.isalnum() or before in "_.-" or _MORE.match(text, end):
        return False
    return not _COUNTED.search(text[max(0, start - _BEFORE) : start])


def _parsed[Address: (IPv4Address, IPv6Address)](kind: type[Address], written: str) -> Address | None:
    try:
        return kind(written)
    except ValueError:
        return None
