"""How far a job is, the button that stops it, and the banner that says when nobody works."""

import json
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST
from django.views.decorators.vary import vary_on_headers

from jobs.kinds import KINDS
from jobs.models import Job
from jobs.queries import job_seen_by, waiting_kinds
from jobs.services import job_cancel, job_pause, job_resume


def _job(request: HttpRequest, public_id: UUID) -> Job:
    job = job_seen_by(request.user, public_id)
    if job is None:
        raise Http404
    return job


def _is_part(request: HttpRequest) -> bool:
    htmx: Any = getattr(request, "htmx", None)
    return bool(htmx and not htmx.boosted and not htmx.history_restore_request)


def _answer(request: HttpRequest, job: Job) -> HttpResponse:
    """Show the job as a part or a page; the part of one that is over tells the page around it so."""
    page = KINDS[job.kind].page(job)
    part = _is_part(request)
    response = render(
        request, "jobs/part.html" if part else "jobs/progress.html", {"job": job, "page_url": page}
    )
    if part and job.is_over:
        response["HX-Trigger"] = json.dumps({"job-over": {"job": str(job.public_id), "state": job.state}})
    return response


@require_GET
@vary_on_headers("HX-Request")
def progress(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show how far a job is."""
    return _answer(request, _job(request, public_id))


@require_POST
@vary_on_headers("HX-Request")
def cancel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask a job to stop; one that is over already stays as it ended."""
    job = _job(request, public_id)
    if not KINDS[job.kind].may_cancel(request.user, job):
        raise Http404
    job = job_cancel(job=job, by=request.user)
    return _answer(request, job) if _is_part(request) else redirect("jobs:progress", job.public_id)


@require_POST
@vary_on_headers("HX-Request")
def pause(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Hold a job back, or let it go on with `resume`."""
    job = _job(request, public_id)
    if not KINDS[job.kind].may_cancel(request.user, job):
        raise Http404
    job = job_resume(job=job) if "resume" in request.POST else job_pause(job=job)
    return _answer(request, job) if _is_part(request) else redirect("jobs:progress", job.public_id)


@require_GET
def banner(request: HttpRequest) -> HttpResponse:
    """Answer nothing while all is well; else say which work waits for a worker."""
    return render(request, "jobs/banner.html", {"kinds": waiting_kinds()})
