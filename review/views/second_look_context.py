"""What the page of second looks shows: both sides of one label; or what waits, or why nothing, and what was settled."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone

from annotate.access import Access
from review.http import item_code
from review.models import Queue, QueueItem
from review.people_forms import SettleForm
from review.queries.classifiers import versions_of
from review.queries.rules import rules_of
from review.queries.second_looks import (
    doubt,
    looked_at,
    overturned,
    second_look_held,
    second_looks,
    second_looks_decided,
    second_looks_skipped,
    second_looks_waiting,
)
from review.queries.stream import items_shown
from review.views.cards import around_context, decision_context
from review.views.people_tabs import people_tabs
from review.views.settling import can_undo_in
from review.views.texts import text_context

PAGE_SIZE = 25
OTHERS = (
    "What waits you labelled, wrote or edited yourself, or left to somebody else: another person decides."
)


@dataclass(frozen=True, slots=True)
class Empty:
    """Why there is nothing to look at for somebody, and the way on."""

    title: str
    text: str
    url: str = ""
    action: str = ""
    icon: str = "circle-check"


def page_context(access: Access, after: int | None = None) -> dict[str, Any]:
    """Return what the page shows: what the person holds, or else what waits and what was settled."""
    held = second_look_held(access, timezone.now())
    if held:
        return held_context(access, held)
    frame, decided = _frame(access), second_looks_decided(access.project)
    rows = list((decided.filter(pk__lt=after) if after else decided)[: PAGE_SIZE + 1])
    older = f"?{urlencode({'after': rows[PAGE_SIZE - 1].pk})}" if len(rows) > PAGE_SIZE else ""
    return frame | {
        "empty": empty_of(access, frame["open"]),
        "skipped": second_looks_skipped(access),
        "looked": looked_at(rows[:PAGE_SIZE], access),
        "overturned": overturned(decided),
        "paged": bool(after),
        "older": older,
    }


def held_context(
    access: Access, item: QueueItem, form: SettleForm | None = None, *, lost: bool = False
) -> dict[str, Any]:
    """Return the text of one that somebody has before them, both sides, and what they chose that was not saved."""
    (found,) = items_shown(access.project, [item])
    rules, seen = rules_of(access.project), doubt(found, access)
    arguments = [access.project.slug, item_code(found)]
    addresses = {
        "label_url": reverse("review:second_look_settle", args=arguments),
        "skip_url": reverse("review:second_look_skip", args=arguments),
    }
    text = text_context(access, found, findings=rules.stored.findings_first)
    card = text | decision_context(access, found, form, lost) | addresses
    context = _frame(access) | around_context(access, rules)
    return context | {"card": card, "doubt": seen}


def empty_of(access: Access, waiting: int) -> Empty:
    """Say why nothing waits for somebody: the first reason that holds."""
    newest, url = (
        versions_of(access.project).first(),
        reverse("review:classifier", args=[access.project.slug]),
    )
    if waiting:
        return Empty("Nothing to look at for you", OTHERS, icon="users")
    if newest is None:
        text = "Labels that a trained classifier finds improbable come here. None has been trained yet."
        return Empty("No classifier yet", text, url, "To the classifier", "inbox")
    if not newest.evaluation["beats_length"]:
        text = f"Version {newest.number} is not better than the length of the answer, so what it doubts says nothing."
        return Empty("Nothing is doubted", text, url, "To the classifier", "inbox")
    text = f"Version {newest.number} finds no other label improbable that still stands. The next training looks again."
    return Empty("Nothing to look at", text, url, "To the classifier")


def _frame(access: Access) -> dict[str, Any]:
    slug, waiting = access.project.slug, second_looks(access.project).count()
    decided = second_looks_decided(access.project).count()
    newest = versions_of(access.project).first()
    return {
        "tabs": people_tabs(access, "second_looks"),
        "open": waiting,
        "waiting": second_looks_waiting(access),
        "decided": decided,
        "progress": (decided, decided + waiting),
        "next_url": reverse("review:second_look_claim", args=[slug]),
        "undo_url": reverse("review:second_look_undo", args=[slug]),
        "view_url": reverse("review:view", args=[slug]),
        "can_undo": can_undo_in(access, Queue.SECOND_LOOK),
        "can_fill": access.manages and newest is not None and newest.evaluation["beats_length"],
    }
