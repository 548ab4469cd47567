"""The report of one sample: what its review says, how surely, and what is recommended."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from annotate.access import MANAGERS, STAFF, Access
from annotate.http import project_view
from annotate.spreadsheets import csv_lines
from review.http import sample_of
from review.queries.disclosure import sees_seed
from review.queries.proofs import samples_folder
from review.sample_forms import DrawForm, ToleranceForm
from review.services.rules import RulesRefused, rules_save
from review.services.samples import NothingToSample, sample_extend
from review.views.sample_context import report_context
from review.views.sample_files import draw_record, report_rows, report_values
from review.views.sample_numbers import numbers_of

PAGE = "review/sample_report.html"


@require_safe
@project_view(*STAFF)
def sample_report(request: HttpRequest, access: Access, dataset: str, sample: int) -> HttpResponse:
    """Show the estimate with its intervals, the recommendation, and what leads to each figure."""
    numbers = numbers_of(sample_of(access, dataset, sample))
    return render(request, PAGE, report_context(access, numbers))


@require_safe
@project_view(*STAFF)
def sample_csv(request: HttpRequest, access: Access, dataset: str, sample: int) -> StreamingHttpResponse:
    """Give the report's numbers as CSV that a spreadsheet shows as text."""
    rows = report_rows(access, numbers_of(sample_of(access, dataset, sample)))
    headers = _headers(f"{dataset}-sample-{sample}.csv")
    return StreamingHttpResponse(csv_lines(rows), content_type="text/csv; charset=utf-8", headers=headers)


@require_safe
@project_view(*STAFF)
def sample_json(request: HttpRequest, access: Access, dataset: str, sample: int) -> JsonResponse:
    """Give the report's numbers as JSON, shares as numbers between 0 and 1."""
    values = report_values(access, numbers_of(sample_of(access, dataset, sample)))
    headers = _headers(f"{dataset}-sample-{sample}.json")
    return JsonResponse(values, json_dumps_params={"indent": 2, "ensure_ascii": False}, headers=headers)


@require_safe
@project_view(*STAFF)
def sample_record(request: HttpRequest, access: Access, dataset: str, sample: int) -> JsonResponse:
    """Give what is on record of the sample's draws, for whoever verifies them."""
    found = sample_of(access, dataset, sample)
    values = draw_record(found, sees_seed=sees_seed(access, found))
    return JsonResponse(
        values, json_dumps_params={"indent": 2}, headers=_headers(f"{dataset}-sample-{sample}-draws.json")
    )


@require_safe
@project_view(*STAFF)
def sample_ids(request: HttpRequest, access: Access, dataset: str, sample: int, number: int) -> FileResponse:
    """Give the list of ids that a draw was made from, one a line, gzipped."""
    stage = sample_of(access, dataset, sample).stages.filter(number=number).exclude(ids="").first()
    path = samples_folder() / stage.ids if stage else None
    if path is None or not path.is_file():
        raise Http404
    name = f"{dataset}-sample-{sample}-draw-{number}.txt.gz"
    return FileResponse(path.open("rb"), content_type="application/gzip", headers=_headers(name))


@require_POST
@project_view(*MANAGERS)
def sample_draw_more(request: HttpRequest, access: Access, dataset: str, sample: int) -> HttpResponse:
    """Draw so many more from the same seed, and say how many joined."""
    found, form = sample_of(access, dataset, sample), DrawForm(request.POST)
    if not form.is_valid():
        context = report_context(access, numbers_of(found), draw_form=form)
        return render(request, PAGE, context, status=422)
    try:
        before = found.items.count()
        sample_extend(sample=found, more=form.cleaned_data["more"], by=access.user)
    except NothingToSample as reason:
        messages.warning(request, str(reason))
    else:
        joined = found.items.count() - before
        words = "1 more is drawn" if joined == 1 else f"{joined:,} more are drawn"
        messages.success(request, f"{words}, by the same seed: what was reviewed keeps counting.")
    return redirect("review:sample_report", access.project.slug, dataset, sample)


@require_POST
@project_view(*MANAGERS)
def sample_tolerance(request: HttpRequest, access: Access, dataset: str, sample: int) -> HttpResponse:
    """Change the project's tolerated share and confidence from its report."""
    found, form = sample_of(access, dataset, sample), ToleranceForm(request.POST)
    try:
        if form.is_valid():
            shares: dict[str, Any] = form.shares()
            rules_save(project=access.project, by=access.user, **shares)
            return redirect("review:sample_report", access.project.slug, dataset, sample)
    except RulesRefused as refused:
        for name, problem in refused.errors.items():
            form.add_error(name, problem)
    context = report_context(access, numbers_of(found), tolerance_form=form)
    return render(request, PAGE, context, status=422)


def _headers(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"', "Content-Security-Policy": "sandbox"}
