"""How review's templates write values that templates cannot."""

from collections.abc import Sequence

from django import template

from annotate.records import Turn

register = template.Library()


@register.filter(name="hex")
def as_hex(value: bytes | memoryview) -> str:
    """Write bytes in hexadecimal."""
    return bytes(value).hex()


@register.filter
def last_answer(turns: Sequence[Turn]) -> str:
    """Return the text of the last assistant turn; empty where there is none."""
    return next((turn.content for turn in reversed(turns) if turn.role == "assistant"), "")
