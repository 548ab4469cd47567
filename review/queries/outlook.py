"""What a release made now would take from each dataset, and why it would leave the rest."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count

from annotate.models import Dataset, Import
from review.models import DatasetDecision
from review.policies import Policy
from review.queries.outcomes import BAD, DISPUTED, decision_of
from review.queries.releases import RELEASED, UNDECIDED, with_standing
from review.queries.verdicts import UNMEASURED


@dataclass(frozen=True, slots=True)
class Outlook:
    """One dataset's examples by what would become of them; the counts add up to all of its examples."""

    dataset: Dataset
    decision: DatasetDecision | None
    released: int
    bad: int
    undecided: int
    dropped: int
    unmeasured: int

    @property
    def total(self) -> int:
        return self.released + self.bad + self.undecided + self.dropped + self.unmeasured


def outlook(datasets: Sequence[Dataset], policy: Policy) -> list[Outlook]:
    """Count every dataset's examples by what a release would do with them, in one query, and add the decisions."""
    rows = (
        with_standing(datasets, policy).values("dataset", "standing").annotate(count=Count("pk")).order_by()
    )
    counts = {dataset.pk: Counter[str]() for dataset in datasets}
    for row in rows:
        counts[row["dataset"]][row["standing"]] += row["count"]
    return [_outlook(dataset, counts[dataset.pk]) for dataset in datasets]


def _outlook(dataset: Dataset, counts: Counter[str]) -> Outlook:
    known = {RELEASED, BAD.value, DISPUTED, UNDECIDED, UNMEASURED}
    return Outlook(
        dataset=dataset,
        decision=decision_of(dataset),
        released=counts[RELEASED],
        bad=counts[BAD.value] + counts[DISPUTED],
        undecided=counts[UNDECIDED],
        dropped=sum(count for standing, count in counts.items() if standing not in known),
        unmeasured=counts[UNMEASURED],
    )


def decisions_of(dataset: Dataset) -> list[DatasetDecision]:
    """Return every decision on a dataset, the one that counts first."""
    return list(DatasetDecision.objects.filter(dataset=dataset).select_related("by").order_by("-pk"))


def imported_since(dataset: Dataset, at: datetime) -> list[Import]:
    """Return the imports that were finished after a moment, as after the decision that counts."""
    return list(dataset.imports.filter(done_at__gt=at).order_by("pk"))
