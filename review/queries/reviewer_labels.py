"""The labels behind the figures about reviewers: whose they are, beside whose, and what became of them."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from annotate.access import Access
from annotate.models import Revision
from annotate.records import Conversation
from review.models import GoldExample, Label, Queue, QueueItem, SampleItem, Skip
from review.models.queue import BLIND, SETTLING
from review.queries.gold import gold_answers
from review.queries.outcomes import BAD, untaken
from review.queries.reviewers import WEEK

PAGE_SIZE = 50

type Asked = Mapping[str, Any]
type Narrow = Callable[[QuerySet[Label], Asked], QuerySet[Label]]


@dataclass(frozen=True, slots=True)
class ShownLabel:
    """A label with the text that it judged, what others said of it where that may be seen, and what settled it.

    `awaited`: a second reviewer is yet to look, so that nothing but the person's own label is shown to them.
    """

    label: Label
    conversation: Conversation
    changed: bool
    opinions: Sequence[Label]
    settled: Label | None
    gold: GoldExample | None
    awaited: bool


def labels_asked(access: Access, asked: Asked) -> QuerySet[Label] | None:
    """Return the labels that a figure counts, newest first; one's own alone for who does not manage the project.

    None for a kind that there is not, or that is not theirs to see: which examples are gold is for managers.
    """
    kind = asked.get("kind", "")
    if access.manages and kind in GOLD:
        return GOLD[kind](gold_answers(access.project), asked)
    narrow = KINDS.get(kind)
    if narrow is None:
        return None
    labels = untaken(Label.objects.filter(item__project=access.project))
    if not access.manages:
        labels = labels.filter(by=access.user)
    elif "by" in asked:
        labels = labels.filter(by=asked["by"])
    elif kind in OF_TWO:
        # Of the two labels of an example the first one stands for both.
        labels = labels.filter(item__queue=Queue.SAMPLE)
    if kind in RANDOM and access.manages:
        labels = labels.filter(item__queue__in=BLIND)
    return narrow(labels.exclude(item__queue__in=SETTLING), asked).order_by("-pk")


def labels_page(labels: QuerySet[Label], after: int | None) -> tuple[list[Label], int | None]:
    """Cut one page, and return the key of the next where there is one."""
    found = labels.select_related("example__dataset__project", "item__sample_item", "by")
    if after:
        found = found.filter(pk__lt=after)
    rows = list(found.defer("example__raw")[: PAGE_SIZE + 1])
    return rows[:PAGE_SIZE], rows[PAGE_SIZE - 1].pk if len(rows) > PAGE_SIZE else None


def labels_shown(access: Access, labels: Sequence[Label], *, gold: bool) -> list[ShownLabel]:
    """Return labels with what a page shows of them; the same number of queries for any number of them."""
    sampled = [label.item.sample_item_id for label in labels if label.item and label.item.sample_item_id]
    said: dict[int, list[Label]] = defaultdict(list)
    for other in untaken(Label.objects.filter(item__sample_item__in=sampled)).select_related("by", "item"):
        said[other.item.sample_item_id].append(other)  # type: ignore[union-attr,index]
    looks = {(look.example_id, look.revision): look for look in _looks().filter(example__in=_ids(labels))}
    seats = QueueItem.objects.open().filter(sample_item__in=sampled, queue__in=BLIND)
    awaited = set() if access.manages else set(seats.values_list("sample_item", flat=True))
    texts = _texts(labels)
    golds = (
        {one.example_id: one for one in GoldExample.objects.filter(example__in=_ids(labels))} if gold else {}
    )
    return [_shown(label, said, awaited, texts, golds, looks=looks) for label in labels]


def skips_of(access: Access, by: int) -> QuerySet[Skip]:
    """Return what somebody passed on in a project, newest first."""
    found = Skip.objects.filter(item__project=access.project, by=by).order_by("-pk")
    return found.select_related("item__example__dataset__project", "by").defer("item__example__raw")


def _shown(
    label: Label,
    said: Mapping[int, Sequence[Label]],
    awaited: set[int],
    texts: Mapping[tuple[int, int], Conversation],
    golds: Mapping[int, GoldExample],
    *,
    looks: Mapping[tuple[int, int], Label],
) -> ShownLabel:
    sampled = label.item.sample_item_id if label.item else None
    hidden = sampled in awaited
    beside = [] if hidden or sampled is None else [other for other in said[sampled] if other.pk != label.pk]
    settling = [other for other in beside if other.queue == Queue.ADJUDICATION]
    settling += [] if hidden else filter(None, [looks.get((label.example_id, label.revision))])
    text = texts.get((label.example_id, label.revision))
    opinions = [label, *(other for other in beside if other.queue in BLIND)]
    return ShownLabel(
        label=label,
        conversation=text or label.example.conversation,
        changed=text is not None,
        opinions=sorted(opinions, key=lambda other: other.pk),
        settled=max(settling, key=lambda other: other.pk, default=None),
        gold=golds.get(label.example_id),
        awaited=hidden,
    )


def _texts(labels: Sequence[Label]) -> dict[tuple[int, int], Conversation]:
    """Return by example and revision the texts that were judged, where they are not the present ones."""
    older = {
        (label.example_id, label.revision) for label in labels if label.revision != label.example.revision
    }
    found = Revision.objects.filter(example__in=[example for example, _ in older])
    rows = ((revision.example_id, revision.number, revision) for revision in found)
    return {
        (example, number): revision.conversation
        for example, number, revision in rows
        if (example, number) in older
    }


def _ids(labels: Sequence[Label]) -> list[int]:
    return [label.example_id for label in labels]


def _other(asked: Asked) -> QuerySet[Label]:
    """Return the label of the other seat, where both are decided."""
    seat = Label.objects.filter(
        item__sample_item=OuterRef("item__sample_item"), item__queue__in=BLIND, item__decided_at__isnull=False
    )
    other = untaken(seat.exclude(by=OuterRef("by")))
    if "theirs" in asked:
        other = other.filter(verdict=asked["theirs"])
    return other.filter(by=asked["beside"]) if "beside" in asked else other


def _both(labels: QuerySet[Label], asked: Asked) -> QuerySet[Label]:
    if "mine" in asked:
        labels = labels.filter(verdict=asked["mine"])
    return labels.filter(Exists(_other(asked)), item__queue__in=BLIND)


def _apart(labels: QuerySet[Label], asked: Asked) -> QuerySet[Label]:
    differs = _other(asked).exclude(verdict=OuterRef("verdict"))
    return _both(labels, asked).filter(Exists(differs))


def _reason(labels: QuerySet[Label], asked: Asked) -> QuerySet[Label]:
    """Return what one of two gives a reason for and the other does not."""
    gives = Q(reasons__contains=[asked.get("reason", "")])
    given = Exists(_other(asked).filter(gives))
    return _both(labels, asked).filter((gives & ~given) | (~gives & given))


def _shared(labels: QuerySet[Label], asked: Asked) -> QuerySet[Label]:
    """Return what both give a reason for."""
    gives = Q(reasons__contains=[asked.get("reason", "")])
    return _both(labels, asked).filter(gives, Exists(_other(asked).filter(gives)))


def _settled(labels: QuerySet[Label], asked: Asked) -> QuerySet[Label]:
    return labels.filter(Exists(_settling()), item__queue__in=BLIND)


def _overruled(labels: QuerySet[Label], asked: Asked) -> QuerySet[Label]:
    return labels.filter(Exists(_settling().exclude(verdict=OuterRef("verdict"))), item__queue__in=BLIND)


def _settling() -> QuerySet[Label]:
    return untaken(
        Label.objects.filter(item__sample_item=OuterRef("item__sample_item"), item__queue=Queue.ADJUDICATION)
    )


def _looks() -> QuerySet[Label]:
    return untaken(Label.objects.filter(queue=Queue.SECOND_LOOK)).select_related("by", "item")


def _looked(labels: QuerySet[Label], asked: Asked) -> QuerySet[Label]:
    return labels.filter(Exists(_same_text())).exclude(queue=Queue.GOLD)


def _overturned(labels: QuerySet[Label], asked: Asked) -> QuerySet[Label]:
    otherwise = _same_text().exclude(verdict=OuterRef("verdict"))
    return labels.filter(Exists(otherwise)).exclude(queue=Queue.GOLD)


def _same_text() -> QuerySet[Label]:
    return _looks().filter(example=OuterRef("example"), revision=OuterRef("revision"))


def _wrong(labels: Any, asked: Asked) -> QuerySet[Label]:
    found: QuerySet[Label] = labels.filter(is_right=False)
    return found.filter(by=asked["by"]) if "by" in asked else found


def _answers(labels: QuerySet[Label], asked: Asked) -> QuerySet[Label]:
    if "gold" in asked:
        labels = labels.filter(example__gold=asked["gold"])
    return labels.filter(by=asked["by"]) if "by" in asked else labels


def _midnight() -> Any:
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


KINDS: dict[str, Narrow] = {
    "": lambda labels, asked: labels,
    "sampled": lambda labels, asked: labels,
    "bad": lambda labels, asked: labels.filter(verdict=BAD),
    "today": lambda labels, asked: labels.filter(at__gte=_midnight()),
    "week": lambda labels, asked: labels.filter(at__gte=timezone.now() - WEEK),
    "both": _both,
    "apart": _apart,
    "reason": _reason,
    "shared": _shared,
    "open": lambda labels, asked: labels.filter(item__sample_item__outcome=SampleItem.Outcome.DISPUTED),
    "settled": _settled,
    "overruled": _overruled,
    "looked": _looked,
    "overturned": _overturned,
}
GOLD: dict[str, Narrow] = {"gold": _wrong, "answers": _answers}
OF_TWO = ("both", "apart", "reason", "shared", "open", "settled", "overruled")
RANDOM = ("sampled", "bad")
