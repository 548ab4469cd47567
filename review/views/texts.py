"""The text that a reviewer judges: its turns cut for reading, where it comes from, what the filters say of it."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from annotate.access import Access
from annotate.markdown import to_html
from annotate.models import Example
from annotate.passages import FOLD_OVER, FOLD_TO, Folded, Passage, folded
from annotate.records import Conversation, Turn
from review.http import item_code
from review.models import QueueItem
from review.queries.stream import text_of
from review.views.panels import panel_context
from review.views.stories import mended_context

LIST_FOLD = 500  # characters of a turn in the list, where many examples are looked over
TITLE = 80
_TICKS = re.compile(r"`+")


@dataclass(frozen=True, slots=True)
class Reading:
    """A text for reading, plain (`folded`) or as HTML (`shown` and what is behind the fold, `rest`)."""

    folded: Folded | None
    shown: SafeString | None = None
    rest: SafeString | None = None
    rest_length: int = 0


@dataclass(frozen=True, slots=True)
class Said:
    """One turn as the stream shows it; `given` is the input beside an instruction."""

    role: str
    tag: str
    read: Reading
    given: Reading | None
    note: str


def text_context(access: Access, item: QueueItem, *, findings: bool, in_list: bool = False) -> dict[str, Any]:
    """Return what a page shows of an item's text: the same for every queue, so that none can be told apart.

    But for what was mended: there somebody asked for a look at what came of their note.
    """
    conversation, revision = text_of(item)
    markdown = bool(access.user.preferences.get("markdown"))
    fold_to = LIST_FOLD if in_list else FOLD_TO
    words = [len(turn.text.split()) for turn in conversation.turns]
    return {
        "code": str(item_code(item)),
        "revision": revision,
        "title": titled(conversation),
        "turns": [
            _said(turn, count, markdown, fold_to)
            for turn, count in zip(conversation.turns, words, strict=True)
        ],
        "words": f"{sum(words):,} words",
        **_provenance(item.example, conversation),
        "mended": mended_context(access, item, conversation),
        "findings": findings_context(access, item.example, revision) if findings else None,
    }


def titled(conversation: Conversation) -> str:
    """Return the first words of a conversation."""
    title = conversation.title() or "Untitled"
    return title if len(title) <= TITLE else f"{title[:TITLE].rstrip()}…"


def findings_context(access: Access, example: Example, revision: int) -> dict[str, Any]:
    """Return what the filters say of an example, where they speak of that revision."""
    if example.revision != revision:
        return {"measured": False, "older": True}
    return panel_context(access, example)


def _said(turn: Turn, words: int, markdown: bool, fold_to: int) -> Said:
    note = f"{words:,} word{'s' * (words != 1)}"
    given = _reading(turn.input, markdown, fold_to) if turn.input else None
    return Said(turn.role, turn.tag, _reading(turn.content, markdown, fold_to), given, note)


def _reading(text: str, markdown: bool, fold_to: int) -> Reading:
    cut = folded(text, fold_over=FOLD_OVER * fold_to // FOLD_TO, fold_to=fold_to)
    if not markdown:
        return Reading(cut)
    return Reading(None, _html(cut.shown), _html(cut.rest) if cut.rest else None, cut.rest_length)


def _html(passages: Sequence[Passage]) -> SafeString:
    return to_html("\n\n".join(_as_markdown(passage) for passage in passages), below=2)


def _as_markdown(passage: Passage) -> str:
    if not passage.is_code:
        return passage.text
    longest = max((len(run) for run in _TICKS.findall(passage.text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{passage.text}\n{fence}"


def _provenance(example: Example, conversation: Conversation) -> dict[str, Any]:
    dataset, source = example.dataset, example.source_import
    record = f"{source.name}, record {example.line_number:,}" if source and example.line_number else ""
    metadata = conversation.metadata
    return {
        "origin": f"{dataset}, {record}" if record else str(dataset),
        "licence": dataset.licence or "licence not stated",
        "facts": [
            ("Dataset", str(dataset)),
            ("Source", dataset.get_source_display()),
            ("Licence", dataset.licence or "not stated"),
            ("File", record or "written here"),
        ],
        "metadata": json.dumps(metadata, ensure_ascii=False, indent=2) if metadata else "",
    }
