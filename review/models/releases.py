"""Releases: what left, which revision of what, in which files."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone

from annotate.models import Dataset, Example, Project
from jobs.models import Job
from review.models.selections import Selection


class Release(models.Model):
    """An immutable export: frozen items, files, manifest; of a `selection`, or of all that is approved."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="releases")
    name = models.CharField(max_length=80)
    format = models.CharField(max_length=20)
    datasets = models.ManyToManyField(Dataset, related_name="releases")
    selection = models.ForeignKey(Selection, null=True, on_delete=models.PROTECT, related_name="releases")
    best_first = models.BooleanField(
        default=False, help_text="Its lines stand in the order of the classifier's scores, the best first."
    )
    job = models.OneToOneField(Job, null=True, on_delete=models.PROTECT, related_name="release")
    manifest = models.JSONField(default=dict)
    examples = models.BigIntegerField(default=0)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    done_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["project", "name"], name="release_name")]
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return self.name


class ReleaseItem(models.Model):
    """One example revision in a release, at its line."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="items", db_index=False)
    position = models.BigIntegerField()
    example = models.ForeignKey(Example, on_delete=models.PROTECT, related_name="+", db_index=False)
    revision = models.IntegerField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["release", "position"], name="releaseitem_position")
        ]

    def __str__(self) -> str:
        return f"line {self.position} of {self.release}"


class ReleaseFile(models.Model):
    """One file of a release, as it was written."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="files")
    path = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    examples = models.BigIntegerField(default=0)

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["release", "path"], name="releasefile_path")]

    def __str__(self) -> str:
        return self.path
