"""Changes to jobs: start, cancel, end, and the wake-ups that make workers look."""

import logging
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.module_loading import import_string

from jobs.kinds import KINDS
from jobs.models import Job, JobPart

log = logging.getLogger(__name__)

ERROR_LENGTH = 2000


def storable(text: str) -> str:
    """Return `text` without what PostgreSQL cannot keep, cut to the length of a reason.

    Reasons quote data; a NUL or a lone surrogate in one would otherwise keep a job from ever failing.
    """
    return text.replace("\0", "�").encode(errors="replace").decode()[:ERROR_LENGTH]


def job_start(
    *,
    kind: str,
    subject: str,
    label: str,
    by: Any,
    payload: Mapping[str, Any],
    parts: Sequence[Mapping[str, Any]] = ({},),
    unit: str = "records",
    total: int | None = None,
) -> Job:
    """Write a job and its parts in the caller's transaction; workers are woken when that commits."""
    with transaction.atomic():
        job = Job.objects.create(
            kind=KINDS[kind].slug,
            subject=subject,
            label=label[:200],
            by=by,
            payload=dict(payload),
            unit=unit,
            total=total,
        )
        JobPart.objects.bulk_create(
            [JobPart(job=job, number=number, payload=dict(part)) for number, part in enumerate(parts)],
            batch_size=1000,
        )
        transaction.on_commit(partial(job_wake, job=job, messages=len(parts)))
    return job


def job_wake(*, job: Job, messages: int = 1) -> None:
    """Tell workers to look at the job. A lost message does no harm: the sweeper sends it again."""
    Job.objects.filter(pk=job.pk).update(woken_at=timezone.now())
    try:
        for _ in range(min(max(messages, 1), settings.WORKER_CONCURRENCY)):
            current_app.send_task("jobs.run", args=[job.pk], retry=False)
    except Exception as error:  # noqa: BLE001  every broker has its own errors, and none may fail a request
        log.warning("no wake-up could be sent for job %s: %s", job.pk, error)


def job_cancel(*, job: Job, by: Any) -> Job:
    """Ask for the job to stop: its workers do at their next checkpoint, and without a live one it ends at once."""
    asked = Job.objects.active().filter(pk=job.pk, cancel_requested=False)
    asked.update(cancel_requested=True, error=storable(f"Cancelled by {by}."))
    held = job.parts.filter(state=JobPart.State.HELD, lease_until__gte=timezone.now())
    if not held.exists():
        job_end(job_pk=job.pk, state=Job.State.CANCELLED)
    job.refresh_from_db()
    return job


def job_pause(*, job: Job) -> Job:
    """Hold a job back: its workers stop at their next checkpoint, and none takes it up until it is resumed."""
    Job.objects.active().filter(pk=job.pk, paused_at=None).update(paused_at=timezone.now())
    job.refresh_from_db()
    return job


@transaction.atomic
def job_resume(*, job: Job) -> Job:
    """Let a job that was paused go on from its checkpoints."""
    job = Job.objects.select_for_update(no_key=True).get(pk=job.pk)
    if job.paused_at and not job.is_over:
        job.paused_for += timezone.now() - job.paused_at
        job.paused_at = None
        job.save(update_fields=["paused_at", "paused_for"])
        transaction.on_commit(partial(job_wake, job=job, messages=job.parts.count()))
    return job


@transaction.atomic
def job_end(*, job_pk: int, state: str, error: str = "") -> None:
    """Mark an active job failed or cancelled and clean up what it left; without `error` its reason stays.

    The parts are closed first: a worker that still writes for one waits on that row or finds its hold gone,
    so nothing can appear after the cleaning. Everybody locks parts, in their order, before the job.
    """
    open_parts = JobPart.objects.filter(job_id=job_pk).exclude(state=JobPart.State.DONE)
    closed = list(open_parts.order_by("number").select_for_update().values_list("pk", flat=True))
    job = Job.objects.select_for_update(no_key=True).get(pk=job_pk)
    if job.is_over:
        return
    JobPart.objects.filter(pk__in=closed).update(state=JobPart.State.DONE, fence=F("fence") + 1)
    reason = storable(error) or job.error
    if not _abandon(job):
        reason = f"{reason} What it had written so far could not be removed.".strip()
    job.state, job.error, job.finished_at = state, reason, timezone.now()
    job.save(update_fields=["state", "error", "finished_at"])


def _abandon(job: Job) -> bool:
    kind = KINDS.get(job.kind)
    try:
        with transaction.atomic():
            if kind:
                kind.abandon(job)
    except (OperationalError, InterfaceError):
        raise
    except Exception:
        # A job that cannot be ended would be taken up for ever.
        log.exception("what job %s left could not be removed", job.pk)
        return False
    return True


@transaction.atomic
def job_finish(*, job_pk: int) -> None:
    """Mark the job done, in one transaction with what the kind does last and the jobs that follow.

    Does nothing while a part is open, and cancels where a person asked to stop.
    """
    job = Job.objects.select_for_update(no_key=True).get(pk=job_pk)
    if job.is_over or job.parts.exclude(state=JobPart.State.DONE).exists():
        return
    if job.cancel_requested:
        job_end(job_pk=job_pk, state=Job.State.CANCELLED)
        return
    job.result = KINDS[job.kind].finish(job)
    job.state, job.error, job.finished_at = Job.State.DONE, "", timezone.now()
    job.save(update_fields=["state", "error", "finished_at", "result"])
    for path in settings.JOB_FOLLOW_UPS.get(job.kind, ()):
        import_string(path)(job)
