"""The review queue: who holds what, for how long, and what was passed on."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from annotate.models import Example, Project
from review.models.samples import SampleItem


class Queue(models.TextChoices):
    """Why an example is looked at; only `sample`, `overlap` and `adjudication` enter an estimate."""

    SAMPLE = "sample", "sample"
    OVERLAP = "overlap", "second opinion"
    ADJUDICATION = "adjudication", "adjudication"
    MENDED = "mended", "mended"
    TARGETED = "targeted", "targeted"
    SECOND_LOOK = "second-look", "second look"
    GOLD = "gold", "gold"


# Lower ranks are handed out first; adjudication and second looks are not part of the stream.
RANKS = {Queue.GOLD: 0, Queue.MENDED: 10, Queue.SAMPLE: 20, Queue.OVERLAP: 20, Queue.TARGETED: 30}
ADJUDICATION_RANK = 50
SECOND_LOOK_RANK = 60
# The two seats of a sampled example, which know nothing of each other.
BLIND = (Queue.SAMPLE, Queue.OVERLAP)
# What is decided with both sides shown, and overrules what was said before; only adjudication enters an estimate.
SETTLING = (Queue.ADJUDICATION, Queue.SECOND_LOOK)


class QueueItemQuerySet(models.QuerySet["QueueItem"]):
    def open(self) -> Self:
        return self.filter(decided_at=None)

    def held_by(self, user: Any, now: datetime) -> Self:
        return self.open().filter(claimed_by=user, claimed_until__gt=now)


class QueueItem(models.Model):
    """One seat at one example: claimed by one person at a time, decided by one label.

    An example that is labelled twice has two seats, which never go to the same person. `for_user` reserves a
    seat; `rank` orders the queues, `batch` and `key` what is inside one. Once decided, `claimed_by` is who
    decided. `barred` lists who labelled the example in its other seat: the seats that are not for somebody may be
    many, and so they are passed over without a look at any other row.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="+", db_index=False)
    queue = models.CharField(max_length=12, choices=Queue)
    example = models.ForeignKey(Example, on_delete=models.PROTECT, related_name="queue_items")
    sample_item = models.ForeignKey(SampleItem, null=True, on_delete=models.CASCADE, related_name="seats")
    rank = models.SmallIntegerField()
    batch = models.BigIntegerField(default=0, db_default=0)
    key = models.BinaryField(max_length=32)
    for_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    claimed_until = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    revision = models.IntegerField(
        null=True,
        help_text="The text to judge where it is fixed: what the other seat judged, a gold example.",
    )
    pick = models.JSONField(null=True, help_text="Why a targeted item was picked, as it was then.")
    barred = ArrayField(models.BigIntegerField(), null=True)

    objects = QueueItemQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["sample_item", "queue"], condition=Q(sample_item__isnull=False), name="queueitem_seat"
            ),
            models.UniqueConstraint(
                fields=["sample_item", "claimed_by"],
                condition=Q(queue__in=[*BLIND], claimed_by__isnull=False),
                name="queueitem_seat_each",
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["project", "rank", "batch", "key", "id"],
                condition=Q(decided_at=None),
                name="queueitem_open",
            ),
            models.Index(
                fields=["claimed_by"],
                condition=Q(decided_at=None, claimed_by__isnull=False),
                name="queueitem_held",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.queue} of example {self.example_id}"

    @property
    def fixed_revision(self) -> int | None:
        """The revision to judge where it is not the example's newest: what the other seat judged, or a gold one."""
        return self.revision or (self.sample_item.revision if self.sample_item else None)


class Skip(models.Model):
    """A reviewer passed an item on to somebody else; kept, because a skipped item is an answer not given."""

    item = models.ForeignKey(QueueItem, on_delete=models.CASCADE, related_name="skips")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["item", "by"], name="skip_once")]

    def __str__(self) -> str:
        return f"{self.by} skipped {self.item}"
