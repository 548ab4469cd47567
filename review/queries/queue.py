"""The review queue as a page shows it: how far a sample is, and why nothing is left for somebody."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from annotate.models import Example, Project
from review.models import Sample, SampleItem, Skip
from review.queries.policies import policy_of
from review.queries.verdicts import kept


@dataclass(frozen=True, slots=True)
class SampleProgress:
    """How many items of a sample are decided, of how many."""

    decided: int
    total: int


@dataclass(frozen=True, slots=True)
class QueueState:
    """The undecided items of a project as one person meets them; each is counted once, in this order.

    `dropped` the limits do not keep now, `own` the person wrote or edited, `skipped` they passed on, `held`
    somebody else has, `free` they could have next (or hold already).
    """

    dropped: int
    own: int
    skipped: int
    held: int
    free: int


def items_in(project: Project) -> QuerySet[SampleItem]:
    """Return the project's items with what a page shows of them."""
    items = SampleItem.objects.filter(sample__dataset__project=project)
    return items.select_related("sample__dataset__project", "sample__source_import", "example__dataset")


def sample_progress(sample: Sample) -> SampleProgress:
    """Count a sample's decided items; two counts over indexes."""
    counts = SampleItem.objects.filter(sample=sample).aggregate(
        total=Count("pk"), open=Count("pk", filter=Q(decided_at=None))
    )
    return SampleProgress(counts["total"] - counts["open"], counts["total"])


def queue_state(project: Project, by: Any, now: datetime) -> QueueState:
    """Count what is undecided in a project, to say why somebody has nothing to do."""
    _, policy = policy_of(project)
    is_kept = Exists(
        Example.objects.filter(kept(policy), pk=OuterRef("example"), state=Example.State.SUBMITTED)
    )
    items = SampleItem.objects.open().filter(sample__dataset__project=project)
    items = items.alias(is_kept=is_kept, is_skipped=Exists(Skip.objects.filter(item=OuterRef("pk"), by=by)))
    left = Q(is_kept=True)
    counts: dict[str, Q] = {"dropped": ~left}
    held = Q(claimed_until__gt=now) & ~Q(claimed_by=by)
    rules = {
        "own": Q(example__author=by) | Q(example__edited_by=by),
        "skipped": Q(is_skipped=True),
        "held": held,
    }
    for name, rule in rules.items():
        counts[name] = left & rule
        left &= ~rule
    counts["free"] = left
    return QueueState(**items.aggregate(**{name: Count("pk", filter=rule) for name, rule in counts.items()}))
