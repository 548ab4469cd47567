"""What people decided: labels on examples, decisions on datasets. Both are append-only."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from annotate.models import Dataset, Example
from review.models.queue import Queue, QueueItem


class Label(models.Model):
    """Good or bad, by one person on one revision; a person's newest label on an example counts.

    `reasons` are slugs of the project's list. A label of the gold queue checks its reviewer and says nothing of the
    example; one of adjudication or of a second look settles it. `fix` is the label that a reviewer's own text brings.
    """

    class Verdict(models.TextChoices):
        GOOD = "good", "good"
        BAD = "bad", "bad"
        UNDONE = "undone", "undone"

    example = models.ForeignKey(Example, on_delete=models.PROTECT, related_name="labels")
    revision = models.IntegerField()
    item = models.ForeignKey(QueueItem, null=True, on_delete=models.PROTECT, related_name="labels")
    queue = models.CharField(max_length=12, choices=[*Queue.choices, ("fix", "fix")], default=Queue.SAMPLE)
    verdict = models.CharField(max_length=6, choices=Verdict)
    reasons = ArrayField(models.CharField(max_length=40), default=list)
    note = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="labels")
    at = models.DateTimeField(default=timezone.now)
    seconds = models.FloatField(null=True, help_text="Spent on the decision, idle time left out.")

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["by", "-id"], name="label_by_newest"),
            models.Index(fields=["at"], name="label_by_time"),
            models.Index(fields=["by", "-id"], condition=models.Q(queue=Queue.GOLD), name="label_gold"),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} by {self.by}"


class DatasetDecision(models.Model):
    """A manager's word on a dataset, with the estimate that was before them; the newest counts."""

    class Verdict(models.TextChoices):
        ACCEPTED = "accepted", "accepted"
        HELD = "held", "held"
        REJECTED = "rejected", "rejected"

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="decisions")
    verdict = models.CharField(max_length=8, choices=Verdict)
    note = models.TextField(blank=True)
    evidence = models.JSONField(default=dict)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return f"{self.dataset} {self.verdict}"
