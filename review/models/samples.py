"""The frozen random sample, and who holds which item of it."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from annotate.models import Dataset, Example, Import
from review.models.screening import PolicyVersion


class Sample(models.Model):
    """The random share of what the limits kept of one import (or of what was written), fixed by its seed."""

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="samples")
    source_import = models.OneToOneField(Import, null=True, on_delete=models.PROTECT, related_name="sample")
    seed = models.BinaryField(max_length=32)
    bound = models.BinaryField(
        max_length=32, help_text="The largest key drawn; whatever is kept and below it belongs."
    )
    size = models.IntegerField()
    population = models.BigIntegerField()
    population_digest = models.CharField(max_length=64)
    policy = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["dataset"], condition=Q(source_import=None), name="one_sample_of_what_was_written"
            )
        ]

    def __str__(self) -> str:
        return f"sample of {self.source_import or self.dataset}"


class SampleItemQuerySet(models.QuerySet["SampleItem"]):
    def open(self) -> Self:
        return self.filter(decided_at=None)

    def held_by(self, user: Any, now: datetime) -> Self:
        return self.open().filter(claimed_by=user, claimed_until__gt=now)


class SampleItem(models.Model):
    """One example of a sample, claimed by one reviewer at a time."""

    sample = models.ForeignKey(Sample, on_delete=models.CASCADE, related_name="items", db_index=False)
    example = models.ForeignKey(Example, on_delete=models.PROTECT, related_name="sample_items")
    key = models.BinaryField(
        max_length=32, help_text="SHA-256 of seed and public id; the order of the queue."
    )
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    claimed_until = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)

    objects = SampleItemQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sample", "example"], name="sampleitem_example")
        ]
        indexes: ClassVar = [
            models.Index(fields=["sample", "key"], condition=Q(decided_at=None), name="sampleitem_open"),
            models.Index(
                fields=["claimed_by"],
                condition=Q(decided_at=None, claimed_by__isnull=False),
                name="sampleitem_held",
            ),
        ]

    def __str__(self) -> str:
        return f"example {self.example_id} in {self.sample}"


class Skip(models.Model):
    """A reviewer passed an item on to somebody else; kept, because a skipped item is an answer not given."""

    item = models.ForeignKey(SampleItem, on_delete=models.CASCADE, related_name="skips")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["item", "by"], name="skip_once")]

    def __str__(self) -> str:
        return f"{self.by} skipped {self.item}"
