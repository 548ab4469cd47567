"""What the review stream shows: one example and the next one behind it, or why there is none."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.timesince import timesince

from annotate.access import Access
from annotate.http import is_part
from annotate.markdown import excerpt, to_html
from review.forms import LIST_SIZES, LabelForm
from review.http import item_code
from review.models import Label, QueueItem
from review.queries.gold import pause_of, qualification_of
from review.queries.queue import queue_state
from review.queries.rules import Rules, rules_of, rules_remembered
from review.queries.stream import can_undo, free_again_at, has_samples, newest_label, progress_of
from review.views.people_tabs import people_tabs
from review.views.texts import text_context, titled
from review.views.words import SKIPS, empty_words, paused_words, qualifying_words, verdict_words

PAGE = "review/stream.html"
DIGITS = 9
GUIDELINES_NEW_DAYS = 14


@dataclass(frozen=True, slots=True)
class Card:
    """What one answer says of `item`; `ahead` is loaded behind it.

    `lost`: it can no longer be decided here. `known`: the browser has it before its reader already, so that only
    what follows it is sent. `done`: how many decisions were made (1), taken back (-1) or neither.
    """

    item: QueueItem | None
    sent: LabelForm | None = None
    problem: str = ""
    lost: bool = False
    said: str = ""
    status: int = 200
    ahead: QueueItem | None = None
    known: bool = False
    label: Label | None = None
    done: int = 0


def show(request: HttpRequest, access: Access, card: Card) -> HttpResponse:
    """Answer with the card as a page, or as the part that the stream's script puts in its place."""
    # Claiming has read them anew where they changed.
    rules = rules_remembered(access.project) if is_part(request) else rules_of(access.project)
    findings = rules.stored.findings_first
    context = {"said": card.said, "done": card.done, **bar_context(request, access, rules, card.label)}
    if card.item:
        context |= {
            "lease": None if card.lost else card.item.claimed_until,
            "code": str(item_code(card.item)),
        }
    if card.ahead:
        context["ahead"] = text_context(access, card.ahead, findings=findings)
    if card.known:
        # Without the request nothing is looked up for the frame of a page, which this has not.
        return HttpResponse(render_to_string(f"{PAGE}#follows", context))
    context |= {"problem": card.problem, **frame_context(access)}
    if card.item is None:
        context |= empty_context(access)
    else:
        text = text_context(access, card.item, findings=findings)
        context |= {"card": text | decision_context(access, card.item, card.sent, card.lost)}
        context |= around_context(access, rules)
    template = f"{PAGE}#review" if is_part(request) else PAGE
    return render(request, template, context, status=card.status)


def bar_context(
    request: HttpRequest, access: Access, rules: Rules, label: Label | None = None
) -> dict[str, Any]:
    """Return what the bar says: what was saved last; on whole pages the way to the others, and the progress.

    The progress comes also where it is asked for. It is no exact answer to one decision: then it would tell whether
    that one counted.
    """
    newest = label or newest_label(access.project, access.user)
    whole, progress = not is_part(request), None
    if whole or request.POST.get("progress"):
        progress = progress_of(access.project, access.user)
    context = {
        "progress": progress,
        "tabs": people_tabs(access, "stream") if whole else [],
        "undo_url": reverse("review:undo", args=[access.project.slug]),
    }
    if newest is None:
        return context | {"saved_at": None, "can_undo": False, "last": None}
    taken_back = newest.verdict == Label.Verdict.UNDONE
    return context | {
        "saved_at": newest.at,
        "saved_as": "Undone" if taken_back else "Saved",
        "can_undo": not taken_back or can_undo(access.project, access.user),
        "last": None if taken_back else last_context(access, newest, rules),
    }


def last_context(access: Access, label: Label, rules: Rules) -> dict[str, Any]:
    """Return what is said of the example decided last: now nothing has to be kept from its reviewer."""
    slug, example = access.project.slug, label.example
    item = item_code(label.item) if label.item else 0
    return {
        "title": titled(example.conversation),
        "verdict": verdict_words(label, rules.reasons),
        "is_good": label.verdict == Label.Verdict.GOOD,
        "findings_url": reverse("review:findings", args=[slug, item]),
        "example_url": reverse("annotate:example", args=[slug, example.public_id]),
    }


def frame_context(access: Access) -> dict[str, Any]:
    """Return the addresses of the stream, and the sizes that a list may have."""
    slug = [access.project.slug]
    return {
        "next_url": reverse("review:claim", args=slug),
        "view_url": reverse("review:view", args=slug),
        "datasets_url": reverse("annotate:project", args=slug),
        "sizes": LIST_SIZES,
        "size": 0,
    }


def around_context(access: Access, rules: Rules) -> dict[str, Any]:
    """Return what stands beside every example: the reasons offered, and the guidelines."""
    return {
        "reasons": [
            {"reason": reason, "digit": place if place <= DIGITS else ""}
            for place, reason in enumerate(rules.offered, start=1)
        ],
        "skips": SKIPS,
        "markdown": bool(access.user.preferences.get("markdown")),
        **_guidelines(access),
    }


def decision_context(
    access: Access, item: QueueItem, sent: LabelForm | None = None, lost: bool = False
) -> dict[str, Any]:
    """Return an item's addresses, and what was chosen for it before where that could not be saved."""
    arguments = [access.project.slug, item_code(item)]
    data = sent.data if sent else QueryDict()
    errors = sent.errors if sent else {}
    return {
        "label_url": reverse("review:label", args=arguments),
        "skip_url": reverse("review:skip", args=arguments),
        "fix_url": reverse("review:fix", args=arguments),
        "reject_url": reverse("review:reject", args=arguments),
        "lost": lost,
        "chosen": data.getlist("reasons") if isinstance(data, QueryDict) else [],
        "note": data.get("note", ""),
        "reasons_error": _joined(errors.get("reasons")),
        "note_error": _joined(errors.get("note")),
    }


def _joined(errors: Any) -> str:
    return " ".join(map(str, errors or ()))


def _guidelines(access: Access) -> dict[str, Any]:
    text, changed = access.project.guidelines, access.project.guidelines_changed_at
    recent = changed and (timezone.now() - changed).days < GUIDELINES_NEW_DAYS
    html, more = _beginning(text)
    return {
        "guidelines": html,
        "guidelines_more": more,
        "guidelines_changed": f"changed {_ago(changed)}" if changed and recent else "",
    }


@lru_cache(maxsize=64)
def _beginning(guidelines: str) -> tuple[SafeString, bool]:
    short = excerpt(guidelines)
    return to_html(short, below=2), len(short) < len(guidelines)


def _ago(at: datetime) -> str:
    return f"{timesince(at, depth=1)} ago" if (timezone.now() - at).total_seconds() >= 60 else "just now"


def empty_context(access: Access) -> dict[str, Any]:
    """Return why there is nothing to review."""
    project, by, now = access.project, access.user, timezone.now()
    if pause := pause_of(project, by):
        return {"empty": paused_words(pause)}
    if qualifying := qualification_of(project, by):
        return {"empty": qualifying_words(qualifying)}
    queue = queue_state(project, by, now)
    free_at = free_again_at(project, by, now) if queue.held else None
    return {"empty": empty_words(queue, has_samples=has_samples(project), free_at=free_at)}
