"""Every format issue there is: its stored slug, a sentence for people, and what it does."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Issue:
    """One kind of format fault. One that blocks counts towards the limit; one that warns is only shown."""

    slug: str  # stored in measurements: never renamed
    sentence: str
    severity: Literal["blocks", "warns"]


@dataclass(frozen=True, slots=True)
class Finding:
    """An issue and the turn it was found in, counted from 0; None where it is of the whole conversation."""

    slug: str
    turn: int | None = None


# Only what is a fault wherever it stands blocks; what a good example may well hold warns.
ISSUES: tuple[Issue, ...] = (
    Issue("unknown-role", "A turn has a role other than system, user, assistant or tool.", "blocks"),
    Issue("no-answer", "There is no assistant turn, so there is nothing to learn.", "blocks"),
    Issue("empty-turn", "A user, assistant or tool turn is empty or only white space.", "blocks"),
    Issue("role-order", "The turns do not follow each other as a conversation does.", "blocks"),
    Issue(
        "tool-order",
        "A tool turn answers no call: the assistant turn before it calls no such tool.",
        "blocks",
    ),
    Issue("echo", "An assistant turn only repeats the turn before it.", "blocks"),
    Issue("placeholder", "A placeholder was never filled in, such as {{name}} or lorem ipsum.", "blocks"),
    Issue("broken-json", "An answer or a call that is JSON as a whole cannot be read as JSON.", "blocks"),
    Issue("mojibake", "Letters were garbled by a wrong encoding, as in cafÃ© for café.", "blocks"),
    Issue("empty-system", "The system turn is empty; leave it out or fill it.", "warns"),
    Issue("unanswered-call", "A call of a tool gets no result before the user speaks again.", "warns"),
    Issue("near-echo", "An assistant turn begins by repeating the turn before it.", "warns"),
    Issue(
        "todo", "An assistant turn holds a note to finish it later, such as TODO: or [insert name].", "warns"
    ),
    Issue("cut-off", "An assistant turn ends in the middle of a sentence or list.", "warns"),
    Issue("open-fence", "A code block is opened with ``` and never closed.", "warns"),
    Issue(
        "broken-json-block", "A block marked ```json in an assistant turn cannot be read as JSON.", "warns"
    ),
    Issue("control-characters", "A turn holds control characters that no text needs.", "warns"),
    Issue("refusal", "An assistant turn declines to answer.", "warns"),
    Issue("ai-boilerplate", "An assistant turn speaks of itself as an AI language model.", "warns"),
)

BLOCKING = frozenset(issue.slug for issue in ISSUES if issue.severity == "blocks")
