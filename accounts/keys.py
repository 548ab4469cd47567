"""Keys that people can move: what can be done by a key, on which key it is, and which keys are not to be had."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

DIGITS = re.compile(r"(shift\+)?\d")
# No comma and no plus: data-key parts keys by the one and what is held with them by the other.
PLAIN = re.compile(r"shift\+[a-z]|[^\s\d,+]")
CHORD = re.compile(r"(?=ctrl|alt)(ctrl\+)?(alt\+)?(shift\+)?([^\s,+]|enter|space|arrow(up|down|left|right))")
# What the browser or the system does with Ctrl or ⌘ differs; these are free in all of them.
FREE_WITH_CTRL = {"ctrl+enter", "ctrl+s", "ctrl+.", "ctrl+;", "ctrl+/"}
TAKEN_WITH_ALT = {"alt+d", "alt+e", "alt+f", "alt+space", "alt+arrowleft", "alt+arrowright"}
NAMES = {
    "ctrl": "Ctrl", "alt": "Alt", "shift": "Shift", "enter": "↵", "space": "Space",
    "arrowup": "↑", "arrowdown": "↓", "arrowleft": "←", "arrowright": "→",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Action:
    """Something a key does: its slug is for ever; `also` works beside the key and is never moved.

    With `chord` it works inside text boxes too, so that a letter alone cannot be its key.
    """

    slug: str
    label: str
    key: str
    also: str = ""
    chord: bool = False


def key_of(action: Action, own: Mapping[str, str]) -> str:
    """Return the one key that a person can move, as in data-key."""
    key = own.get(action.slug, action.key)
    return key if isinstance(key, str) else action.key


def keys_of(action: Action, own: Mapping[str, str]) -> str:
    """Return all keys of an action for data-key, parted by commas."""
    return ",".join(filter(None, (key_of(action, own), action.also)))


def shown(key: str) -> str:
    """Return a key as its hint shows it: "A", "Ctrl ↵", "Alt ↑"."""
    return " ".join(NAMES.get(part, part.upper()) for part in key.split("+"))


def refusal(action: Action, key: str, actions: Iterable[Action], own: Mapping[str, str]) -> str:
    """Say why an action cannot have a key; "" where it can."""
    if DIGITS.fullmatch(key):
        return "Digits give the reasons. Press another key."
    if key == "?" or not (PLAIN.fullmatch(key) or CHORD.fullmatch(key)):
        return f"{shown(key)} has its own use on every page. Press another key."
    if ("ctrl+" in key and key not in FREE_WITH_CTRL) or key in TAKEN_WITH_ALT:
        return f"{shown(key)} belongs to the browser or the system. Press another key."
    if action.chord and PLAIN.fullmatch(key):
        return "This works inside text boxes too, so it needs Ctrl, ⌘ or Alt with it."
    for other in actions:
        if other.slug != action.slug and key in keys_of(other, own).lower().split(","):
            return f"{shown(key)} is “{other.label}” already. Move that first, or press another key."
    return ""
