"""Counts of large datasets and of many labels, kept so that a page need not count."""

from typing import ClassVar

from django.db import models

from annotate.models import Dataset, Project


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


class LabelTally(models.Model):
    """How many good and bad verdicts the labels of a project up to the id `last` come to, by the `rule` of that time.

    Labels are only ever added. So these are still the same ones while as many of all projects, `labels`, have an id up
    to `last`: one that was being saved while others were counted has a smaller id than some of them.
    """

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="+")
    last = models.BigIntegerField()
    labels = models.BigIntegerField()
    rule = models.IntegerField()
    good = models.IntegerField()
    bad = models.IntegerField()

    def __str__(self) -> str:
        return f"labels of {self.project} up to {self.last}"


class ImportedTally(models.Model):
    """How many imported records carry a good and a bad label; it holds while `stamp` is what it would be now."""

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="+")
    stamp = models.CharField(max_length=64)
    good = models.BigIntegerField()
    bad = models.BigIntegerField()

    def __str__(self) -> str:
        return f"imported labels of {self.project}"
