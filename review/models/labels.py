"""What people decided: labels on examples, decisions on datasets. Both are append-only."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from annotate.models import Dataset, Example
from review.models.samples import SampleItem


class Label(models.Model):
    """Good or bad, by one person on one revision; a person's newest label on an example counts."""

    class Verdict(models.TextChoices):
        GOOD = "good", "good"
        BAD = "bad", "bad"
        UNDONE = "undone", "undone"

    class Reason(models.TextChoices):
        INCORRECT = "incorrect", "incorrect"
        INCOMPLETE = "incomplete", "incomplete"
        IGNORES = "ignores_instruction", "ignores the instruction"
        UNCLEAR = "unclear_instruction", "unclear instruction"
        STYLE = "format_or_style", "format or style"
        UNSAFE = "unsafe", "unsafe"
        DUPLICATE = "duplicate", "duplicate"
        OTHER = "other", "other"

    example = models.ForeignKey(Example, on_delete=models.PROTECT, related_name="labels")
    revision = models.IntegerField()
    item = models.ForeignKey(SampleItem, null=True, on_delete=models.PROTECT, related_name="labels")
    verdict = models.CharField(max_length=6, choices=Verdict)
    reasons = ArrayField(models.CharField(max_length=40, choices=Reason), default=list)
    note = models.TextField(blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="labels")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes: ClassVar = [models.Index(fields=["by", "-id"], name="label_by_newest")]

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
