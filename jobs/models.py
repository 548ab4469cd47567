"""What runs in the background: a job, its parts, and the workers that are alive."""

import uuid
from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

HEARTBEAT_FRESH = timedelta(seconds=60)


class JobQuerySet(models.QuerySet["Job"]):
    def active(self) -> Self:
        return self.filter(state__in=(Job.State.QUEUED, Job.State.RUNNING))

    def untouched(self, now: datetime) -> Self:
        """Active jobs that nobody works on at the moment, although somebody should."""
        held = JobPart.objects.filter(job=OuterRef("pk"), state=JobPart.State.HELD, lease_until__gte=now)
        return self.active().filter(~Exists(held), paused_at=None)

    def closable(self, now: datetime) -> Self:
        """Active jobs whose parts are all done and that no worker is finishing."""
        open_parts = JobPart.objects.filter(job=OuterRef("pk")).exclude(state=JobPart.State.DONE)
        free = Q(closing_until=None) | Q(closing_until__lt=now)
        return self.active().filter(free, ~Exists(open_parts), paused_at=None)

    def about(self, kind: str, subject: str) -> Self:
        """Jobs of one kind about one thing, newest first."""
        return self.filter(kind=kind, subject=subject).order_by("-pk")


class Job(models.Model):
    """One piece of background work. PostgreSQL owns its state; a message to a worker is only a wake-up."""

    class State(models.TextChoices):
        QUEUED = "queued", "waiting"
        RUNNING = "running", "running"
        DONE = "done", "done"
        FAILED = "failed", "failed"
        CANCELLED = "cancelled", "cancelled"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=40)
    subject = models.CharField(max_length=80, help_text="What it is about, as `noun:id`.")
    label = models.CharField(max_length=200)
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    unit = models.CharField(max_length=30, default="records")
    total = models.BigIntegerField(null=True)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    cancel_requested = models.BooleanField(default=False)
    paused_at = models.DateTimeField(null=True, help_text="Set while a person holds it back.")
    paused_for = models.DurationField(
        default=timedelta, help_text="How long it was held back before; not counted as work."
    )
    created_at = models.DateTimeField(default=timezone.now)
    woken_at = models.DateTimeField(null=True, help_text="When a worker was last told of it.")
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    closing_by = models.CharField(max_length=120, blank=True, help_text="The process that finishes it.")
    closings = models.IntegerField(default=0, help_text="How often a worker began to finish it.")
    closing_until = models.DateTimeField(
        null=True, help_text="When the worker that finishes it counts as lost."
    )

    objects = JobQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["kind", "subject"], name="job_kind_subject"),
            models.Index(fields=["state"], condition=Q(state__in=("queued", "running")), name="job_active"),
        ]

    def __str__(self) -> str:
        return self.label

    @property
    def working(self) -> timedelta:
        """How long it has been worked on, pauses left out."""
        if self.started_at is None:
            return timedelta()
        until = self.finished_at or self.paused_at or timezone.now()
        return max(until - self.started_at - self.paused_for, timedelta())

    @property
    def is_over(self) -> bool:
        return self.state in (self.State.DONE, self.State.FAILED, self.State.CANCELLED)


class JobPartQuerySet(models.QuerySet["JobPart"]):
    def claimable(self, now: datetime) -> Self:
        """Parts that wait, and parts whose holder has not been heard of within its lease."""
        waiting = Q(state=JobPart.State.WAITING)
        lost = Q(state=JobPart.State.HELD, lease_until__lt=now)
        return self.filter(waiting | lost)


class JobPart(models.Model):
    """An independent piece of a job that one worker at a time holds by a lease."""

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        HELD = "held", "held"
        DONE = "done", "done"

    job = models.ForeignKey(Job, on_delete=models.CASCADE, related_name="parts")
    number = models.IntegerField()
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    holder = models.CharField(max_length=120, blank=True)
    fence = models.IntegerField(
        default=0, help_text="Raised by every claim; a write with an older one is refused."
    )
    attempts = models.IntegerField(default=0, help_text="Claims since the last checkpoint.")
    lease_until = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    checkpoint = models.JSONField(default=dict)
    done = models.BigIntegerField(default=0)
    error = models.TextField(blank=True)

    objects = JobPartQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [models.UniqueConstraint(fields=["job", "number"], name="jobpart_number")]
        indexes: ClassVar = [
            models.Index(fields=["job", "number"], condition=~Q(state="done"), name="jobpart_open"),
        ]

    def __str__(self) -> str:
        return f"part {self.number} of {self.job}"


class WorkerHeartbeat(models.Model):
    """When a worker was last heard of."""

    name = models.CharField(max_length=120, primary_key=True)
    seen_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name

    @classmethod
    def count_up(cls) -> int:
        """Return how many workers were heard of in the last minute."""
        return cls.objects.filter(seen_at__gt=timezone.now() - HEARTBEAT_FRESH).count()
