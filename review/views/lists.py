"""The review stream as a list: many examples at once, each decided where it stands."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from annotate.access import Access
from annotate.http import is_part
from review.forms import LIST_SIZES
from review.http import item_code
from review.models import Label, QueueItem
from review.queries.rules import rules_of, rules_remembered
from review.queries.stream import held_items, items_shown
from review.services.claim_lists import claims_fill, claims_renew
from review.views.cards import (
    PAGE,
    Card,
    around_context,
    bar_context,
    decision_context,
    empty_context,
    frame_context,
    last_context,
)
from review.views.texts import text_context


def size_of(request: HttpRequest, access: Access) -> int:
    """Return how many examples the list has, by the address or as the person likes it; 0 for one at a time."""
    liked = access.user.preferences.get("review_list", 0)
    view = request.GET.get("view")
    if view == "focus" or (view is None and not liked):
        return 0
    asked = request.GET.get("n", "")
    if asked.isascii() and asked.isdigit() and int(asked) in LIST_SIZES:
        return int(asked)
    return int(liked) if liked in LIST_SIZES else LIST_SIZES[0]


def is_list(request: HttpRequest) -> bool:
    """Say whether a decision was made in the list, by its script; without that the page follows."""
    return is_part(request) and request.POST.get("view") == "list"


def show_list(request: HttpRequest, access: Access) -> HttpResponse:
    """Show what the reviewer holds as a list; filling it is a POST."""
    items = held_items(access.project, access.user, timezone.now(), size_of(request, access))
    return _whole(request, access, items)


def show_filled(request: HttpRequest, access: Access) -> HttpResponse:
    """Claim as many as the list has, what is held first, and show them."""
    asked = request.POST.get("n", "")
    size = int(asked) if asked in map(str, LIST_SIZES) else LIST_SIZES[0]
    claimed = claims_fill(project=access.project, by=access.user, count=size)
    return _whole(request, access, items_shown(access.project, claimed), size=size)


def show_done(
    request: HttpRequest, access: Access, item: QueueItem, verdict: str, label: Label | None = None
) -> HttpResponse:
    """Answer with what became of one example of the list."""
    rules = rules_remembered(access.project)
    context = {
        "code": str(item_code(item)),
        "verdict": verdict,
        "lease": claims_renew(project=access.project, by=access.user),
        "said": f"Saved as {verdict}." if label else "Skipped.",
        "done": 1 if label else 0,
        **bar_context(request, access, rules, label),
        "last": last_context(access, label, rules) if label else None,
    }
    return render(request, f"{PAGE}#done", context)


def show_undone(request: HttpRequest, access: Access, item: QueueItem | None, said: str) -> HttpResponse:
    """Answer that a decision of the list was taken back, and which."""
    context = {"said": said, "done": -1 if item else 0, "code": str(item_code(item)) if item else ""}
    return render(
        request,
        f"{PAGE}#done",
        context | bar_context(request, access, rules_of(access.project)) | {"last": None},
    )


def show_refused(request: HttpRequest, access: Access, item: QueueItem, card: Card) -> HttpResponse:
    """Answer with one example of the list anew, and why it could not be decided."""
    rules = rules_of(access.project)
    context = around_context(access, rules) | {
        "card": _entry(access, item, rules.stored.findings_first)
        | decision_context(access, item, card.sent, card.lost),
        "problem": card.problem,
        "said": "",
    }
    return render(request, f"{PAGE}#entry", context, status=card.status)


def _whole(request: HttpRequest, access: Access, items: list[QueueItem], size: int = 0) -> HttpResponse:
    rules = rules_of(access.project)
    first = rules.stored.findings_first
    context = {
        "cards": [_entry(access, item, first) | decision_context(access, item) for item in items],
        **frame_context(access),
        "size": size or size_of(request, access),
        "said": "",
        "done": 0,
        "lease": min((item.claimed_until for item in items if item.claimed_until), default=None),
        **bar_context(request, access, rules),
        **around_context(access, rules),
    }
    if not items:
        context |= empty_context(access)
    return render(request, f"{PAGE}#review" if is_part(request) else PAGE, context)


def _entry(access: Access, item: QueueItem, findings: bool) -> dict[str, Any]:
    return text_context(access, item, findings=findings, in_list=True)
