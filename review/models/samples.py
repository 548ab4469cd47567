"""The frozen random sample: what was drawn, what its items turned out to be, how it was extended."""

import hashlib
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from annotate.models import Dataset, Example, Import
from review.models.screening import PolicyVersion
from review.sampling import EVERYTHING


class Sample(models.Model):
    """The random share of what the limits kept of one import (or of what was written), fixed by its seed.

    `size`, `population` and `population_digest` are those of the first draw; `bound` is the one that holds
    now, which an extension raises.
    """

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

    @property
    def seed_digest(self) -> str:
        """SHA-256 of the seed: may be shown at once, so that nobody can put another seed in its place later."""
        return hashlib.sha256(bytes(self.seed)).hexdigest()

    @property
    def takes_everything(self) -> bool:
        """Whether all that is kept belongs to it, whatever its key."""
        return bytes(self.bound) == EVERYTHING


class SampleStage(models.Model):
    """One draw of a sample: the first, and each that extended it; append-only, so that anyone can check it.

    The `size` smallest keys of a `population` of public ids were drawn, the largest of them is `bound`; `ids`
    names the file that lists the population, one id a line.
    """

    sample = models.ForeignKey(Sample, on_delete=models.PROTECT, related_name="stages")
    number = models.IntegerField()
    bound = models.BinaryField(max_length=32)
    size = models.IntegerField()
    population = models.BigIntegerField()
    population_digest = models.CharField(max_length=64)
    ids = models.CharField(max_length=200, blank=True)
    policy = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sample", "number"], name="samplestage_number")
        ]
        ordering: ClassVar = ["number"]

    def __str__(self) -> str:
        return f"draw {self.number} of {self.sample}"


class SampleItem(models.Model):
    """One example of a sample and what its reviewers made of it.

    `outcome` follows from the labels of its seats: good or bad where they agree or somebody adjudicated,
    disputed where they differ, null before the first; `settled` by whoever adjudicated. It speaks of `revision`,
    whatever became of the text later: mending what was sampled mends nothing else.
    """

    class Outcome(models.TextChoices):
        GOOD = "good", "good"
        BAD = "bad", "bad"
        DISPUTED = "disputed", "disputed"

    sample = models.ForeignKey(Sample, on_delete=models.CASCADE, related_name="items", db_index=False)
    example = models.ForeignKey(Example, on_delete=models.PROTECT, related_name="sample_items")
    key = models.BinaryField(
        max_length=32, help_text="SHA-256 of seed and public id; the order of the queue."
    )
    outcome = models.CharField(max_length=8, choices=Outcome, null=True)  # noqa: DJ001  not yet known is no word
    revision = models.IntegerField(null=True)
    outcome_at = models.DateTimeField(null=True)
    settled = models.BooleanField(default=False, db_default=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["sample", "example"], name="sampleitem_example")
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["sample", "outcome_at"],
                condition=Q(outcome__isnull=False),
                include=["outcome", "example", "revision"],
                name="sampleitem_known",
            ),
            models.Index(fields=["sample", "key"], name="sampleitem_order"),
        ]

    def __str__(self) -> str:
        return f"example {self.example_id} in {self.sample}"
