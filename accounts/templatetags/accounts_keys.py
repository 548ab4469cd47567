"""Keys in templates, as the person who reads the page has them."""

from typing import Any

from django import template
from django.conf import settings
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe

from accounts.keys import Action, key_of, keys_of, shown

register = template.Library()
ACTIONS: dict[str, Action] = {action.slug: action for action in settings.KEY_ACTIONS}


@register.simple_tag(takes_context=True)
def key(context: template.Context, slug: str) -> SafeString:
    """Write the data-key of an action, with what a screen reader says of it."""
    action, own = ACTIONS[slug], moved(context)
    aloud = key_of(action, own).replace("ctrl", "Control").replace("arrow", "Arrow")
    words = "+".join(part[:1].upper() + part[1:] for part in aloud.split("+"))
    return format_html('data-key="{}" aria-keyshortcuts="{}"', keys_of(action, own), words)


@register.simple_tag(takes_context=True)
def hint(context: template.Context, slug: str) -> SafeString:
    """Write the hint of an action's key, to stand on its button."""
    words = shown(key_of(ACTIONS[slug], moved(context)))
    return mark_safe(f'<kbd aria-hidden="true">{escape(words)}</kbd>')  # noqa: S308  escaped


@register.filter
def as_key(keys: str) -> str:
    """Show a key as its hint does: "Ctrl ↵" for "ctrl+enter"."""
    return shown(keys)


def moved(context: template.Context) -> dict[str, str]:
    """Return the keys that the reader has moved, also inside an include that was given `only` some words."""
    request: Any = getattr(context, "request", None) or context.get("request")
    own = getattr(getattr(request, "user", None), "keys", None)
    return own if isinstance(own, dict) else {}
