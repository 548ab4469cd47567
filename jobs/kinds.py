"""What each kind of job does: the registry that apps fill in their `tasks.py`."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from threading import Event, Thread
from typing import Any, Protocol

from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from jobs.models import Job, JobPart

# Long enough for one chunk on a slow disk, short enough that a lost worker is replaced within a minute.
LEASE = timedelta(seconds=30)
BEAT = LEASE / 3
# What takes longer hangs, and is for another worker to try.
LONGEST = timedelta(minutes=30)


class LeaseLost(Exception):
    """Another worker holds the part now; nothing more may be written for it."""


class JobCancelled(Exception):
    """A person asked for the job to stop."""


class JobPaused(Exception):
    """A person holds the job back; what was saved stays, and the part goes on from there."""


class JobFailed(Exception):
    """The job cannot be done; the message says why, in words for a person. It is not tried again."""


class Run:
    """One worker's hold on one part: where it reads its task and writes how far it is."""

    def __init__(self, part: JobPart) -> None:
        self.part = part
        self.job = part.job
        self.fence = part.fence
        self.checkpoint: dict[str, Any] = part.checkpoint
        self.done = part.done

    def save(
        self,
        *,
        checkpoint: Mapping[str, Any] | None = None,
        done: int | None = None,
        total: int | None = None,
    ) -> None:
        """Record progress and renew the lease, in the transaction of the work it speaks of.

        Raises LeaseLost when another worker took the part over, JobCancelled when a person asked to stop,
        JobPaused when one asked to wait; each rolls that transaction back.
        """
        if not connection.in_atomic_block:
            raise transaction.TransactionManagementError(
                "progress is saved together with the work it speaks of"
            )
        fields: dict[str, Any] = {}
        if checkpoint is not None:
            fields |= {"checkpoint": dict(checkpoint), "attempts": 1}
        if done is not None:
            fields["done"] = done
        self._hold(fields, total)
        self.checkpoint = fields.get("checkpoint", self.checkpoint)
        self.done = fields.get("done", self.done)

    def renew(self) -> None:
        """Renew the lease where one step of the work takes longer than a third of it. Raises as `save` does."""
        self._hold({}, None)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keep the lease while one transaction of unknown length is begun and ended, by way of another connection.

        What its worker cannot say before it commits nobody else would see: the lease would run out in the middle.
        """
        over = Event()
        beats = Thread(target=self._beat, args=[over], daemon=True)
        beats.start()
        try:
            yield
        finally:
            over.set()
            beats.join()

    def _beat(self, over: Event) -> None:
        try:
            for _ in range(LONGEST // BEAT):
                if over.wait(BEAT.total_seconds()):
                    return
                with suppress(JobCancelled, JobPaused):  # for the transaction to find at its end
                    self.renew()
        except (LeaseLost, DatabaseError):
            return  # found there too
        finally:
            connection.close()

    def _hold(self, fields: dict[str, Any], total: int | None) -> None:
        now = timezone.now()
        held = JobPart.objects.filter(pk=self.part.pk, fence=self.fence, state=JobPart.State.HELD)
        if not held.update(**fields, lease_until=now + LEASE, heartbeat_at=now):
            raise LeaseLost
        if total is not None:
            Job.objects.filter(pk=self.job.pk).update(total=total)
        asked = Job.objects.filter(pk=self.job.pk).values_list("cancel_requested", "paused_at").first()
        if asked and asked[0]:
            raise JobCancelled
        if asked and asked[1]:
            raise JobPaused


@dataclass(frozen=True, slots=True)
class Rate:
    """How much one step of a job has done, and in how many seconds of one worker's time."""

    label: str
    done: int
    seconds: float

    @property
    def per_second(self) -> float | None:
        return self.done / self.seconds if self.seconds > 0 else None


class FinishHook(Protocol):
    def __call__(self, job: Job) -> dict[str, Any]: ...


def nothing(job: Job) -> None:
    """Do nothing when a job is given up: what it leaves needs no cleaning."""


def no_rates(job: Job) -> list["Rate"]:
    """Tell nothing of the steps that a job is made of."""
    return []


def nowhere(job: Job) -> str:
    """Name no page: the job's own says it all."""
    return ""


@dataclass(frozen=True, slots=True)
class Kind:
    """How one kind of job is run, ended, and who may see it.

    `run` works on one part and may be started again from its last checkpoint; `finish` runs once, in the
    transaction that marks the job done, and returns its result; `abandon` cleans up a failed or cancelled
    job in the transaction that marks it so. `page` is the address of what the job is about; `plural` names
    such jobs in a sentence, capitalised; `rates` tells how fast each step of one goes.
    """

    slug: str
    run: Callable[[Run], None]
    finish: FinishHook
    may_see: Callable[[Any, Job], bool]
    may_cancel: Callable[[Any, Job], bool]
    abandon: Callable[[Job], None] = nothing
    page: Callable[[Job], str] = nowhere
    plural: str = "Jobs"
    rates: Callable[[Job], Sequence[Rate]] = no_rates


KINDS: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    """Add a kind to the registry; a second one of the same slug is a mistake."""
    if kind.slug in KINDS:
        raise ValueError(f"job kind {kind.slug!r} is registered twice")
    KINDS[kind.slug] = kind
    return kind
