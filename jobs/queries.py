"""Questions about jobs: how far one is, and whether anybody works."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Sum
from django.utils import timezone

from jobs.models import Job, WorkerHeartbeat


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is; `rate` in units per second, `share` from 0 to 100, both None while unknown."""

    job: Job
    done: int
    rate: float | None
    share: float | None
    remaining: timedelta | None
    workers_up: int

    @property
    def waits_for_worker(self) -> bool:
        return not self.job.is_over and self.workers_up == 0


def progress_of(job: Job) -> Progress:
    """Add up what the parts have done and estimate the end from the rate so far."""
    done = job.parts.aggregate(done=Sum("done"))["done"] or 0
    until = job.finished_at or timezone.now()
    seconds = (until - job.started_at).total_seconds() if job.started_at else 0.0
    rate = done / seconds if seconds > 0 and done else None
    share = min(100.0, 100 * done / job.total) if job.total else None
    remaining = timedelta(seconds=round((job.total - done) / rate)) if rate and job.total and done < job.total else None
    if job.is_over:
        remaining = None
    return Progress(job, done, rate, share, remaining, WorkerHeartbeat.count_up())


def work_is_waiting() -> bool:
    """Say whether jobs wait while no worker has been heard of for a minute."""
    return WorkerHeartbeat.count_up() == 0 and Job.objects.active().exists()
