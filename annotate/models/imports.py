"""Imports: one file read into one dataset, and the lines of it that could not be."""

from typing import ClassVar
from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils import timezone

from annotate.models.projects import Dataset
from jobs.models import Job


def upload_path(instance: "Import", filename: str) -> str:
    """Name the stored file ourselves: nothing of the person's file name reaches the disk."""
    return f"uploads/{uuid4()}"


class Import(models.Model):
    """One file read into one dataset; its examples can be seen once `done_at` is set."""

    public_id = models.UUIDField(default=uuid4, unique=True, editable=False)
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="imports")
    file = models.FileField(upload_to=upload_path)
    name = models.CharField(max_length=255)
    sha256 = models.CharField(max_length=64)
    size = models.BigIntegerField()
    format = models.CharField(
        max_length=20,
        blank=True,
        help_text="Slug of the format; empty means: by each record.",
    )
    job = models.OneToOneField(Job, null=True, on_delete=models.PROTECT, related_name="import_file")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    done_at = models.DateTimeField(null=True, editable=False)
    examples = models.BigIntegerField(default=0)
    errors = models.BigIntegerField(default=0)
    duplicates = models.BigIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["-pk"]

    def __str__(self) -> str:
        return self.name


class LineError(models.Model):
    """A line of an import that is no example: kept with its number and the reason."""

    source_import = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="line_errors")
    line_number = models.BigIntegerField()
    reason = models.TextField()
    excerpt = models.TextField(blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source_import", "line_number"], name="lineerror_number")
        ]
        ordering: ClassVar = ["line_number"]

    def __str__(self) -> str:
        return f"line {self.line_number}: {self.reason}"
