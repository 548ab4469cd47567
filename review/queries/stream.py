"""What a reviewer has before them in the stream, and what they did last."""

from datetime import datetime
from typing import Any

from django.db.models import Min, Q

from annotate.models import Example, Project
from review.models import Label, Queue, QueueItem, Sample
from review.queries.outcomes import standing_labels
from review.queries.queue import items_in


def held_item(project: Project, by: Any, now: datetime) -> QueueItem | None:
    """Return the first item that a reviewer holds, in the order in which items are handed out."""
    held = QueueItem.objects.held_by(by, now).values("pk")
    mine = items_in(project).filter(pk__in=held).exclude(queue=Queue.ADJUDICATION)
    readable = (
        Q(example__state=Example.State.SUBMITTED)
        | Q(revision__isnull=False)
        | Q(sample_item__revision__isnull=False)
    )
    return mine.filter(readable).order_by("rank", "batch", "key", "pk").first()


def newest_label(project: Project, by: Any) -> Label | None:
    """Return the last thing a reviewer did in the project, taking a decision back included."""
    return Label.objects.filter(by=by, item__project=project).order_by("-pk").first()


def can_undo(project: Project, by: Any) -> bool:
    """Say whether a reviewer has a decision in the project that could be taken back."""
    return standing_labels().filter(by=by, example__dataset__project=project).exists()


def has_samples(project: Project) -> bool:
    """Say whether anything was ever drawn in the project."""
    return Sample.objects.filter(dataset__project=project).exists()


def free_again_at(project: Project, by: Any, now: datetime) -> datetime | None:
    """Return when the first item that another reviewer holds comes free, unless they decide it before."""
    held = QueueItem.objects.open().filter(project=project, claimed_until__gt=now).exclude(claimed_by=by)
    first: datetime | None = held.aggregate(first=Min("claimed_until"))["first"]
    return first
