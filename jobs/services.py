"""Changes to jobs: start, cancel, end, and the wake-ups that make workers look."""

import logging
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.module_loading import import_string
from kombu.exceptions import OperationalError as BrokerError

from jobs.kinds import KINDS, JobFailed
from jobs.models import Job, JobPart

log = logging.getLogger(__name__)


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
    job = Job.objects.create(
        kind=KINDS[kind].slug, subject=subject, label=label, by=by, payload=dict(payload), unit=unit, total=total
    )
    JobPart.objects.bulk_create(
        JobPart(job=job, number=number, payload=dict(part)) for number, part in enumerate(parts)
    )
    transaction.on_commit(partial(job_wake, job=job, messages=len(parts)))
    return job


def job_wake(*, job: Job, messages: int = 1) -> None:
    """Tell workers to look at the job. A lost message does no harm: the sweeper sends it again."""
    Job.objects.filter(pk=job.pk).update(woken_at=timezone.now())
    try:
        for _ in range(min(max(messages, 1), settings.WORKER_CONCURRENCY)):
            current_app.send_task("jobs.run", args=[job.pk], retry=False)
    except (BrokerError, OSError) as error:
        log.warning("no wake-up could be sent for job %s: %s", job.pk, error)


def job_cancel(*, job: Job, by: Any) -> Job:
    """Ask for the job to stop; its workers stop at their next checkpoint."""
    Job.objects.filter(pk=job.pk).update(cancel_requested=True)
    if not job.parts.filter(state=JobPart.State.HELD).exists():
        job_end(job_pk=job.pk, state=Job.State.CANCELLED, error=f"Cancelled by {by}.")
    job.refresh_from_db()
    return job


@transaction.atomic
def job_end(*, job_pk: int, state: str, error: str = "") -> None:
    """Mark an active job failed or cancelled and clean up what it left.

    The parts are closed first: a worker that still writes for one waits on that row or finds its hold gone,
    so nothing can appear after the cleaning.
    """
    job = Job.objects.select_for_update().get(pk=job_pk)
    if job.is_over:
        return
    JobPart.objects.filter(job=job).exclude(state=JobPart.State.DONE).update(state=JobPart.State.DONE)
    KINDS[job.kind].abandon(job)
    job.state, job.error, job.finished_at = state, error, timezone.now()
    job.save(update_fields=["state", "error", "finished_at"])


@transaction.atomic
def job_finish(*, job_pk: int) -> bool:
    """Mark the job done if every part is, in one transaction with what the kind does last; say whether it is over."""
    job = Job.objects.select_for_update().get(pk=job_pk)
    if job.is_over:
        return True
    if job.parts.exclude(state=JobPart.State.DONE).exists():
        return False
    job.result = KINDS[job.kind].finish(job)
    job.state, job.finished_at = Job.State.DONE, timezone.now()
    job.save(update_fields=["state", "finished_at", "result"])
    for path in settings.JOB_FOLLOW_UPS.get(job.kind, ()):
        import_string(path)(job)
    return True


def job_close(*, job_pk: int) -> None:
    """Finish the job if it can be, and fail it with the reason if what the kind does last cannot be done."""
    try:
        job_finish(job_pk=job_pk)
    except JobFailed as failure:
        job_end(job_pk=job_pk, state=Job.State.FAILED, error=str(failure))
