"""The desk: what the person has in hand, and the editor."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotate.access import WRITERS, Access
from annotate.forms import NewExampleForm, Sent, read_editor
from annotate.http import editable_example_of, project_view
from annotate.models import Example
from annotate.queries import draft_of, next_to_write
from annotate.services.examples import (
    NotReady,
    StaleDraft,
    StaleRevision,
    draft_discard,
    draft_save,
    draft_start,
    draft_submit,
)
from annotate.views.editor import SHAPE_KEY, conflict_context, desk_context, editor_context


@require_safe
@project_view(*WRITERS)
def desk(request: HttpRequest, access: Access) -> HttpResponse:
    """Show what the person has begun, what came back, what they submitted, and where a new example begins."""
    return render(request, "annotate/desk.html", desk_context(access))


@require_POST
@project_view(*WRITERS)
def write_new(request: HttpRequest, access: Access) -> HttpResponse:
    """Begin a new example."""
    form = NewExampleForm(request.POST, project=access.project)
    if not form.is_valid():
        return render(request, "annotate/desk.html", desk_context(access) | {"new_form": form}, status=422)
    begun = draft_start(dataset=form.cleaned_data["dataset"], by=access.user)
    return redirect("annotate:edit", access.project.slug, begun.public_id)


@require_http_methods(["GET", "HEAD", "POST"])
@project_view(*WRITERS)
def edit(request: HttpRequest, access: Access, public_id: UUID) -> HttpResponse:
    """Show the editor; take what it sends: a save of the draft, a button of a turn, or the finished text."""
    example = editable_example_of(access, public_id)
    if request.method != "POST":
        return _editor(request, access, example, shape=request.GET.get("shape", ""))
    sent = read_editor(request.POST, example)
    try:
        return (
            _submit(request, access, example, sent)
            if sent.do == "submit"
            else _keep(request, access, example, sent)
        )
    except NotReady as refusal:
        return _editor(request, access, example, shape=sent.next_shape, problems=refusal.problems, status=422)
    except (StaleDraft, StaleRevision) as stale:
        context = conflict_context(access, example, sent, stale)
        return render(request, "annotate/conflict.html", context, status=409)


@require_POST
@project_view(*WRITERS)
def discard(request: HttpRequest, access: Access, public_id: UUID) -> HttpResponse:
    """Throw away what the person typed and did not submit."""
    example = editable_example_of(access, public_id)
    draft_discard(example=example, by=access.user)
    messages.success(request, "The draft is thrown away.")
    if example.state == Example.State.DRAFT:
        return redirect("annotate:desk", access.project.slug)
    return redirect(example)


def _editor(
    request: HttpRequest, access: Access, example: Example, *, status: int = 200, **shown: Any
) -> HttpResponse:
    shape = shown.pop("shape") or request.session.get(SHAPE_KEY, "")
    context = desk_context(access) | editor_context(access, example, shape=shape, **shown)
    return render(request, "annotate/edit.html", context, status=status)


def _keep(request: HttpRequest, access: Access, example: Example, sent: Sent) -> HttpResponse:
    theirs = sent.other_text(example, draft_of(example, access.user))
    draft = draft_save(
        example=example,
        by=access.user,
        conversation=sent.conversation,
        based_on=sent.based_on,
        saves=sent.version,
    )
    if not request.accepts("text/html"):
        return JsonResponse({"saved_at": draft.saved_at, "version": draft.saves})
    if sent.do == "merge":
        return _editor(request, access, example, shape=sent.next_shape, theirs=theirs)
    if sent.do.startswith("shape"):
        request.session[SHAPE_KEY] = sent.next_shape
    here = reverse(
        "annotate:edit", args=[access.project.slug, example.public_id], query={"shape": sent.next_shape}
    )
    return redirect(f"{here}{sent.anchor}")


def _submit(request: HttpRequest, access: Access, example: Example, sent: Sent) -> HttpResponse:
    done = draft_submit(
        example=example,
        by=access.user,
        conversation=sent.conversation,
        based_on=sent.based_on,
        saves=sent.version,
    )
    if example.state not in (Example.State.DRAFT, Example.State.RETURNED):
        messages.success(request, f"Saved: this is revision {done.revision}.")
        return redirect(done)
    messages.success(request, f"Submitted: {done}")
    following = next_to_write(access, after=done)
    if following is None and example.dataset.is_written:
        following = draft_start(dataset=example.dataset, by=access.user)
    if following is None:
        return redirect("annotate:desk", access.project.slug)
    return redirect("annotate:edit", access.project.slug, following.public_id)
