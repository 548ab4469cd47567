"""Reject: back to the author with a note, or out of the dataset."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST, require_safe

from annotate.access import STAFF, Access
from annotate.http import project_view
from annotate.services.returns import has_author
from review.forms import LabelForm
from review.http import item_of
from review.models import QueueItem
from review.queries.stream import text_of
from review.services.claims import ClaimLost
from review.services.labels import OwnWork, StaleRevision
from review.services.returns import NOBODY, NotRejectable, item_reject
from review.views.remedies import answer, bad_form, is_held, lost_words, not_yours, remedy_context, said
from review.views.stream import go_on
from review.views.words import stale_words

PAGE = "review/reject.html"


@require_safe
@project_view(*STAFF)
def reject(request: HttpRequest, access: Access, item: int) -> HttpResponse:
    """Ask why an example is rejected, and what is to become of it."""
    found = item_of(access, item)
    return _ask(request, access, found) if is_held(found, access) else not_yours(request, access)


@require_POST
@project_view(*STAFF)
def reject_save(request: HttpRequest, access: Access, item: int) -> HttpResponse:
    """Return an example to its author, or remove it, and answer with what follows."""
    found = item_of(access, item)
    form, remove = bad_form(request, access), request.POST.get("do") == "remove"
    if not form.is_valid():
        return _ask(request, access, found, form, status=422)
    try:
        saved = item_reject(item=found, by=access.user, remove=remove, **said(form))
    except NotRejectable as refusal:
        return _ask(request, access, found, form, problem=str(refusal), status=422)
    except StaleRevision as stale:
        found.example = stale.current
        return _ask(request, access, found, form, problem=stale_words(stale.current), status=409)
    except (ClaimLost, OwnWork) as refusal:
        return _ask(request, access, found, form, problem=lost_words(refusal), lost=True, status=409)
    return go_on(request, access, found, saved)


def _ask(
    request: HttpRequest,
    access: Access,
    item: QueueItem,
    form: LabelForm | None = None,
    status: int = 200,
    **shown: Any,
) -> HttpResponse:
    text, revision = text_of(item)
    context = remedy_context(access, item, form) | {
        "text": text, "revision": revision, "nobody": "" if has_author(item.example) else NOBODY,
    }  # fmt: skip
    return answer(request, PAGE, context | shown, status)
