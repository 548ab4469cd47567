"""How review's templates write values that templates cannot."""

from django import template

register = template.Library()


@register.filter(name="hex")
def as_hex(value: bytes | memoryview) -> str:
    """Write bytes in hexadecimal."""
    return bytes(value).hex()
