"""What a server's answer means: the object asked for, a refusal, or a reason to ask again."""

import json
import re
from collections.abc import Callable
from email.utils import parsedate_to_datetime
from typing import Any

import httpx

from review.remote.errors import EndpointRefused, TextRefused, Unavailable

# A server that asks for a longer wait is taken for one that does not answer.
LONGEST_WAIT = 120.0

TRY_AGAIN = {408, 425, 429}
TEXT_IS_REFUSED = {400, 413, 422}
HINTS = {401: "check its key", 403: "check its key", 404: "check its address and model"}
REDIRECTED = "it redirects elsewhere; name the address it redirects to"


class Again(Exception):
    """One attempt failed; `asked` is the wait in seconds that the server asked for."""

    def __init__(self, reason: str, asked: float | None = None) -> None:
        super().__init__(reason)
        self.asked = asked


def answer_read(response: httpx.Response, content: bytes, now: Callable[[], float]) -> Any:
    """Return the JSON of an answer. Raises Again, TextRefused, EndpointRefused or Unavailable by its status."""
    status = response.status_code
    words = f"HTTP {status}{_code(content)}"
    if status in TRY_AGAIN or status >= 500:
        asked = retry_after(response.headers, now)
        if asked is not None and asked > LONGEST_WAIT:
            raise Unavailable(f"The server asks to be left alone for {asked:.0f} seconds ({words}).")
        raise Again(words, asked)
    if status in TEXT_IS_REFUSED:
        raise TextRefused(f"The server refused the text ({words}).")
    if not 200 <= status < 300:
        hint = HINTS.get(status, REDIRECTED if status < 400 else "check its settings")
        raise EndpointRefused(f"The server refused the request ({words}): {hint}.")
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise Again("the answer is not JSON") from None


def retry_after(headers: httpx.Headers, now: Callable[[], float]) -> float | None:
    """Return the wait that Retry-After asks for, in seconds: a number or a date (RFC 9110); None without one.

    A date is compared with the server's own clock where it tells it.
    """
    text = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d+)?", text):
        return float(text)
    try:
        until = parsedate_to_datetime(text).timestamp()
    except ValueError:
        return None
    try:
        since = parsedate_to_datetime(headers.get("Date", "")).timestamp()
    except ValueError:
        since = now()
    return max(until - since, 0.0)


def _code(content: bytes) -> str:
    """Return what kind of error a body names, after a comma. Its message is left out: it may quote the text or key."""
    try:
        error = json.loads(content)["error"]
        named = [detail.get("errorType") for detail in error.get("details", [])]
        words = [*named, error.get("code"), error.get("type"), error.get("status")]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return ""
    fit = (word for word in words if isinstance(word, str) and re.fullmatch(r"[A-Za-z][\w.:-]{1,63}", word))
    return next((f", {word}" for word in fit), "")
