"""What the scorers found, and the versions of a project's policy."""

from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone

from annotate.models import Example, Project


class PolicyVersion(models.Model):
    """A project's set of limits as it stood from `created_at` on; a change is a new version."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="policy_versions")
    version = models.IntegerField()
    limits = models.JSONField()
    note = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["project", "version"], name="policy_version")
        ]
        ordering: ClassVar = ["-version"]

    def __str__(self) -> str:
        return f"policy version {self.version}"


class Measurement(models.Model):
    """What the scorers found for one example revision; stale once the example's revision is higher."""

    example = models.OneToOneField(
        Example, primary_key=True, on_delete=models.CASCADE, related_name="measurement"
    )
    revision = models.IntegerField()
    scorers = models.CharField(max_length=200, help_text="The scorers' slugs and versions that found it.")
    format_issues = ArrayField(models.CharField(max_length=40), default=list)
    format_blocks = models.SmallIntegerField(null=True, help_text="How many of the format issues block.")
    tokens = models.IntegerField(null=True)
    counted_by = models.CharField(max_length=60, blank=True)

    def __str__(self) -> str:
        return f"measurement of example {self.example_id}"
