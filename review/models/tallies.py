"""Counts of large datasets, kept so that a page need not count."""

from typing import ClassVar

from django.db import models

from annotate.models import Dataset


class Tally(models.Model):
    """What was counted of a dataset, and the stamp of what it was counted from; nobody's word, made anew at any time.

    It holds while the stamp is what `queries.stamps` says now. `seconds` is what counting took.
    """

    class Kind(models.TextChoices):
        KEPT = "kept", "what the limits keep"
        PARTS = "parts", "what they keep of each part"
        STANDINGS = "standings", "what would be released"
        TRAINING = "training", "what of that training asks for"
        DAYS = "days", "how many were approved in a day"
        ITEMS = "items", "how the samples stand"
        LABELS = "labels", "what the labels on them say"

    dataset = models.ForeignKey(Dataset, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind)
    stamp = models.CharField(max_length=64)
    counts = models.JSONField()
    seconds = models.FloatField()
    counted_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["dataset", "kind"], name="tally_once")]

    def __str__(self) -> str:
        return f"{self.kind} of {self.dataset}"
