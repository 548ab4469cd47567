"""The optional judge: what a project asks a model about its examples."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from annotate.models import Project


class JudgeRubric(models.Model):
    """What a manager asks the judging model to look for, as it stood from `created_at` on; append-only.

    The newest of a project holds. What the model says by it is a value of the example and never a label.
    """

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="judge_rubrics")
    number = models.IntegerField()
    text = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "number"], name="judgerubric_number")
        ]
        ordering: ClassVar = ["-number"]

    def __str__(self) -> str:
        return f"rubric {self.number}"
