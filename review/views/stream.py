"""The review stream: one example at a time, decided by one POST whose answer is what follows it."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.services import preferences_set
from annotate.access import STAFF, Access
from annotate.http import is_part, project_view
from review.forms import LabelForm, SkipForm, ViewForm
from review.http import item_code, item_of
from review.models import Label, QueueItem
from review.queries.rules import rules_read, rules_remembered
from review.queries.stream import has_decided, held_items, items_shown, text_of
from review.services.claims import ClaimLost, Paused, claim_next, claims_release, item_skip
from review.services.labels import OwnWork, StaleRevision, label_add, label_undo
from review.views.cards import Card, show
from review.views.lists import (
    is_list,
    show_done,
    show_filled,
    show_list,
    show_refused,
    show_undone,
    size_of,
)
from review.views.texts import findings_context
from review.views.words import LOST, OWN, PAUSED, said_of, stale_words, verdict_words


@require_safe
@project_view(*STAFF)
def stream(request: HttpRequest, access: Access) -> HttpResponse:
    """Show what the reviewer holds, or why there is nothing; taking the next one is a POST."""
    if size_of(request, access):
        return show_list(request, access)
    held = held_items(access.project, access.user, timezone.now())
    return show(request, access, Card(held[0] if held else None))


@require_POST
@project_view(*STAFF)
def claim(request: HttpRequest, access: Access) -> HttpResponse:
    """Take the next example, or the next list of them."""
    if is_list(request):
        return show_filled(request, access)
    return _next(request, access)


@require_POST
@project_view(*STAFF)
def label(request: HttpRequest, access: Access, item: int) -> HttpResponse:
    """Decide an example and answer with the next; what cannot be saved comes back as it was chosen."""
    found = item_of(access, item)
    form = label_form(request, access)
    if not form.is_valid():
        return _refuse(request, access, found, form, status=422)
    try:
        saved = label_add(item=found, by=access.user, **form.cleaned_data)
    except StaleRevision as stale:
        return _refuse(request, access, found, form, stale_words(stale.current), status=409)
    except ClaimLost as lost:
        words = PAUSED if isinstance(lost, Paused) else LOST
        return _refuse(request, access, found, form, words, lost=True, status=409)
    except OwnWork:
        return _refuse(request, access, found, form, OWN, lost=True, status=409)
    return go_on(request, access, found, saved)


@require_POST
@project_view(*STAFF)
def skip(request: HttpRequest, access: Access, item: int) -> HttpResponse:
    """Pass an example on to somebody else and take the next."""
    found = item_of(access, item)
    form = SkipForm(request.POST)
    if not form.is_valid():
        chosen = label_form(request, access)
        words = " ".join(map(str, form.errors["note"]))
        return _refuse(request, access, found, chosen, words, status=422)
    item_skip(item=found, by=access.user, reason=form.cleaned_data["note"])
    if is_list(request):
        return show_done(request, access, found, "skipped")
    return _next(request, access, said="Skipped.")


@require_POST
@project_view(*STAFF)
def undo(request: HttpRequest, access: Access) -> HttpResponse:
    """Take the last decision back and show its example again."""
    item = label_undo(project=access.project, by=access.user)
    said = "Undone: decide again." if item else "There is nothing to undo."
    if is_list(request):
        return show_undone(request, access, item, said)
    if item is None:
        return _next(request, access, said=said)
    return _answer(request, access, item, said=said, done=-1)


@require_POST
@project_view(*STAFF)
def view(request: HttpRequest, access: Access) -> HttpResponse:
    """Keep how somebody likes the stream to look: one example or a list of so many, plain or Markdown."""
    if chosen := ViewForm(request.POST).preferences():
        preferences_set(user=access.user, values=chosen, by=access.user)
    if chosen.get("review_list") == 0:
        claims_release(project=access.project, by=access.user)
    return redirect("review:stream", access.project.slug)


@require_safe
@project_view(*STAFF)
def findings(request: HttpRequest, access: Access, item: int) -> HttpResponse:
    """Show what the filters said of an example that this reviewer has decided."""
    found = item_of(access, item)
    if not has_decided(found, access.user):
        raise Http404
    _, revision = text_of(found)
    context = findings_context(access, found.example, revision)
    return render(request, "review/_findings.html", {"findings": context})


def label_form(request: HttpRequest, access: Access) -> LabelForm:
    """Return what was sent as a label, by the project's reasons as they are remembered, or else as they are now."""
    form = LabelForm(request.POST, reasons=rules_remembered(access.project).offered)
    return form if form.is_valid() else LabelForm(request.POST, reasons=rules_read(access.project).offered)


def go_on(request: HttpRequest, access: Access, item: QueueItem, saved: Label) -> HttpResponse:
    """Answer a decision that is saved: with what follows it, or in a list with what became of it."""
    saved.item, saved.example = item, item.example
    reasons = rules_remembered(access.project).reasons
    if is_list(request):
        return show_done(request, access, item, verdict_words(saved, reasons), saved)
    said = said_of(saved, reasons)
    return _next(request, access, said=said, label=saved, done=1)


def _next(request: HttpRequest, access: Access, **card: Any) -> HttpResponse:
    return _answer(request, access, claim_next(project=access.project, by=access.user), **card)


def _answer(request: HttpRequest, access: Access, item: QueueItem | None, **card: Any) -> HttpResponse:
    """Show an item with the one that follows loaded behind it; without JavaScript lead to the page."""
    if not is_part(request):
        return redirect("review:stream", access.project.slug)
    if item is None:
        return show(request, access, Card(None, **card))
    ahead = claim_next(project=access.project, by=access.user, after=item)
    known = request.POST.get("shown") == str(item_code(item))
    wanted = [each for each in (None if known else item, ahead) if each]
    found = {each.pk: each for each in items_shown(access.project, wanted)}
    following = found.get(ahead.pk) if ahead else None
    return show(request, access, Card(found.get(item.pk, item), ahead=following, known=known, **card))


def _refuse(
    request: HttpRequest, access: Access, item: QueueItem, sent: LabelForm, problem: str = "", **card: Any
) -> HttpResponse:
    """Show an example again with what was chosen for it and why that could not be saved."""
    (found,) = items_shown(access.project, [item])
    if is_list(request):
        return show_refused(request, access, found, Card(found, sent, problem, **card))
    return show(request, access, Card(found, sent, problem, **card))
