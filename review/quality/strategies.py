"""The ways to pick what to review next, apart from what picks: whatever reads a project's rules loads no more."""

from enum import Enum

# Before so many random labels, picks of an unsure classifier teach it less than chance does (measured).
FIRST_RANDOM = 40


class Strategy(Enum):
    """How the picks that are not random are chosen; its value is stored and never renamed."""

    SPREAD = "spread"
    UNSURE = "unsure"
    LOWEST = "lowest"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Strategy.SPREAD: "what the classifier is unsure of, spread over unlike texts",
    Strategy.UNSURE: "what the classifier is unsure of",
    Strategy.LOWEST: "what the classifier takes for bad",
}
