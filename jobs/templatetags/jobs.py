"""`{% job_progress job %}`: how far a job is, kept up to date while it runs, for any page."""

from typing import Any

from django import template
from django.template.context import Context
from django.urls import reverse

from jobs.models import Job
from jobs.queries import may_cancel, progress_of

register = template.Library()


@register.inclusion_tag("components/progress.html", takes_context=True)
def job_progress(context: Context, job: Job, result_url: str = "", result: str = "") -> dict[str, Any]:
    """Give the progress component what it needs; `result_url` and `result` are the link and its words when done.

    The page around it hears `job-over` on its body once, when a job ends that was running as the page was made:
    `hx-trigger="job-over from:body"`.
    """
    user = context["request"].user
    return {
        "progress": progress_of(job),
        "url": reverse("jobs:progress", args=[job.public_id]),
        "cancel_url": reverse("jobs:cancel", args=[job.public_id]) if may_cancel(user, job) else "",
        "pause_url": reverse("jobs:pause", args=[job.public_id]) if may_cancel(user, job) else "",
        "result_url": result_url,
        "result": result,
        "csrf_token": context.get("csrf_token", ""),
    }
