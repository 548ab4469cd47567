"""What the review stream shows: one example and the next one behind it, or why there is none."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.timesince import timesince

from annotate.access import Access
from annotate.http import page_or_partial
from annotate.markdown import excerpt, to_html
from annotate.models import Example
from annotate.passages import Folded, folded
from annotate.records import Turn
from review.forms import LabelForm
from review.models import Label, QueueItem
from review.queries.queue import queue_progress, queue_state
from review.queries.rules import rules_of
from review.queries.stream import can_undo, free_again_at, has_samples, newest_label
from review.views.words import Empty, empty_words

PAGE = "review/stream.html"
GUIDELINES_NEW_DAYS = 14


@dataclass(frozen=True, slots=True)
class Said:
    """One turn as the conversation component reads it."""

    role: str
    tag: str
    content: str
    folded: Folded
    given: Folded | None
    note: str


@dataclass(frozen=True, slots=True)
class Card:
    """What one answer says; `ahead` is loaded behind `item`; `lost`: `item` can no longer be decided here."""

    item: QueueItem | None
    sent: LabelForm | None = None
    problem: str = ""
    lost: bool = False
    said: str = ""
    status: int = 200
    ahead: QueueItem | None = None


def show(request: HttpRequest, access: Access, card: Card) -> HttpResponse:
    """Answer with the card as a page, or as the part that the stream's script puts in its place."""
    context = {"said": card.said, "problem": card.problem, **_around(access)}
    if card.item is None:
        context["empty"] = _empty(access)
    else:
        context |= {"item": card.item, "progress": queue_progress(card.item)}
        context |= {"card": _card(access, card.item, card.sent, card.lost), **_guidelines(access)}
    if card.ahead:
        context["ahead"] = _card(access, card.ahead)
    return render(request, page_or_partial(request, PAGE, "review"), context, status=card.status)


def _around(access: Access) -> dict[str, Any]:
    slug = access.project.slug
    return {
        "next_url": reverse("review:claim", args=[slug]),
        "undo_url": reverse("review:undo", args=[slug]),
        "datasets_url": reverse("annotate:project", args=[slug]),
        "reasons": [(reason.slug, reason.label) for reason in rules_of(access.project).offered],
        **_saved(access),
    }


def _saved(access: Access) -> dict[str, Any]:
    newest = newest_label(access.project, access.user)
    if newest is None:
        return {"saved_at": None, "can_undo": False}
    taken_back = newest.verdict == Label.Verdict.UNDONE
    undoable = not taken_back or can_undo(access.project, access.user)
    return {"saved_at": newest.at, "saved_as": "Undone" if taken_back else "Saved", "can_undo": undoable}


def _card(
    access: Access, item: QueueItem, sent: LabelForm | None = None, lost: bool = False
) -> dict[str, Any]:
    example, arguments = item.example, [access.project.slug, item.pk]
    return {
        "example": example,
        "turns": [_said(turn) for turn in example.conversation.turns],
        "chips": _chips(example, item),
        "label_url": reverse("review:label", args=arguments),
        "skip_url": reverse("review:skip", args=arguments),
        "history_url": reverse("annotate:history", args=[access.project.slug, example.public_id]),
        "lost": lost,
        **_choice(sent),
    }


def _said(turn: Turn) -> Said:
    words = len(turn.text.split())
    given = folded(turn.input) if turn.input else None
    note = f"{words:,} word{'s' * (words != 1)}"
    return Said(turn.role, turn.tag, turn.content, folded(turn.content), given, note)


def _chips(example: Example, item: QueueItem) -> list[str]:
    words = sum(len(turn.text.split()) for turn in example.conversation.turns)
    dataset = example.dataset
    chips = [
        f"{words:,} words",
        dataset.get_source_display(),
        dataset.licence,
        f"revision {example.revision}",
    ]
    return [chip for chip in chips if chip]


def _choice(sent: LabelForm | None) -> dict[str, Any]:
    data = sent.data if sent else QueryDict()
    chosen = data.getlist("reasons") if isinstance(data, QueryDict) else []
    errors = sent.errors if sent else {}
    return {
        "chosen": chosen,
        "note": data.get("note", ""),
        "reasons_error": _joined(errors.get("reasons")),
        "note_error": _joined(errors.get("note")),
    }


def _joined(errors: Any) -> str:
    return " ".join(map(str, errors or ()))


def _guidelines(access: Access) -> dict[str, Any]:
    text, changed = access.project.guidelines, access.project.guidelines_changed_at
    recent = changed and (timezone.now() - changed).days < GUIDELINES_NEW_DAYS
    short = excerpt(text)
    return {
        "guidelines": to_html(short, below=2) if text else "",
        "guidelines_more": len(short) < len(text),
        "guidelines_changed": f"changed {_ago(changed)}" if changed and recent else "",
    }


def _ago(at: datetime) -> str:
    return f"{timesince(at, depth=1)} ago" if (timezone.now() - at).total_seconds() >= 60 else "just now"


def _empty(access: Access) -> Empty:
    project, by, now = access.project, access.user, timezone.now()
    queue = queue_state(project, by, now)
    free_at = free_again_at(project, by, now) if queue.held else None
    return empty_words(queue, has_samples=has_samples(project), free_at=free_at)
