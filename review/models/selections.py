"""Selections: the best examples of a project and about as many things as the whole, chosen once and kept."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from annotate.models import Dataset, Example, Project
from jobs.models import Job
from review.models.classifiers import ClassifierVersion


class Selection(models.Model):
    """The best `size` examples of some datasets by a version of the classifier, spread over topics; frozen when done.

    `spread` is how much diversity counts against quality, 0 for not at all; `topics` into how many topics the
    texts are parted, `seed` what settles ties and starts. The same texts and scores give the same selection again:
    `digest` (SHA-256, hex) is of the chosen public ids in their order.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="selections")
    name = models.CharField(max_length=80)
    datasets = models.ManyToManyField(Dataset, related_name="selections")
    size = models.IntegerField()
    spread = models.FloatField(default=1.0)
    topics = models.IntegerField(default=50)
    seed = models.BigIntegerField(default=0)
    classifier = models.ForeignKey(ClassifierVersion, on_delete=models.PROTECT, related_name="+")
    policy_version = models.IntegerField(null=True)
    pool = models.IntegerField(null=True, help_text="How many examples it was chosen from.")
    alike = models.IntegerField(
        null=True, help_text="How many were left out beside a better one nearly the same."
    )
    unscored = models.IntegerField(
        null=True, help_text="How many were left out for want of a score by the classifier."
    )
    examples = models.IntegerField(null=True, help_text="How many were chosen.")
    profile = models.JSONField(
        default=dict, help_text="Topics and scores of the pool and of what was chosen, counted."
    )
    digest = models.CharField(max_length=64, blank=True)
    job = models.OneToOneField(Job, null=True, on_delete=models.PROTECT, related_name="selection")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    done_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["project", "name"], name="selection_name")]
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return self.name


class SelectionItem(models.Model):
    """One chosen example revision: its place in the order of choice, its topic, its score and what it was chosen by."""

    selection = models.ForeignKey(Selection, on_delete=models.CASCADE, related_name="items", db_index=False)
    position = models.IntegerField()
    example = models.ForeignKey(Example, on_delete=models.PROTECT, related_name="+")
    revision = models.IntegerField()
    topic = models.IntegerField()
    score = models.FloatField()
    value = models.FloatField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["selection", "position"], name="selectionitem_position"),
            models.UniqueConstraint(fields=["selection", "example"], name="selectionitem_once"),
        ]

    def __str__(self) -> str:
        return f"place {self.position} of {self.selection}"
