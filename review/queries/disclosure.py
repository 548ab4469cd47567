"""Who may see what, and when: findings after the own decision, the seed of a sample after its dataset's.

Whoever knows a seed can work out which examples will be looked at. So until the dataset is decided only managers see
it; reviewers see its digest, by which anybody can later make sure that it was this one from the start. A bound says
nothing without the seed.
"""

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from annotate.access import Access
from annotate.models import Example
from review.models import DatasetDecision, QueueItem, Sample
from review.queries.outcomes import decision_of
from review.queries.rules import rules_of

FINAL = (DatasetDecision.Verdict.ACCEPTED, DatasetDecision.Verdict.REJECTED)


def seed_is_open(sample: Sample) -> bool:
    """Say whether a sample's dataset was accepted or rejected after all that was drawn of it.

    A dataset on hold is not decided, and a decision does not speak of what is drawn or imported after it.
    """
    decision = decision_of(sample.dataset)
    if decision is None or decision.verdict not in FINAL:
        return False
    newest = sample.stages.order_by("number").last()
    return decision.at >= (newest.created_at if newest else sample.created_at)


def sees_seed(access: Access, sample: Sample) -> bool:
    """Say whether a person may see a sample's seed now; for pages that managers and reviewers may open."""
    return access.manages or seed_is_open(sample)


def findings_are_open(access: Access, example: Example) -> bool:
    """Say whether a person may see what the filters say of an example: not a reviewer who is to decide it now.

    Otherwise its own page would tell what the stream keeps back, so that labels are independent of the filters.
    """
    return example.pk not in findings_closed(access)


def findings_closed(access: Access) -> set[int]:
    """Return the examples of a project of which a person may not see now what the filters say."""
    if access.manages or rules_of(access.project).stored.findings_first:
        return set()
    held = QueueItem.objects.held_by(access.user, timezone.now()).filter(project=access.project)
    return set(held.values_list("example", flat=True))


def evidence_on(sample: Sample) -> list[tuple[DatasetDecision, Mapping[str, Any]]]:
    """Return the decisions on a sample's dataset, oldest first, with what each had before it of this sample."""
    decisions = DatasetDecision.objects.filter(dataset=sample.dataset).order_by("pk")
    return [
        (decision, known)
        for decision in decisions
        for known in decision.evidence.get("samples", [])
        if known.get("sample") == sample.pk
    ]
