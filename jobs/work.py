"""How a worker does a job: claim a part, run it, look for the next, close the job."""

import logging
from datetime import timedelta

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, Q
from django.utils import timezone

from jobs.failpoints import failpoint
from jobs.holders import holder_name, is_gone, machine
from jobs.kinds import KINDS, LEASE, JobCancelled, JobFailed, JobPaused, LeaseLost, Run
from jobs.models import Job, JobPart, WorkerHeartbeat
from jobs.services import job_end, job_finish, job_wake, storable

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 3
WAKE_AGAIN = timedelta(seconds=30)
# The database itself is in trouble: the hold runs out by itself and the sweeper calls again.
DATABASE_TROUBLE = (OperationalError, InterfaceError)


@transaction.atomic
def part_claim(job_pk: int) -> JobPart | None:
    """Take the first free part of an active job for one lease, or return None; never a part that another holds."""
    now = timezone.now()
    part = (
        JobPart.objects.claimable(now)
        .filter(job_id=job_pk, job__in=Job.objects.active().filter(paused_at=None))
        .select_for_update(skip_locked=True, of=("self",))
        .select_related("job")
        .order_by("number")
        .first()
    )
    if part is None:
        return None
    part.state, part.holder, part.fence = JobPart.State.HELD, holder_name(), part.fence + 1
    part.attempts, part.lease_until, part.heartbeat_at = part.attempts + 1, now + LEASE, now
    part.save(update_fields=["state", "holder", "fence", "attempts", "lease_until", "heartbeat_at"])
    Job.objects.filter(pk=job_pk, state=Job.State.QUEUED).update(state=Job.State.RUNNING, started_at=now)
    return part


def part_run(part: JobPart) -> None:
    """Run one held part to its end, or record why it stopped."""
    held = JobPart.objects.filter(pk=part.pk, fence=part.fence, state=JobPart.State.HELD)
    try:
        if part.job.cancel_requested:
            raise JobCancelled
        if part.attempts > MAX_ATTEMPTS:
            raise JobFailed(_given_up(part.error))
        KINDS[part.job.kind].run(Run(part))
        failpoint("job.before_part_done")
        held.update(state=JobPart.State.DONE, error="")
    except LeaseLost:
        log.warning("part %s of job %s went to another worker", part.number, part.job_id)
    except JobPaused:
        held.update(state=JobPart.State.WAITING, attempts=F("attempts") - 1)
    except (JobCancelled, JobFailed) as stop:
        state = Job.State.FAILED if isinstance(stop, JobFailed) else Job.State.CANCELLED
        job_end(job_pk=part.job_id, state=state, error=str(stop))
    except DATABASE_TROUBLE:
        raise
    except Exception as error:
        log.exception("part %s of job %s stopped", part.number, part.job_id)
        held.update(state=JobPart.State.WAITING, error=_reason(error))


def closing_claim(job_pk: int) -> Job | None:
    """Take an active job whose parts are all done, to finish it, or return None; one worker at a time."""
    now = timezone.now()
    with transaction.atomic():
        ready = Job.objects.closable(now).filter(pk=job_pk)
        job = ready.select_for_update(skip_locked=True, no_key=True, of=("self",)).first()
        if job:
            job.closing_by, job.closings, job.closing_until = holder_name(), job.closings + 1, now + LEASE
            job.save(update_fields=["closing_by", "closings", "closing_until"])
    return job


def job_close(job_pk: int) -> None:
    """Finish the job if it can be, or record why it cannot; tried as often as a part is."""
    while job := closing_claim(job_pk):
        try:
            if job.closings > MAX_ATTEMPTS:
                raise JobFailed(_given_up(job.error))
            job_finish(job_pk=job_pk)
            return
        except JobFailed as failure:
            job_end(job_pk=job_pk, state=Job.State.FAILED, error=str(failure))
        except DATABASE_TROUBLE:
            raise
        except Exception as error:
            log.exception("job %s could not be finished", job_pk)
            Job.objects.active().filter(pk=job_pk).update(closing_until=None, error=_reason(error))


def _given_up(reason: str) -> str:
    return f"Given up after {MAX_ATTEMPTS} attempts: {reason or 'its worker was lost each time.'}"


def _reason(error: Exception) -> str:
    return storable(f"{type(error).__name__}: {error}")


def job_work(job_pk: int) -> None:
    """Work on a job until it has no free part left, then close it if that was the last."""
    while part := part_claim(job_pk):
        part_run(part)
    failpoint("job.before_finish")
    job_close(job_pk)
    failpoint("job.after_finish")


def _release_dead_holders() -> None:
    """Free what processes of this machine held that are gone, and have it taken up at once."""
    here = f"{machine()}:"
    for job in Job.objects.active().filter(closing_until__isnull=False, closing_by__startswith=here):
        if is_gone(job.closing_by):
            same = Job.objects.filter(pk=job.pk, closings=job.closings)
            same.update(closing_until=None, woken_at=None)
    for part in JobPart.objects.filter(state=JobPart.State.HELD, holder__startswith=here):
        if is_gone(part.holder):
            held = JobPart.objects.filter(pk=part.pk, fence=part.fence, state=JobPart.State.HELD)
            if held.update(state=JobPart.State.WAITING, fence=F("fence") + 1):
                Job.objects.filter(pk=part.job_id).update(woken_at=None)


def sweep(*, starting: bool = False) -> int:
    """Wake workers again for every job that could go on but is not being worked on; return how many.

    A job whose workers were told a moment ago is left for the next sweep, unless a worker is `starting`:
    the one before it may have taken the message with it.
    """
    now = timezone.now()
    _release_dead_holders()
    lost = Q() if starting else Q(woken_at=None) | Q(woken_at__lt=now - WAKE_AGAIN)
    quiet = Job.objects.active().filter(lost, paused_at=None)
    waiting = JobPart.objects.claimable(now).values("job_id")
    closable = Job.objects.closable(now).values("pk")
    jobs = list(quiet.filter(Q(pk__in=waiting) | Q(pk__in=closable)))
    for job in jobs:
        job_wake(job=job)
    return len(jobs)


def worker_seen() -> None:
    """Record that this machine's worker is alive, and forget those not heard of for a day."""
    now = timezone.now()
    WorkerHeartbeat.objects.update_or_create(name=holder_name(), defaults={"seen_at": now})
    WorkerHeartbeat.objects.filter(seen_at__lt=now - timedelta(days=1)).delete()


def worker_gone() -> None:
    """Forget this machine's worker, which stops."""
    WorkerHeartbeat.objects.filter(name=holder_name()).delete()
