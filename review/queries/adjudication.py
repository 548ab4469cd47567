"""Disputes: sampled examples whose two labels differ, as whoever settles them sees them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from annotate.access import Access
from annotate.models import Example, Project
from annotate.queries import text_at
from annotate.records import Conversation
from review.models import Label, Queue, QueueItem, SampleItem, Skip
from review.models.queue import ADJUDICATION_RANK, BLIND, QueueItemQuerySet
from review.queries.outcomes import untaken
from review.queries.rules import Reason, rules_of


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one person said of a disputed example; `name` is a pseudonym for whoever does not manage the project."""

    label: Label
    name: str
    reasons: tuple[Reason, ...]

    @property
    def is_good(self) -> bool:
        return self.label.verdict == Label.Verdict.GOOD


@dataclass(frozen=True, slots=True)
class Dispute:
    """A disputed example: the text that was judged, both labels in the order they were given, who settled it or may.

    `mine`: the person who looks labelled it, so that only as a manager they may settle it. `held_by` is the name
    of whoever else has it before them.
    """

    item: QueueItem
    example: Example
    revision: int
    conversation: Conversation
    opinions: tuple[Opinion, ...]
    settled: Opinion | None
    mine: bool
    held_by: str

    @property
    def is_current(self) -> bool:
        return self.revision == self.example.revision


def disputes(project: Project) -> QuerySet[QueueItem]:
    """Return the project's open disputes in the order in which they are handed out."""
    items = _items(project).open().filter(sample_item__outcome=SampleItem.Outcome.DISPUTED)
    return items.order_by("batch", "key", "pk")


def disputes_for(access: Access) -> QuerySet[QueueItem]:
    """Return the open disputes that a person may settle and did not skip.

    A manager may settle any that they did not write, others only what they did not label either.
    """
    found = disputes(access.project).exclude(example__author=access.user)
    found = found.filter(~Exists(_skips_of(access)))
    if access.manages:
        return found
    seats = QueueItem.objects.filter(
        sample_item=OuterRef("sample_item"), queue__in=BLIND, claimed_by=access.user
    )
    return found.filter(~Exists(seats))


def disputes_skipped(access: Access) -> int:
    """Count the open disputes that a person left to somebody else."""
    return disputes(access.project).filter(Exists(_skips_of(access)), rank=ADJUDICATION_RANK).count()


def disputes_waiting(access: Access) -> int:
    """Count the open disputes that a person may settle; over the index of open items."""
    return disputes_for(access).filter(rank=ADJUDICATION_RANK).count()


def dispute_held(access: Access, now: datetime) -> QueueItem | None:
    """Return the dispute that a person holds, or None."""
    return disputes_for(access).filter(claimed_by=access.user, claimed_until__gt=now).first()


def dispute(item: QueueItem, access: Access, now: datetime | None = None) -> Dispute:
    """Return a dispute with what a page shows of it."""
    opinions = opinions_of(untaken(Label.objects.filter(item__sample_item=item.sample_item_id)), access)
    said = tuple(each for each in opinions if each.label.queue in BLIND)
    settled = next((each for each in opinions if each.label.queue == Queue.ADJUDICATION), None)
    revision = item.fixed_revision or item.example.revision
    conversation = text_at(item.example, revision)
    mine = any(each.label.by_id == access.user.pk for each in said)
    return Dispute(
        item, item.example, revision, conversation, said, settled, mine, held_by(item, access, now)
    )


def opinions_of(labels: QuerySet[Label] | Sequence[Label], access: Access) -> tuple[Opinion, ...]:
    """Return labels as somebody may read them, in their order; those yet to be read in that of their making."""
    known = {reason.slug: reason for reason in rules_of(access.project).reasons}
    found = labels.select_related("by").order_by("pk") if isinstance(labels, QuerySet) else labels
    return tuple(
        Opinion(
            label,
            str(label.by) if access.manages or label.by_id == access.user.pk else label.by.pseudonym,
            tuple(known.get(slug) or Reason(slug, slug) for slug in label.reasons),
        )
        for label in found
    )


def held_by(item: QueueItem, access: Access, now: datetime | None) -> str:
    """Name whoever else has an item before them; "" where nobody does."""
    who, until = item.claimed_by, item.claimed_until
    if item.decided_at or who is None or who == access.user or not until or until <= (now or timezone.now()):
        return ""
    return str(who) if access.manages else who.pseudonym


def _skips_of(access: Access) -> QuerySet[Skip]:
    return Skip.objects.filter(item=OuterRef("pk"), by=access.user)


def _items(project: Project) -> QueueItemQuerySet:
    found = QueueItem.objects.filter(project=project, queue=Queue.ADJUDICATION)
    rows: QueueItemQuerySet = found.select_related(
        "sample_item__sample__source_import", "example__dataset__project", "claimed_by"
    )
    return rows
