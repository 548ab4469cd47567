"""What of an example is compared when near duplicates are looked for."""

from collections.abc import Iterable, Mapping
from typing import Any


def compared_text(turns: Iterable[Mapping[str, Any]]) -> str:
    """Return the texts of all turns but the system's, a blank line between them.

    `turns` is what `Conversation.as_json` returns. A system prompt is often the same throughout a dataset: compared
    with the rest, a long one would make near duplicates of all its short conversations. Roles do not count either.
    """
    spoken = (turn for turn in turns if turn["role"] != "system")
    return "\n\n".join(part for turn in spoken for part in (turn["content"], turn.get("input")) if part)
