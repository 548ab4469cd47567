"""A file on its way into a dataset: uploaded, looked at, read in, its errors taken home."""

import json
from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from annotate.access import MANAGERS, STAFF, Access
from annotate.forms import StartForm, UploadForm
from annotate.http import dataset_of, import_of, page_or_partial, project_view
from annotate.models import Import, LineError
from annotate.queries import records_per_second, same_file
from annotate.reading import Refusal
from annotate.services.imports import import_discard, import_preview, import_receive, import_start
from annotate.spreadsheets import csv_lines
from annotate.uploads import is_too_large

ERRORS_SHOWN = 100


@require_http_methods(["GET", "HEAD", "POST"])
@project_view(*MANAGERS)
def import_new(request: HttpRequest, access: Access, dataset: str) -> HttpResponse:
    """Take a file and store it; one that cannot be read at all is refused with the reason and leaves nothing."""
    home = dataset_of(access, dataset)
    form = UploadForm()
    if request.method == "POST":
        # The file is taken when its form is first looked at: only then is it known to be too large.
        form = UploadForm(request.POST, request.FILES, too_large=is_too_large(request))
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            stored = import_receive(dataset=home, file=file, name=file.name, by=access.user)
            return redirect("annotate:import", access.project.slug, stored.public_id)
        except Refusal as refusal:
            form.add_error("file", str(refusal))
    status = 413 if is_too_large(request) else 422 if form.errors else 200
    return render(request, "annotate/import_new.html", {"form": form, "dataset": home}, status=status)


@require_safe
@project_view(*STAFF)
def import_page(request: HttpRequest, access: Access, public_id: UUID) -> HttpResponse:
    """Show an import as it stands: what the file holds, how far its reading is, or what came of it."""
    found = import_of(access, public_id)
    context = {"import": found, "dataset": found.dataset, **_standing(found)}
    return render(request, page_or_partial(request, "annotate/import.html", "import"), context)


def _standing(found: Import) -> dict[str, Any]:
    if found.job is not None:
        return {"rate": records_per_second(found), "errors": found.line_errors.all()[:ERRORS_SHOWN]}
    try:
        preview = import_preview(source_import=found)
    except Refusal as refusal:
        return {"refusal": str(refusal)}
    form, seen = StartForm(initial={"format": found.format}), preview.mapped + preview.failing
    return {"preview": preview, "seen": seen, "form": form, "same": same_file(found)}


@require_POST
@project_view(*MANAGERS)
def start(request: HttpRequest, access: Access, public_id: UUID) -> HttpResponse:
    """Start reading the stored file in."""
    found = import_of(access, public_id)
    form = StartForm(request.POST)
    if form.is_valid():
        import_start(source_import=found, by=access.user, format=form.cleaned_data["format"])
        return redirect("annotate:import", access.project.slug, found.public_id)
    context = {"import": found, "dataset": found.dataset, **_standing(found), "form": form}
    return render(request, "annotate/import.html", context, status=422)


@require_POST
@project_view(*MANAGERS)
def discard(request: HttpRequest, access: Access, public_id: UUID) -> HttpResponse:
    """Throw a stored file away that was never read in."""
    found = import_of(access, public_id)
    if not import_discard(source_import=found):
        messages.error(request, "This file has been read in and stays, as where its examples come from.")
        return redirect("annotate:import", access.project.slug, found.public_id)
    messages.success(request, f"{found.name} is thrown away.")
    return redirect("annotate:dataset", access.project.slug, found.dataset.slug)


@require_safe
@project_view(*STAFF)
def errors_csv(request: HttpRequest, access: Access, public_id: UUID) -> HttpResponseBase:
    """Stream every line error as CSV."""
    found = import_of(access, public_id)
    rows = ((error.line_number, error.reason, error.excerpt) for error in _errors(found))
    return _download(csv_lines(_with_head(rows)), f"{found.public_id}-errors.csv", "text/csv; charset=utf-8")


@require_safe
@project_view(*STAFF)
def errors_jsonl(request: HttpRequest, access: Access, public_id: UUID) -> HttpResponseBase:
    """Stream every line error as one JSON object a line."""
    found = import_of(access, public_id)
    rows = (
        {"line": each.line_number, "reason": each.reason, "excerpt": each.excerpt} for each in _errors(found)
    )
    lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return _download(lines, f"{found.public_id}-errors.jsonl", "application/x-ndjson")


def _errors(found: Import) -> Iterator[LineError]:
    return found.line_errors.order_by("line_number").iterator(chunk_size=2000)


def _with_head(rows: Iterable[Any]) -> Iterator[Any]:
    yield ("line", "reason", "excerpt")
    yield from rows


def _download(lines: Iterator[str], name: str, kind: str) -> StreamingHttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Security-Policy": "sandbox"}
    return StreamingHttpResponse(lines, content_type=kind, headers=headers)
