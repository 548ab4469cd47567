"""What a reviewer has before them in the stream, and what they did last."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from time import monotonic
from typing import Any

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from annotate.models import Example, Project
from annotate.queries import text_at
from annotate.records import Conversation
from review.models import Label, QueueItem, Sample, SampleItem
from review.models.queue import SETTLING
from review.queries.shown import items_read

# Nobody decides so many in a day; it bounds what counting them can cost.
DAY_AT_MOST = 5_000
COUNTED_FOR = 60  # seconds
_counted: dict[int, tuple[float, int, int]] = {}


@dataclass(frozen=True, slots=True)
class Progress:
    """How much one person decided today, and how many of a project's sampled examples have an outcome."""

    today: int
    decided: int
    total: int


def items_shown(project: Project, items: Iterable[QueueItem]) -> list[QueueItem]:
    """Return items with all that a page shows of them, in their order."""
    wanted = [item.pk for item in items]
    found = items_read(project.pk, wanted) if wanted else {}
    return [found[pk] for pk in wanted if pk in found]


def text_of(item: QueueItem) -> tuple[Conversation, int]:
    """Return the text that an item's reviewer judges, with its revision: not always the example's newest."""
    revision = item.fixed_revision or item.example.revision
    return text_at(item.example, revision), revision


def held_items(project: Project, by: Any, now: datetime, count: int = 1) -> list[QueueItem]:
    """Return the first items that a reviewer holds, in the order in which items are handed out."""
    held = QueueItem.objects.held_by(by, now).values("pk")
    mine = _readable(QueueItem.objects.filter(project=project, pk__in=held)).exclude(queue__in=SETTLING)
    submitted = Q(example__state=Example.State.SUBMITTED)
    fixed = Q(revision__isnull=False) | Q(sample_item__revision__isnull=False)
    return list(mine.filter(submitted | fixed).order_by("rank", "batch", "key", "pk")[:count])


def newest_label(project: Project, by: Any) -> Label | None:
    """Return the last thing a reviewer did in the project, taking a decision back included."""
    labels = Label.objects.filter(by=by, item__project=project).select_related("example", "item")
    return labels.defer("example__raw").order_by("-pk").first()


def can_undo(project: Project, by: Any) -> bool:
    """Say whether a reviewer has a decision in the project that could be taken back."""
    decided = Label.objects.filter(by=by, item__project=project, item__claimed_by=by)
    return decided.filter(item__decided_at__isnull=False).exists()


def has_decided(item: QueueItem, by: Any) -> bool:
    """Say whether a reviewer said of an item what still stands."""
    newest = Label.objects.filter(item=item, by=by).order_by("-pk").first()
    return newest is not None and newest.verdict != Label.Verdict.UNDONE


def progress_of(project: Project, by: Any) -> Progress:
    """Count what a page shows of the progress; for whole pages only, since it grows with the samples."""
    decided, total = _sampled(project)
    newest = Label.objects.filter(by=by).order_by("-pk").values("pk")[:DAY_AT_MOST]
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    mine = Label.objects.filter(pk__in=newest, item__project=project, at__gte=today)
    undone = Count("pk", filter=Q(verdict=Label.Verdict.UNDONE))
    counts = mine.aggregate(all=Count("pk"), undone=undone)
    return Progress(max(0, counts["all"] - 2 * counts["undone"]), decided, total)


def _sampled(project: Project) -> tuple[int, int]:
    """Count a project's sampled examples with an outcome, and all: as they were at most a minute ago.

    Counted for every page, they would tell whoever loads it after each decision which of these counted.
    """
    counted = _counted.get(project.pk)
    if counted is None or monotonic() - counted[0] > COUNTED_FOR:
        samples = Sample.objects.filter(dataset__project=project).values("pk")
        items = SampleItem.objects.filter(sample__in=samples)
        counted = _counted[project.pk] = (
            monotonic(), items.filter(outcome__isnull=False).count(), items.count(),
        )  # fmt: skip
    return counted[1], counted[2]


def has_samples(project: Project) -> bool:
    """Say whether anything was ever drawn in the project."""
    return Sample.objects.filter(dataset__project=project).exists()


def free_again_at(project: Project, by: Any, now: datetime) -> datetime | None:
    """Return when the first item that another reviewer holds comes free, unless they decide it before."""
    held = QueueItem.objects.open().filter(project=project, claimed_until__gt=now).exclude(claimed_by=by)
    held = held.exclude(queue__in=SETTLING)
    first: datetime | None = held.aggregate(first=Min("claimed_until"))["first"]
    return first


def _readable(items: QuerySet[QueueItem]) -> QuerySet[QueueItem]:
    related = items.select_related("sample_item", "example__dataset", "example__source_import")
    return related.defer("example__raw")
