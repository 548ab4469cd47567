"""The quality classifier's versions, and when a project trains another."""

from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from annotate.models import Project
from review.quality.strategies import Strategy


class ClassifierVersionQuerySet(models.QuerySet["ClassifierVersion"]):
    def active(self) -> Self:
        return self.filter(activated_at__isnull=False, retired_at=None)


class ClassifierVersion(models.Model):
    """A model fitted to the labels of a project; immutable but for being activated and retired.

    `artefact` is the npz and `card` the JSON of `review.quality.artefacts`; `digest` (SHA-256, hex) is of both.
    `evaluation` is how it does on labels of the random sample that it was not fitted to; `held_out` the npz of those
    predictions, one for each label it was fitted to.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="classifiers")
    number = models.IntegerField()
    step = models.CharField(max_length=10, help_text="What it is made of, by how many labels there were.")
    good = models.IntegerField()
    bad = models.IntegerField()
    labels_digest = models.CharField(max_length=64)
    digest = models.CharField(max_length=64)
    artefact = models.BinaryField()
    card = models.TextField()
    evaluation = models.JSONField()
    held_out = models.BinaryField()
    seconds = models.FloatField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now, editable=False)
    activated_at = models.DateTimeField(null=True)
    activated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    retired_at = models.DateTimeField(null=True)

    objects = ClassifierVersionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "number"], name="classifier_number"),
            models.UniqueConstraint(
                fields=["project"],
                condition=Q(activated_at__isnull=False, retired_at=None),
                name="classifier_active_once",
            ),
        ]
        ordering: ClassVar = ["-number"]

    def __str__(self) -> str:
        return f"classifier {self.number}"

    @property
    def imported(self) -> int:
        """How many of its labels came with the data."""
        found = self.evaluation.get("imported") or {"good": 0, "bad": 0}
        return int(found["good"] + found["bad"])

    @property
    def is_active(self) -> bool:
        return self.activated_at is not None and self.retired_at is None


class ClassifierRules(models.Model):
    """When a project trains by itself, and how examples are picked for the targeted queue.

    `every` is after how many new labels another version is trained, 0 for never; `activates` says whether one that
    is surely better than the active one takes its place by itself. `targeted` is how many picked examples the
    targeted queue is kept at, 0 for none; `uncertain` the share of them that `strategy` picks, the others are random.

    `imported_key` is the key of imported records that holds a label, empty where imported labels are not learnt from;
    `imported_good` and `imported_bad` are the values that stand for good and bad, and `imported_weight` is what such a
    label counts beside a reviewer's 1.
    """

    project = models.OneToOneField(Project, on_delete=models.CASCADE, related_name="classifier_rules")
    every = models.IntegerField(default=50)
    activates = models.BooleanField(default=False)
    targeted = models.IntegerField(default=0)
    uncertain = models.FloatField(default=0.5)
    strategy = models.CharField(
        max_length=10, choices=[(each.value, each.label) for each in Strategy], default="spread"
    )
    imported_key = models.CharField(max_length=80, blank=True)
    imported_good = models.CharField(max_length=80, default="good")
    imported_bad = models.CharField(max_length=80, default="bad")
    imported_weight = models.FloatField(default=0.25)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"classifier rules of {self.project}"
