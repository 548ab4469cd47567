"""Where a search found its words in a conversation."""

import re
from dataclasses import dataclass

from annotate.records import Conversation

AROUND = 60


@dataclass(frozen=True, slots=True)
class Snippet:
    """The place of the first hit: some text before it, the hit as written, some text after it."""

    before: str
    hit: str
    after: str


def snippet_of(conversation: Conversation, words: str) -> Snippet | None:
    """Return the first place where a turn contains `words`, without regard to case, or None."""
    if not words:
        return None
    pattern = re.compile(re.escape(words), re.IGNORECASE)
    for turn in conversation.turns:
        for text in (turn.content, turn.input):
            if found := pattern.search(text):
                return _cut(text, found.start(), found.end())
    return None


def _cut(text: str, start: int, end: int) -> Snippet:
    before, after = text[max(0, start - AROUND) : start], text[end : end + AROUND]
    return Snippet(
        before=("…" if start > AROUND else "")
        + " ".join(before.split())
        + (" " if before[-1:].isspace() else ""),
        hit=text[start:end],
        after=(" " if after[:1].isspace() else "")
        + " ".join(after.split())
        + ("…" if end + AROUND < len(text) else ""),
    )
