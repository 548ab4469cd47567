"""Who said what about sampled examples, and the text that they said it of: the rows behind a report's figures."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, QuerySet

from annotate.models import Project, Revision
from annotate.records import Conversation
from review.estimates import Gold
from review.models import Label, Queue, QueueItem, Sample, SampleItem
from review.models.queue import BLIND
from review.queries.gold import gold_answers
from review.queries.outcomes import BAD, GOOD, untaken

PAGE_SIZE = 50


@dataclass(frozen=True, slots=True)
class ItemsPage:
    """One page of sampled items; the keys of the neighbouring pages are empty where there is none."""

    rows: Sequence[SampleItem]
    previous: int | None
    next: int | None


def said(
    items: QuerySet[SampleItem], *, reason: str = "", reviewer: int | None = None
) -> QuerySet[SampleItem]:
    """Narrow items to those that somebody called bad for a reason, or that a reviewer labelled."""
    labels = untaken(Label.objects.filter(item__sample_item=OuterRef("pk")))
    if reason:
        items = items.filter(Exists(labels.filter(verdict=BAD, reasons__contains=[reason])))
    if reviewer is not None:
        items = items.filter(Exists(labels.filter(by=reviewer)))
    return items


def seen_by_all(items: QuerySet[SampleItem]) -> QuerySet[SampleItem]:
    """Leave out what one reviewer labelled and a second one is yet to: they must not see what the first one said."""
    open_seat = QueueItem.objects.open().filter(sample_item=OuterRef("pk"), queue__in=BLIND)
    return items.exclude(Exists(open_seat), outcome__isnull=False)


def items_page(items: QuerySet[SampleItem], *, after: int | None, before: int | None) -> ItemsPage:
    """Cut one page in the order of the examples, with what a row shows of them."""
    found: QuerySet[Any] = items.select_related("example__dataset__project", "example__author").defer(
        "example__raw"
    )
    if before is not None:
        rows = list(found.filter(example__lt=before).order_by("-example")[: PAGE_SIZE + 1])
        more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE][::-1]
        return ItemsPage(rows, rows[0].example_id if more else None, rows[-1].example_id if rows else None)
    rows = list(found.filter(example__gt=after or 0).order_by("example")[: PAGE_SIZE + 1])
    more, rows = len(rows) > PAGE_SIZE, rows[:PAGE_SIZE]
    first = rows[0].example_id if rows and after else None
    return ItemsPage(rows, first, rows[-1].example_id if more else None)


def labels_by_item(items: Collection[SampleItem]) -> dict[int, list[Label]]:
    """Return the labels that stand on some items, by item, oldest first; adjudications and second looks among them."""
    found: dict[int, list[Label]] = defaultdict(list)
    labels = untaken(Label.objects.filter(item__sample_item__in=items))
    for label in labels.select_related("by", "item").order_by("pk"):
        if label.item and label.item.sample_item_id:
            found[label.item.sample_item_id].append(label)
    texts = {(item.example_id, item.revision): item.pk for item in items}
    looks = Label.objects.filter(queue=Queue.SECOND_LOOK, example__in=[example for example, _ in texts])
    for label in untaken(looks).select_related("by").order_by("pk"):
        if item := texts.get((label.example_id, label.revision)):
            found[item].append(label)
    return found


def judged_texts(items: Collection[SampleItem]) -> dict[int, Conversation]:
    """Return by item the text that was judged, where it is not its example's present one."""
    changed = {
        (item.example_id, item.revision): item.pk
        for item in items
        if item.revision and item.revision != item.example.revision
    }
    revisions = Revision.objects.filter(example__in=[example for example, _ in changed])
    return {
        changed[revision.example_id, revision.number]: revision.conversation
        for revision in revisions
        if (revision.example_id, revision.number) in changed
    }


def gold_counts(project: Project) -> Gold:
    """Count how a project's reviewers answered its gold examples."""
    counted = (
        gold_answers(project)
        .order_by()
        .values("example__gold__verdict", "is_right")
        .annotate(count=Count("pk"))
    )
    found = {(row["example__gold__verdict"], row["is_right"]): row["count"] for row in counted}
    (caught, missed), (passed, refused) = (
        (found.get((verdict, True), 0), found.get((verdict, False), 0)) for verdict in (BAD, GOOD)
    )
    return Gold(caught, caught + missed, passed, passed + refused)


def outcomes_of_both(sample: Sample) -> dict[int, str]:
    """Return what the items turned out to be that two people labelled and that are not disputed."""
    second = QueueItem.objects.filter(
        sample_item=OuterRef("pk"), queue=Queue.OVERLAP, decided_at__isnull=False
    )
    items = SampleItem.objects.filter(Exists(second), sample=sample, outcome__in=(GOOD, BAD))
    return {pk: outcome or "" for pk, outcome in items.values_list("pk", "outcome")}
