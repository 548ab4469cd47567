"""The table of a project's examples, and one example to read."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from annotate.access import STAFF, WRITERS, Access
from annotate.forms import FilterForm
from annotate.http import editable_example_of, example_of, is_part, page_or_partial, project_view
from annotate.models import Example, Return
from annotate.queries import Page, count_up_to, keyset_page, note_of
from annotate.queries import browse as examples_of
from annotate.services.examples import example_reopen, example_withdraw
from annotate.snippets import snippet_of
from annotate.views.columns import Column, column_for

MOST_COUNTED = 10_000


@require_safe
@project_view(*STAFF)
def browse(request: HttpRequest, access: Access) -> HttpResponse:
    """List the project's examples, narrowed by what the address says, a page at a time."""
    column = column_for(access)
    form = FilterForm(request.GET, project=access.project, orders=column.orders if column else ())
    found = examples_of(access.project, form.filters)
    page = _page(access, form, column, found)
    cells = column.cells(page.rows) if column else {}
    count = count_up_to(found, MOST_COUNTED)
    context = {
        "form": form, "count_text": _counted(count), "may_pick": access.manages,
        "whole": len(page.rows) < count <= MOST_COUNTED,
        "here": request.path + form.query(after=form.value("after"), before=form.value("before")),
        "send": (settings.BROWSE_SEND["label"], reverse(settings.BROWSE_SEND["url"], args=[access.project.slug])),
        "column": column and column.label,
        "rows": [
            (row, snippet_of(row.conversation, form.filters.text), cells.get(row.pk)) for row in page.rows
        ],
        "first": form.query(), "previous": page.previous and form.query(before=page.previous),
        "next": page.next and form.query(after=page.next),
        "also": [(link["label"], reverse(link["url"], args=[access.project.slug])) for link in settings.BROWSE_ALSO],
    }  # fmt: skip
    response = render(request, page_or_partial(request, "annotate/browse.html", "rows"), context)
    if is_part(request) and not ({"after", "before"} & request.GET.keys()):
        response["HX-Push-Url"] = request.path + form.query()
    return response


def _page(access: Access, form: FilterForm, column: Column | None, found: Any) -> Page:
    """Cut out the page that the address asks for, in its order."""
    where = {"size": form.page_size, "after": form.value("after"), "before": form.value("before")}
    if column is None or not (order := form.value("order")):
        return keyset_page(found, **where)
    return column.page(found, form.filters, order, **where)


def _counted(count: int) -> str:
    if count > MOST_COUNTED:
        return f"more than {MOST_COUNTED:,} examples"
    return "1 example" if count == 1 else f"{count:,} examples"


@require_safe
@project_view()
def example(request: HttpRequest, access: Access, public_id: UUID) -> HttpResponse:
    """Show one example: its text, its metadata, and where it comes from."""
    found = example_of(access, public_id)
    note = note_of(found) if found.state in (Example.State.RETURNED, Example.State.WITHDRAWN) else None
    context = {
        "example": found, "conversation": found.conversation, "may_edit": access.may_edit(found),
        "may_reopen": _may_reopen(access, found, note), "note": note,
        # What the address asks for, as to see a part opened, is for what stands beside.
        "panel_url": _panel_url(access, found, request.GET.urlencode()),
        "story_url": _slot(settings.AUTHOR_PANEL, access, found),
    }  # fmt: skip
    return render(request, "annotate/example.html", context)


def _panel_url(access: Access, example: Example, asked: str) -> str:
    url = _slot(settings.EXAMPLE_PANEL, access, example) if access.reviews else ""
    return f"{url}?{asked}" if url and asked else url


def _slot(name: str, access: Access, example: Example) -> str:
    return reverse(name, args=[access.project.slug, example.public_id]) if name else ""


def _may_reopen(access: Access, example: Example, note: Return | None) -> bool:
    """What a reviewer removed comes back by a manager, or by an edit of theirs; not by its author."""
    removed = note is not None and note.removed and note.revision == example.revision
    return access.may_edit(example) and (access.manages or not removed)


@require_POST
@project_view(*WRITERS)
def withdraw(request: HttpRequest, access: Access, public_id: UUID) -> HttpResponse:
    """Take an example out of its dataset; its text and history stay."""
    found = editable_example_of(access, public_id)
    example_withdraw(example=found, by=access.user)
    messages.success(request, "The example is withdrawn: it no longer counts as part of its dataset.")
    return redirect(found)


@require_POST
@project_view(*WRITERS)
def reopen(request: HttpRequest, access: Access, public_id: UUID) -> HttpResponse:
    """Put a withdrawn example back into its dataset, or to its author where it was with them."""
    found = editable_example_of(access, public_id)
    if not _may_reopen(access, found, note_of(found)):
        raise PermissionDenied("A reviewer removed this example; a manager can put it back.")
    back = example_reopen(example=found, by=access.user)
    returned = back.state == Example.State.RETURNED
    messages.success(
        request,
        "The example is with its author again." if returned else "The example is back in its dataset.",
    )
    return redirect(found)
