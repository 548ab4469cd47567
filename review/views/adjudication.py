"""Adjudication: what two reviewers labelled differently, settled by a third person or a manager."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from annotate.access import STAFF, Access
from annotate.http import project_view
from review.forms import SkipForm
from review.http import item_code, item_of
from review.models import Queue, QueueItem
from review.people_forms import SettleForm
from review.queries.adjudication import dispute, dispute_held, disputes_skipped, disputes_waiting
from review.queries.gold import is_paused
from review.queries.rules import rules_of
from review.queries.stream import items_shown
from review.services.adjudication import adjudicate, adjudication_next, skips_take_back
from review.services.claims import ClaimLost, Paused, item_skip
from review.services.labels import OwnWork, StaleRevision, label_undo
from review.views.cards import around_context, decision_context
from review.views.people_tabs import people_tabs
from review.views.settling import can_undo_in, gold_marked
from review.views.texts import text_context
from review.views.words import OWN, PAUSED, said_of, stale_words

PAGE = "review/adjudication.html"
NONE_FREE = "None is free for you now: somebody else has them open, or the text is yours."
STOPPED = "You are paused in this project: the stream says why."
GONE = "Not saved: this one is settled already, or it is no dispute any more. Go on with the next one."


@require_safe
@project_view(*STAFF)
def adjudication(request: HttpRequest, access: Access) -> HttpResponse:
    """Show the dispute that somebody holds, or how many wait; taking the next one is a POST."""
    held = dispute_held(access, timezone.now())
    return render(request, PAGE, _context(access, held))


@require_POST
@project_view(*STAFF)
def adjudication_claim(request: HttpRequest, access: Access) -> HttpResponse:
    """Take the next dispute."""
    return _next(request, access)


@require_POST
@project_view(*STAFF)
def adjudication_settle(request: HttpRequest, access: Access, item: int) -> HttpResponse:
    """Settle a dispute and take the next; what cannot be saved comes back as it was chosen."""
    found, rules = item_of(access, item), rules_of(access.project)
    form = SettleForm(request.POST, reasons=rules.offered)
    if found.queue != Queue.ADJUDICATION or not form.is_valid():
        return _refuse(request, access, found, form, status=422)
    sent = dict(form.cleaned_data)
    gold = sent.pop("gold") and access.manages
    try:
        label = adjudicate(item=found, by=access.user, manages=access.manages, **sent)
    except StaleRevision as stale:
        return _refuse(request, access, found, form, stale_words(stale.current))
    except (ClaimLost, OwnWork) as refused:
        words = PAUSED if isinstance(refused, Paused) else OWN if isinstance(refused, OwnWork) else GONE
        return _refuse(request, access, found, form, words, lost=True)
    messages.success(request, said_of(label, rules.reasons).replace("Saved", "Settled"))
    if gold:
        gold_marked(request, access, label)
    return _next(request, access)


@require_POST
@project_view(*STAFF)
def adjudication_skip(request: HttpRequest, access: Access, item: int) -> HttpResponse:
    """Leave a dispute to somebody else and take the next."""
    found, form = item_of(access, item), SkipForm(request.POST)
    if found.queue == Queue.ADJUDICATION and form.is_valid():
        item_skip(item=found, by=access.user, reason=form.cleaned_data["note"])
    return _next(request, access)


@require_POST
@project_view(*STAFF)
def adjudication_again(request: HttpRequest, access: Access) -> HttpResponse:
    """Take up again what was skipped."""
    skips_take_back(project=access.project, by=access.user)
    return _next(request, access)


@require_POST
@project_view(*STAFF)
def adjudication_undo(request: HttpRequest, access: Access) -> HttpResponse:
    """Take back what somebody settled last, if they decided nothing else since; it is before them again."""
    if can_undo_in(access, Queue.ADJUDICATION) and label_undo(project=access.project, by=access.user):
        messages.info(request, "Undone: decide again.")
    else:
        messages.warning(request, "Nothing was taken back: what you decided last is in the stream.")
    return redirect("review:adjudication", access.project.slug)


def _next(request: HttpRequest, access: Access) -> HttpResponse:
    found = adjudication_next(project=access.project, by=access.user, manages=access.manages)
    if not found and disputes_waiting(access):
        messages.info(request, STOPPED if is_paused(access.project.pk, access.user) else NONE_FREE)
    return redirect("review:adjudication", access.project.slug)


def _refuse(
    request: HttpRequest,
    access: Access,
    item: QueueItem,
    form: SettleForm,
    problem: str = "",
    *,
    lost: bool = False,
    status: int = 409,
) -> HttpResponse:
    shown = item if item.queue == Queue.ADJUDICATION else None
    context = _context(access, shown, form, lost) | {"problem": problem}
    return render(request, PAGE, context, status=status)


def _context(
    access: Access, item: QueueItem | None, form: SettleForm | None = None, lost: bool = False
) -> dict[str, Any]:
    slug = access.project.slug
    context: dict[str, Any] = {
        "tabs": people_tabs(access, "adjudication"),
        "waiting": disputes_waiting(access),
        "next_url": reverse("review:adjudication_claim", args=[slug]),
        "undo_url": reverse("review:adjudication_undo", args=[slug]),
        "view_url": reverse("review:view", args=[slug]),
        "can_undo": can_undo_in(access, Queue.ADJUDICATION),
    }
    if item is None:
        return context | {"skipped": disputes_skipped(access)}
    (found,) = items_shown(access.project, [item])
    rules = rules_of(access.project)
    text = text_context(access, found, findings=rules.stored.findings_first)
    card = text | decision_context(access, found, form, lost) | _addresses(slug, found)
    return context | around_context(access, rules) | {"card": card, "dispute": dispute(found, access)}


def _addresses(slug: str, item: QueueItem) -> dict[str, str]:
    arguments = [slug, item_code(item)]
    return {
        "label_url": reverse("review:adjudication_settle", args=arguments),
        "skip_url": reverse("review:adjudication_skip", args=arguments),
    }
