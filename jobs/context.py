"""What base.html needs to know of the workers."""

from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from jobs.models import WorkerHeartbeat


def workers(request: HttpRequest) -> dict[str, Any]:
    """Return the address of the banner, and how many workers are up as a callable: parts of pages never ask."""
    if not request.user.is_authenticated:
        return {}
    return {"workers_up": cache(WorkerHeartbeat.count_up), "banner_url": reverse("jobs:banner")}
