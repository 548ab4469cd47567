"""The way between the pages of review that are about people."""

from typing import Any

from django.urls import reverse

from annotate.access import Access
from review.queries.adjudication import disputes_waiting

# Page, label for managers, label for who does not manage the project: without one the page is not theirs.
PAGES = (
    ("stream", "Stream", "Stream"),
    ("adjudication", "Adjudication", "Adjudication"),
    ("reviewers", "Reviewers", "How I review"),
    ("gold", "Gold", ""),
    ("rules", "Settings", ""),
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
        for name, managers, others in PAGES
        if (label := managers if access.manages else others)
    ]
