"""Questions about jobs: who may look, how far one is, and whether anybody works."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, Sum
from django.utils import timezone

from jobs.kinds import KINDS, Rate
from jobs.models import Job, JobPart, WorkerHeartbeat


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a job is; `rate` in units per second, `share` from 0 to 100, both None while unknown."""

    job: Job
    done: int
    rate: float | None
    share: float | None
    remaining: timedelta | None
    workers_up: int
    is_held: bool = False
    rates: Sequence[Rate] = ()

    @property
    def waits_for_worker(self) -> bool:
        """Say whether nobody is there to do it; a command may be, where no worker is."""
        return not (self.job.is_over or self.job.paused_at or self.workers_up or self.is_held)


def progress_of(job: Job) -> Progress:
    """Add up what the parts have done and estimate the end from the rate so far."""
    now = timezone.now()
    held = Count("pk", filter=Q(state=JobPart.State.HELD, lease_until__gte=now))
    parts = job.parts.aggregate(done=Sum("done"), held=held)
    done, seconds = parts["done"] or 0, job.working.total_seconds()
    rate = done / seconds if seconds > 0 and done else None
    share = min(100.0, 100 * done / job.total) if job.total else None
    remaining = None
    if rate and job.total and done < job.total and not (job.is_over or job.paused_at):
        remaining = timedelta(seconds=round((job.total - done) / rate))
    kind = KINDS.get(job.kind)
    rates = kind.rates(job) if kind else []
    return Progress(job, done, rate, share, remaining, WorkerHeartbeat.count_up(), parts["held"] > 0, rates)


def job_seen_by(user: Any, public_id: UUID) -> Job | None:
    """Return the job if its kind lets the person see it."""
    job = Job.objects.filter(public_id=public_id).first()
    kind = KINDS.get(job.kind) if job else None
    return job if job and kind and kind.may_see(user, job) else None


def may_cancel(user: Any, job: Job) -> bool:
    """Say whether the person may ask the job to stop or to wait, and whether that would still mean anything."""
    kind = KINDS.get(job.kind)
    return bool(kind and not job.is_over and kind.may_cancel(user, job))


def waiting_kinds() -> list[str]:
    """Name the kinds of job, in the plural, that nobody works on while no worker was heard of for a minute."""
    if WorkerHeartbeat.count_up():
        return []
    slugs = Job.objects.untouched(timezone.now()).values_list("kind", flat=True).distinct().order_by()
    return sorted({KINDS[slug].plural if slug in KINDS else "Jobs" for slug in slugs})
