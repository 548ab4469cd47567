"""The review stream: one example at a time, decided by one POST whose answer is the next two."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from annotate.access import STAFF, Access
from annotate.http import is_part, project_view
from review.forms import LabelForm, SkipForm
from review.http import item_of
from review.models import QueueItem
from review.queries.queue import items_in
from review.queries.rules import rules_of
from review.queries.stream import held_item
from review.services.claims import ClaimLost, claim_next, item_skip
from review.services.labels import OwnWork, StaleRevision, label_add, label_undo
from review.views.cards import Card, show
from review.views.words import LOST, OWN, said_of, stale_words


@require_safe
@project_view(*STAFF)
def stream(request: HttpRequest, access: Access) -> HttpResponse:
    """Show what the reviewer holds, or why there is nothing; taking the next one is a POST."""
    return show(request, access, Card(held_item(access.project, access.user, timezone.now())))


@require_POST
@project_view(*STAFF)
def claim(request: HttpRequest, access: Access) -> HttpResponse:
    """Take the next example."""
    return _next(request, access)


@require_POST
@project_view(*STAFF)
def label(request: HttpRequest, access: Access, item: int) -> HttpResponse:
    """Decide an example and answer with the next; what cannot be saved comes back as it was chosen."""
    found = item_of(access, item)
    rules = rules_of(access.project)
    form = LabelForm(request.POST, reasons=rules.offered)
    if not form.is_valid():
        return show(request, access, Card(found, form, status=422))
    try:
        saved = label_add(item=found, by=access.user, **form.cleaned_data)
    except StaleRevision as stale:
        return show(request, access, Card(found, form, stale_words(stale.current), status=409))
    except ClaimLost:
        return show(request, access, Card(found, form, LOST, lost=True, status=409))
    except OwnWork:
        return show(request, access, Card(found, form, OWN, lost=True, status=409))
    return _next(request, access, said_of(saved, rules.reasons))


@require_POST
@project_view(*STAFF)
def skip(request: HttpRequest, access: Access, item: int) -> HttpResponse:
    """Pass an example on to somebody else and take the next."""
    found = item_of(access, item)
    form = SkipForm(request.POST)
    if not form.is_valid():
        return show(
            request,
            access,
            Card(
                found,
                LabelForm(request.POST, reasons=rules_of(access.project).offered),
                " ".join(map(str, form.errors["note"])),
                status=422,
            ),
        )
    item_skip(item=found, by=access.user, reason=form.cleaned_data["note"])
    return _next(request, access, "Skipped.")


@require_POST
@project_view(*STAFF)
def undo(request: HttpRequest, access: Access) -> HttpResponse:
    """Take the last decision back and show its example again."""
    item = label_undo(project=access.project, by=access.user)
    if item is None:
        return _next(request, access, "There is nothing to undo.")
    return _answer(request, access, item, "Undone: decide again.")


def _next(request: HttpRequest, access: Access, said: str = "") -> HttpResponse:
    return _answer(request, access, claim_next(project=access.project, by=access.user), said)


def _answer(request: HttpRequest, access: Access, item: QueueItem | None, said: str) -> HttpResponse:
    """Show an item with the one that follows loaded behind it; without JavaScript lead to the page."""
    if not is_part(request):
        return redirect("review:stream", access.project.slug)
    if item is None:
        return show(request, access, Card(None, said=said))
    ahead = claim_next(project=access.project, by=access.user, after=item)
    found = items_in(access.project).in_bulk([each.pk for each in (item, ahead) if each])
    return show(request, access, Card(found[item.pk], said=said, ahead=found[ahead.pk] if ahead else None))
