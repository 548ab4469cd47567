"""The way between the pages of review that are about people."""

from typing import Any

from django.urls import reverse

from annotate.access import Access
from review.queries.adjudication import disputes_waiting

PAGES = (
    ("Stream", "stream", False),
    ("Adjudication", "adjudication", False),
    ("Reviewers", "reviewers", False),
    ("Gold", "gold", True),
    ("Settings", "rules", True),
)


def people_tabs(access: Access, here: str) -> list[dict[str, Any]]:
    """Return the tabs that a person may open, with how many disputes wait for them."""
    return [
        {
            "label": label,
            "url": reverse(f"review:{name}", args=[access.project.slug]),
            "current": name == here,
            "count": (disputes_waiting(access) or None) if name == "adjudication" else None,
        }
        for label, name, managers in PAGES
        if access.manages or not managers
    ]
