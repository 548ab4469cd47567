"""What a project brings for its scorers: a tokenizer of its own, evaluation sets."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from annotate.models import Project


class Tokenizer(models.Model):
    """An uploaded tokenizer.json; counts name it by its SHA-256, so its bytes never change."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="tokenizers")
    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    content = models.BinaryField()
    size = models.BigIntegerField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "sha256"], name="tokenizer_in_project")
        ]
        ordering: ClassVar = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class EvaluationSet(models.Model):
    """Items that a model will be tested on, so that no example may hold them."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="evaluation_sets")
    name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64, help_text="Of the items' texts in their order.")
    count = models.IntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "sha256"], name="evaluationset_in_project")
        ]
        ordering: ClassVar = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class EvaluationText(models.Model):
    """One item of an evaluation set, numbered from 1."""

    evaluation_set = models.ForeignKey(EvaluationSet, on_delete=models.CASCADE, related_name="items")
    number = models.IntegerField()
    text = models.TextField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["evaluation_set", "number"], name="evaluationtext_number")
        ]

    def __str__(self) -> str:
        return f"item {self.number} of {self.evaluation_set}"
