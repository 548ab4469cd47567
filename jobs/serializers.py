"""A job as the API shows it: what it is, how far it is, and what came of it."""

from collections.abc import Mapping
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.reverse import reverse

from jobs.models import Job
from jobs.queries import Progress


class JobSerializer(serializers.Serializer[Progress]):
    """A job and its progress; `share` and `remaining_seconds` are null while nobody can tell."""

    id = serializers.UUIDField(source="job.public_id")
    kind = serializers.CharField(source="job.kind", help_text="What kind of work, as `train-classifier`.")
    label = serializers.CharField(  # type: ignore[assignment]  # a field of the answer, not the serializer's own label
        source="job.label", help_text="What it does, in words."
    )
    state = serializers.ChoiceField(Job.State.choices, source="job.state")
    is_over = serializers.BooleanField(source="job.is_over", help_text="Whether anything can still change.")
    is_paused = serializers.SerializerMethodField(help_text="Whether a person holds it back.")
    waits_for_worker = serializers.BooleanField(help_text="Whether no worker is running that could do it.")
    done = serializers.IntegerField(help_text="How many units are done.")
    total = serializers.IntegerField(source="job.total", allow_null=True, help_text="Of how many.")
    unit = serializers.CharField(source="job.unit", help_text="Of what.")
    share = serializers.FloatField(allow_null=True, help_text="How much is done, 0 to 100.")
    remaining_seconds = serializers.SerializerMethodField(help_text="How long it may still take.")
    error = serializers.CharField(source="job.error", help_text="Why it failed; else empty.")
    result = serializers.DictField(source="job.result", help_text="What came of it once it is done, by kind.")
    created_at = serializers.DateTimeField(source="job.created_at")
    started_at = serializers.DateTimeField(source="job.started_at", allow_null=True)
    finished_at = serializers.DateTimeField(source="job.finished_at", allow_null=True)
    url = serializers.SerializerMethodField(help_text="Where to ask how far it is.")

    def get_is_paused(self, progress: Progress) -> bool:
        return progress.job.paused_at is not None

    def get_remaining_seconds(self, progress: Progress) -> int | None:
        return None if progress.remaining is None else round(progress.remaining.total_seconds())

    @extend_schema_field(OpenApiTypes.URI)
    def get_url(self, progress: Progress) -> str:
        return job_address(progress.job, self.context)


def job_address(job: Job, context: Mapping[str, Any]) -> str:
    """Return where the API tells how far a job is."""
    return reverse("api:job", kwargs={"public_id": job.public_id}, request=context["request"])
