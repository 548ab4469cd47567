"""What a release made now would do with a dataset's examples, as ways to them."""

from typing import Any

from annotate.models import Dataset
from review.queries.reasons import STANDING, STANDINGS
from review.queries.tallies import DatasetCounts
from review.views.funnels import reasons_url

STANDING_NAMES = {
    f"{STANDING}released": "Approved",
    f"{STANDING}bad": "Labelled bad",
    f"{STANDING}disputed": "Disputed",
    f"{STANDING}undecided": "Neither labelled good nor accepted",
}


def standing_counts(dataset: Dataset) -> dict[str, int]:
    """Count a dataset's examples by what a release made now would do with them, where no limit drops them."""
    counted = DatasetCounts(dataset).standings.value
    return {f"{STANDING}{slug}": counted.get(stored, 0) for slug, stored in STANDINGS.items()}


def standing_choices(dataset: Dataset, by: str) -> dict[str, Any]:
    """Return the ways to these examples as the navigation of reasons shows them."""
    items = [
        {
            "label": STANDING_NAMES[name],
            "count": count,
            "url": reasons_url(dataset, name),
            "current": by == name,
        }
        for name, count in standing_counts(dataset).items()
    ]
    return {"label": "In a release", "items": items}
