"""Decisions: a manager accepts, holds or rejects a dataset, on record with what was known."""

from django.db import transaction

from accounts.models import User
from annotate.models import Dataset
from review.models import DatasetDecision
from review.queries.reports import dataset_report


@transaction.atomic
def decision_record(*, dataset: Dataset, verdict: str, note: str = "", by: User | None) -> DatasetDecision:
    """Record a decision with the estimates that were before the manager; earlier ones stay, the newest counts."""
    return DatasetDecision.objects.create(
        dataset=dataset,
        verdict=DatasetDecision.Verdict(verdict),
        note=note,
        evidence=dataset_report(dataset).evidence(),
        by=by,
    )
