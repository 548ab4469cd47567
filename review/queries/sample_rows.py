"""What a sample's report is drawn from, row by row."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from annotate.models import Dataset
from review.models import Label, Queue, Sample
from review.queries.outcomes import BAD, GOOD, untaken
from review.queries.policies import policy_of
from review.queries.sampled import with_standing

BLIND = (Queue.SAMPLE, Queue.OVERLAP)


@dataclass(frozen=True, slots=True)
class SeatLabel:
    """What one reviewer said at one seat of a sampled example, before any adjudication."""

    item: int
    rater: int
    verdict: str
    reasons: tuple[str, ...]


def items_of(sample: Sample, standing: str = "") -> QuerySet[Any]:
    """Return a sample's items in the order of the draw, each with its `standing`; only those of one, where given.

    A standing is good, bad, disputed, open, gone or out (`queries.sampled`): so each figure leads to its examples.
    """
    _, policy = policy_of(sample.dataset.project)
    items = with_standing(sample, policy).order_by("key")
    return items.filter(standing=standing) if standing else items


def growth_rows(sample: Sample) -> list[tuple[datetime, bool]]:
    """Return when each item that counts was decided and whether it is bad, in the order of the decisions."""
    decided = items_of(sample).filter(standing__in=(GOOD, BAD)).order_by("outcome_at", "pk")
    rows = decided.values_list("outcome_at", "standing")
    return [(at, standing == BAD) for at, standing in rows if at]


def reason_counts(sample: Sample) -> list[tuple[str, int]]:
    """Count by reason's slug the bad items of the estimate to which somebody gave it, most frequent first."""
    bad = items_of(sample, BAD).order_by().values("pk")
    said = untaken(Label.objects.filter(item__sample_item__in=bad, verdict=BAD))
    pairs = {
        (item, reason)
        for item, reasons in said.values_list("item__sample_item", "reasons")
        for reason in reasons
    }
    return Counter(reason for _, reason in pairs).most_common()


def seat_labels(*samples: Sample) -> list[SeatLabel]:
    """Return the labels that stand at the blind seats of samples, in the order of their making."""
    blind = Label.objects.filter(item__sample_item__sample__in=samples, item__queue__in=BLIND)
    rows = untaken(blind.filter(item__decided_at__isnull=False)).order_by("pk")
    values = rows.values_list("item__sample_item", "by", "verdict", "reasons")
    return [SeatLabel(item or 0, by, verdict, tuple(reasons)) for item, by, verdict, reasons in values]


def samples_of(dataset: Dataset) -> QuerySet[Sample]:
    """Return a dataset's samples in the order of their imports, with what their names need."""
    return (
        Sample.objects.filter(dataset=dataset)
        .select_related("dataset__project", "source_import")
        .order_by("pk")
    )
