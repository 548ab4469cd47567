"""Text as pages show it: guidelines as HTML, turns cut for reading."""

import json
from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.safestring import SafeString

from annotate.access import Access
from annotate.markdown import excerpt, to_html
from annotate.passages import FOLD_TO, folded
from annotate.records import Turn

register = template.Library()


@register.filter
def markdown(text: str, below: int = 1) -> SafeString:
    """Show Markdown as clean HTML, its headings under a heading of level `below`."""
    return to_html(text, below=below)


@register.filter
def opening(text: str) -> str:
    """Cut a Markdown text to its first paragraphs."""
    return excerpt(text)


@register.filter
def for_reading(turns: Iterable[Turn], fold_to: int = FOLD_TO) -> list[dict[str, Any]]:
    """Give the conversation component its turns, those much longer than `fold_to` characters folded."""
    return [
        {
            "role": turn.role,
            "tag": turn.tag,
            "folded": folded(turn.content, fold_over=fold_to * 4 // 3, fold_to=fold_to),
            "given": folded(turn.input, fold_over=fold_to * 4 // 3, fold_to=fold_to) if turn.input else None,
        }
        for turn in turns
    ]


@register.filter
def known_as(person: Any, access: Access) -> str:
    """Name a person as this reader may know them: managers by name, oneself as you, everybody else by pseudonym."""
    if person is None:
        return "nobody"
    if person.pk == access.user.pk:
        return "you"
    return str(person) if access.manages else str(person.pseudonym)


@register.filter
def as_json(value: Any) -> str:
    """Write a value as readable JSON."""
    return json.dumps(value, ensure_ascii=False, indent=2)
