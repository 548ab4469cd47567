"""The project's dashboard: how far each dataset is, and how far the project is from what it wants."""

from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from annotate.access import MANAGERS, STAFF, Access
from annotate.http import project_view
from annotate.spreadsheets import csv_lines
from review.project_forms import TargetForm
from review.queries.dashboard import DatasetRow, dashboard
from review.queries.rules import rules_of
from review.services.rules import rules_save
from review.views.overview import dashboard_context

PAGE = "review/dashboard.html"
COLUMNS = (
    "dataset", "sample of", "examples", "kept", "approved", "decision", "in the sample", "reviewed", "bad", "share",
    "low", "high", "at most", "recommendation",
)  # fmt: skip


@require_safe
@project_view(*STAFF)
def project(request: HttpRequest, access: Access) -> HttpResponse:
    """Show every dataset's funnel, estimate and decision, and the approved examples beside the target."""
    return render(request, PAGE, dashboard_context(access, TargetForm(initial=_target(access))))


@require_POST
@project_view(*MANAGERS)
def target(request: HttpRequest, access: Access) -> HttpResponse:
    """Set how many approved examples the project wants."""
    form = TargetForm(request.POST)
    if not form.is_valid():
        return render(request, PAGE, dashboard_context(access, form), status=422)
    rules_save(project=access.project, by=access.user, target=form.cleaned_data["target"])
    messages.success(request, f"The target is {form.cleaned_data['target']:,} approved examples.")
    return redirect("review:dashboard", access.project.slug)


@require_safe
@project_view(*STAFF)
def project_csv(request: HttpRequest, access: Access) -> StreamingHttpResponse:
    """Send one line for each sample of each dataset."""
    lines = csv_lines(_lines(access))
    headers = {"Content-Disposition": f'attachment; filename="{access.project.slug}-dashboard.csv"'}
    return StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8", headers=headers)


@require_safe
@project_view(*STAFF)
def project_json(request: HttpRequest, access: Access) -> JsonResponse:
    """Send the dashboard's figures as plain values."""
    found = dashboard(access.project, timezone.now().date())
    return JsonResponse(
        {
            "project": access.project.slug,
            "at": timezone.now().isoformat(),
            "approved": found.approved,
            "target": rules_of(access.project).stored.target,
            "approved_by_day": {day.on.isoformat(): day.count for day in found.days},
            "datasets": [_as_json(row) for row in found.rows],
        }
    )


def _target(access: Access) -> dict[str, Any]:
    return {"target": rules_of(access.project).stored.target}


def _lines(access: Access) -> Iterator[tuple[Any, ...]]:
    yield COLUMNS
    for row in dashboard(access.project, timezone.now().date()).rows:
        counts = row.counts.kept.value.funnel
        decided = row.report.decision.verdict if row.report.decision else "open"
        shared = (counts.total, counts.kept, row.approved, decided)
        if not row.report.samples:
            yield (row.dataset.name, "", *shared)
        for sample in row.report.samples:
            found = sample.found
            yield (
                row.dataset.name, str(sample.sample.source_import or "written here"), *shared, sample.items,
                found.reviewed, found.bad, found.share, found.low, found.high, found.upper, sample.recommended.kind,
            )  # fmt: skip


def _as_json(row: DatasetRow) -> dict[str, Any]:
    counts = row.counts.kept.value.funnel
    return {
        "dataset": row.dataset.slug,
        "examples": counts.total,
        "kept": counts.kept,
        "dropped": counts.dropped,
        "counted_at": row.counts.kept.at.isoformat(),
        "approved": row.approved,
        "decision": row.report.decision.verdict if row.report.decision else None,
        "samples": row.report.evidence()["samples"],
    }
