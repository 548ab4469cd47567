"""What base.html needs to know of the project that a page is in."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse


def project(request: HttpRequest) -> dict[str, Any]:
    """Return the project's navigation, as far as the person's role reaches, and their access."""
    access = getattr(request, "access", None)
    if access is None:
        return {}
    here = request.resolver_match.view_name if request.resolver_match else ""
    nav = [
        {
            "label": entry["label"],
            "url": reverse(str(entry["url"]), args=[access.project.slug]),
            "current": here == entry["url"] or here in entry.get("also", ()),
        }
        for entry in settings.PROJECT_NAV
        if access.role in entry["roles"]
    ]
    return {
        "access": access,
        "project": access.project,
        "role": access.role,
        "nav": nav,
    }
