"""Selections: those there are, asking for one, what one holds, its list to download."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.views.decorators.http import require_POST, require_safe

from annotate.access import MANAGERS, STAFF, Access
from annotate.http import project_view
from annotate.spreadsheets import csv_lines
from review.forms import AddressForm, row_id
from review.http import selection_of
from review.models import Selection
from review.queries.disclosure import findings_closed
from review.queries.selections import places
from review.selection_forms import SelectionForm
from review.services.selections import (
    NameUsed,
    NothingToSelect,
    StillUsed,
    selection_create,
    selection_delete,
)
from review.views.selection_context import selection_context, selections_context, topic_name

LIST = "review/selections.html"
PAGE = "review/selection.html"


class LikeForm(AddressForm):
    """Which selection another should be like, and where its list goes on."""

    like = forms.UUIDField(required=False)
    after = row_id()
    before = row_id()


@require_safe
@project_view(*STAFF)
def selections(request: HttpRequest, access: Access) -> HttpResponse:
    """List the project's selections, beside the form for another, set like one of them where the address says so."""
    like = LikeForm(request.GET).value("like")
    model = selection_of(access, like) if like else None
    form = SelectionForm.like(model) if model else SelectionForm(project=access.project)
    return render(request, LIST, selections_context(access, form, model))


@require_POST
@project_view(*MANAGERS)
def selection_new(request: HttpRequest, access: Access) -> HttpResponse:
    """Start a selection; 422 says what to mend, or why nothing can be chosen from."""
    form = SelectionForm(request.POST, project=access.project)
    if form.is_valid():
        try:
            made = selection_create(project=access.project, by=access.user, **form.cleaned_data)
            return redirect("review:selection", access.project.slug, made.public_id)
        except NameUsed as used:
            form.add_error("name", str(used))
        except NothingToSelect as nothing:
            form.add_error("datasets", str(nothing))
    return render(request, LIST, selections_context(access, form), status=422)


@require_safe
@project_view(*STAFF)
def selection(request: HttpRequest, access: Access, public_id: UUID) -> HttpResponse:
    """Show a selection: how far it is, or what it holds."""
    asked = LikeForm(request.GET)
    context = selection_context(
        access, selection_of(access, public_id), after=asked.value("after"), before=asked.value("before")
    )
    return render(request, PAGE, context)


@require_safe
@project_view(*STAFF)
def selection_csv(request: HttpRequest, access: Access, public_id: UUID) -> HttpResponseBase:
    """Send what was chosen as CSV, in the order of choice; without what the person is to decide now."""
    found = selection_of(access, public_id)
    name = slugify(found.name) or "selection"
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return StreamingHttpResponse(
        csv_lines(_rows(access, found)), content_type="text/csv; charset=utf-8", headers=headers
    )


@require_POST
@project_view(*MANAGERS)
def selection_gone(request: HttpRequest, access: Access, public_id: UUID) -> HttpResponse:
    """Delete a selection, unless a release is of it or a job works on it."""
    found = selection_of(access, public_id)
    try:
        selection_delete(selection=found)
    except StillUsed as used:
        messages.error(request, str(used))
        return redirect("review:selection", access.project.slug, public_id)
    messages.success(request, f"The selection “{found}” is deleted.")
    return redirect("review:selections", access.project.slug)


def _rows(access: Access, selection: Selection) -> Iterator[tuple[Any, ...]]:
    topics, closed = selection.profile.get("topics", []), findings_closed(access)
    yield ("place", "id", "revision", "score", "topic", "words")
    for example, place, public_id, revision, topic, score in places(selection):
        if example not in closed:
            yield (place, str(public_id), revision, score, topic + 1, topic_name(topics, topic))
