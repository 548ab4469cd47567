"""Second looks: labels that the classifier doubts, settled by somebody who sees both sides."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from annotate.access import MANAGERS, STAFF, Access
from annotate.http import project_view
from review.forms import PlaceForm, SkipForm
from review.http import item_of
from review.models import Queue, QueueItem
from review.people_forms import SettleForm
from review.queries.gold import is_paused
from review.queries.rules import rules_of
from review.queries.second_looks import second_looks_waiting
from review.services.claims import ClaimLost, Paused, item_skip
from review.services.labels import OwnWork, StaleRevision, label_undo
from review.services.second_looks import (
    second_look,
    second_look_next,
    second_looks_fill,
    second_looks_take_back,
)
from review.views.second_look_context import held_context, page_context
from review.views.settling import can_undo_in, gold_marked
from review.views.words import OWN, PAUSED, said_of

PAGE = "review/second_looks.html"
NONE_FREE = "None is free for you now: somebody else has them open."
STOPPED = "You are paused in this project: the stream says why."
GONE = "Not saved: this one is settled already, or its label or its text was changed since. Go on with the next one."


@require_safe
@project_view(*STAFF)
def second_looks(request: HttpRequest, access: Access) -> HttpResponse:
    """Show the doubted label that somebody holds, or how many wait and what was settled; taking one is a POST."""
    return render(request, PAGE, page_context(access, PlaceForm(request.GET).value("after")))


@require_POST
@project_view(*STAFF)
def second_look_claim(request: HttpRequest, access: Access) -> HttpResponse:
    """Take the next one."""
    return _next(request, access)


@require_POST
@project_view(*MANAGERS)
def second_look_fill(request: HttpRequest, access: Access) -> HttpResponse:
    """Look what the newest version doubts now."""
    added = second_looks_fill(project=access.project)
    if added:
        words = "1 label waits" if added == 1 else f"{added:,} labels wait"
        messages.success(request, f"{words} for a second look, beside those that waited.")
    else:
        messages.info(
            request, "Nothing was added: the newest version doubts no other label that still stands."
        )
    return redirect("review:second_looks", access.project.slug)


@require_POST
@project_view(*STAFF)
def second_look_settle(request: HttpRequest, access: Access, item: int) -> HttpResponse:
    """Settle what is doubted and take the next; what cannot be saved comes back as it was chosen."""
    found, rules = item_of(access, item), rules_of(access.project)
    form = SettleForm(request.POST, reasons=rules.offered)
    if found.queue != Queue.SECOND_LOOK or not form.is_valid():
        return _refuse(request, access, found, form, status=422)
    sent = dict(form.cleaned_data)
    gold = sent.pop("gold") and access.manages
    try:
        label = second_look(item=found, by=access.user, manages=access.manages, **sent)
    except (ClaimLost, OwnWork, StaleRevision) as refused:
        words = PAUSED if isinstance(refused, Paused) else OWN if isinstance(refused, OwnWork) else GONE
        return _refuse(request, access, found, form, words)
    messages.success(request, said_of(label, rules.reasons).replace("Saved", "Settled"))
    if gold:
        gold_marked(request, access, label)
    return _next(request, access)


@require_POST
@project_view(*STAFF)
def second_look_skip(request: HttpRequest, access: Access, item: int) -> HttpResponse:
    """Leave one to somebody else and take the next."""
    found, form = item_of(access, item), SkipForm(request.POST)
    if found.queue == Queue.SECOND_LOOK and form.is_valid():
        item_skip(item=found, by=access.user, reason=form.cleaned_data["note"])
    return _next(request, access)


@require_POST
@project_view(*STAFF)
def second_look_again(request: HttpRequest, access: Access) -> HttpResponse:
    """Take up again what was skipped."""
    second_looks_take_back(project=access.project, by=access.user)
    return _next(request, access)


@require_POST
@project_view(*STAFF)
def second_look_undo(request: HttpRequest, access: Access) -> HttpResponse:
    """Take back what somebody settled last, if they decided nothing else since; it is before them again."""
    may = can_undo_in(access, Queue.SECOND_LOOK)
    if may and label_undo(project=access.project, by=access.user):
        messages.info(request, "Undone: decide again.")
    else:
        messages.warning(request, "Nothing was taken back: what you decided last is elsewhere.")
    return redirect("review:second_looks", access.project.slug)


def _next(request: HttpRequest, access: Access) -> HttpResponse:
    found = second_look_next(project=access.project, by=access.user, manages=access.manages)
    if not found and second_looks_waiting(access):
        messages.info(request, STOPPED if is_paused(access.project.pk, access.user) else NONE_FREE)
    return redirect("review:second_looks", access.project.slug)


def _refuse(
    request: HttpRequest,
    access: Access,
    item: QueueItem,
    form: SettleForm,
    problem: str = "",
    *,
    status: int = 409,
) -> HttpResponse:
    if item.queue != Queue.SECOND_LOOK:
        return render(request, PAGE, page_context(access), status=status)
    context: dict[str, Any] = held_context(access, item, form, lost=bool(problem))
    return render(request, PAGE, context | {"problem": problem}, status=status)
