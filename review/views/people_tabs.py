"""The way between the pages of review that are about people."""

from typing import Any

from django.urls import reverse

from annotate.access import Access
from review.queries.adjudication import disputes_waiting
from review.queries.second_looks import second_looks_waiting

# Page, label for managers, label for who does not manage the project: without one the page is not theirs.
PAGES = (
    ("stream", "Stream", "Stream"),
    ("adjudication", "Adjudication", "Adjudication"),
    ("second_looks", "Second look", "Second look"),
    ("reviewers", "Reviewers", "How I review"),
    ("gold", "Gold", ""),
    ("rules", "Settings", ""),
)
WAITING = {"adjudication": disputes_waiting, "second_looks": second_looks_waiting}


def people_tabs(access: Access, here: str) -> list[dict[str, Any]]:
    """Return the tabs that a person may open, with how many disputes and second looks wait for them."""
    return [
        {
            "label": label,
            "url": reverse(f"review:{name}", args=[access.project.slug]),
            "current": name == here,
            "count": WAITING[name](access) or None if name in WAITING else None,
        }
        for name, managers, others in PAGES
        if (label := managers if access.manages else others)
    ]
