"""Fix and accept: the editor in the place of the example, and what it sends."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.views.decorators.http import require_POST, require_safe

from annotate.access import STAFF, Access
from annotate.diff import diff_conversations
from annotate.editing import TURNS, rows_of, with_problems
from annotate.forms import Sent, read_editor
from annotate.http import project_view
from annotate.models import Draft
from annotate.queries import draft_of, text_at
from annotate.records import Conversation
from annotate.services.examples import NotReady, StaleDraft, draft_save
from review.forms import LabelForm
from review.http import item_code, item_of
from review.models import QueueItem
from review.queries.checks import text_check
from review.queries.stream import text_of
from review.services.claims import ClaimLost
from review.services.fixes import NotFixable, item_fix
from review.services.labels import OwnWork, StaleRevision
from review.views.checks import lines_of
from review.views.remedies import answer, bad_form, is_held, lost_words, not_yours, remedy_context, said
from review.views.stream import go_on

PAGE = "review/fix.html"


@require_safe
@project_view(*STAFF)
def fix(request: HttpRequest, access: Access, item: int) -> HttpResponse:
    """Show the editor with the text that is judged, or with what the person typed for it before."""
    found = item_of(access, item)
    if not is_held(found, access):
        return not_yours(request, access)
    judged, revision = text_of(found)
    draft = draft_of(found.example, access.user)
    typed = draft.conversation if draft and draft.based_on == revision else judged
    return _editor(request, access, found, typed)


@require_POST
@project_view(*STAFF)
def fix_save(request: HttpRequest, access: Access, item: int) -> HttpResponse:
    """Take what the editor sends: a save of the draft, a button of a turn, or the fix, answered by what follows."""
    found = item_of(access, item)
    sent, form = read_editor(request.POST, found.example), bad_form(request, access)
    if not is_held(found, access):
        # Only what is before somebody takes their drafts; a fix that comes too late is told so, with its text.
        return (
            _submit(request, access, found, sent, form) if sent.do == "submit" else not_yours(request, access)
        )
    try:
        draft = draft_save(
            example=found.example, by=access.user, conversation=sent.conversation, based_on=sent.based_on,
            saves=sent.version,
        )  # fmt: skip
    except StaleDraft as stale:
        theirs = _other_window(stale.current)
        return _editor(request, access, found, sent.typed, form=form, theirs=theirs, status=409)
    if sent.do == "submit":
        return _submit(request, access, found, sent, form)
    if not request.accepts("text/html"):
        return JsonResponse({"saved_at": draft.saved_at, "version": draft.saves})
    here = reverse("review:fix", args=[access.project.slug, item_code(found)])
    return redirect(f"{here}{sent.anchor}")


@require_POST
@project_view(*STAFF)
def fix_check(request: HttpRequest, access: Access, item: int) -> HttpResponse:
    """Answer what the scorers and limits say of the text as it is typed; nothing is stored."""
    found = item_of(access, item)
    typed = read_editor(request.POST, found.example).typed
    checked = text_check(project=access.project, conversation=typed, example=found.example)
    context = {"lines": lines_of(checked), "state": checked.verdict.state, "values": checked.values}
    return render(request, "review/_check.html", context)


def _submit(
    request: HttpRequest, access: Access, item: QueueItem, sent: Sent, form: LabelForm
) -> HttpResponse:
    typed = sent.conversation
    if not form.is_valid():
        return _editor(request, access, item, sent.typed, form=form, status=422)
    try:
        saved = item_fix(item=item, by=access.user, conversation=typed, **said(form))
    except NotReady as refusal:
        return _editor(request, access, item, sent.typed, form=form, problems=refusal.problems, status=422)
    except NotFixable as refusal:
        return _editor(request, access, item, sent.typed, form=form, problem=str(refusal), status=422)
    except StaleRevision as stale:
        item.example = stale.current
        theirs = (stale.current.conversation, f"revision {stale.current.revision}")
        return _editor(request, access, item, sent.typed, form=form, theirs=theirs, status=409)
    except (ClaimLost, OwnWork) as refusal:
        return _editor(
            request, access, item, sent.typed, form=form, problem=lost_words(refusal), lost=True, status=409
        )  # fmt: skip
    return go_on(request, access, item, saved)


def _other_window(draft: Draft) -> tuple[Conversation, str]:
    at = date_format(localtime(draft.saved_at), "H:i")
    return draft.conversation, f"your other window, saved at {at}"


def _editor(
    request: HttpRequest,
    access: Access,
    item: QueueItem,
    typed: Conversation,
    *,
    form: LabelForm | None = None,
    problems: list[str] | None = None,
    theirs: tuple[Conversation, str] | None = None,
    status: int = 200,
    **shown: Any,
) -> HttpResponse:
    """Show the editor with a text; `theirs` is another one that came to be meanwhile, and what it is."""
    _, revision = text_of(item)
    draft = draft_of(item.example, access.user)
    rows, unplaced = with_problems(
        rows_of(typed, text_at(item.example, revision), TURNS), typed, problems or []
    )
    context = remedy_context(access, item, form) | {
        "rows": rows, "unplaced": unplaced, "problems": problems, "revision": revision, "draft": draft,
        "version": draft.saves if draft else 0, "shape": TURNS, "theirs": theirs,
        "changes": diff_conversations(theirs[0], typed) if theirs else (),
    }  # fmt: skip
    return answer(request, PAGE, context | shown, status)
