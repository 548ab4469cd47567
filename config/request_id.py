"""The number by which one request is found again in the log."""

import secrets
from contextvars import ContextVar

current: ContextVar[str] = ContextVar("request_id", default="")


def new() -> str:
    """Return a fresh number: 16 hexadecimal digits."""
    return secrets.token_hex(8)
