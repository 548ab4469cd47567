"""Every way a job gets from one state to another, and none besides."""

from collections.abc import Callable

import pytest
from django.utils import timezone

from jobs.kinds import LEASE
from jobs.models import Job, JobPart
from jobs.services import job_cancel, job_end, job_finish
from jobs.work import job_close, job_work, part_claim
from tests.jobs.conftest import StartJob

QUEUED, RUNNING, DONE, FAILED, CANCELLED = "queued", "running", "done", "failed", "cancelled"
# What the parts of a job in that state look like.
PARTS = {QUEUED: "waiting", RUNNING: "held", DONE: "done", FAILED: "done", CANCELLED: "done"}

EVENTS: dict[str, Callable[[Job], object]] = {
    "claim": lambda job: part_claim(job.pk),
    "work": lambda job: job_work(job.pk),
    "all parts done": lambda job: (job.parts.update(state="done"), job_close(job.pk)),
    "finish while a part is open": lambda job: job_finish(job_pk=job.pk),
    "fail": lambda job: job_end(job_pk=job.pk, state=FAILED, error="why"),
    "cancel": lambda job: job_cancel(job=job, by="Mara"),
    "cancel, its worker lost": lambda job: (
        job.parts.update(lease_until=timezone.now() - LEASE),
        job_cancel(job=job, by="Mara"),
    ),
}
OVER = [(state, event, state) for state in (DONE, FAILED, CANCELLED) for event in EVENTS]
TABLE = [
    (QUEUED, "claim", RUNNING),
    (QUEUED, "work", DONE),
    (QUEUED, "all parts done", DONE),
    (QUEUED, "finish while a part is open", QUEUED),
    (QUEUED, "fail", FAILED),
    (QUEUED, "cancel", CANCELLED),
    (QUEUED, "cancel, its worker lost", CANCELLED),
    (RUNNING, "claim", RUNNING),
    (RUNNING, "work", RUNNING),
    (RUNNING, "all parts done", DONE),
    (RUNNING, "finish while a part is open", RUNNING),
    (RUNNING, "fail", FAILED),
    (RUNNING, "cancel", RUNNING),
    (RUNNING, "cancel, its worker lost", CANCELLED),
    *OVER,
]


@pytest.mark.django_db
@pytest.mark.parametrize(("state", "event", "after"), TABLE)
def test_transition(start: StartJob, state: str, event: str, after: str) -> None:
    job = start()
    Job.objects.update(state=state, error="as it was")
    JobPart.objects.update(state=PARTS[state], lease_until=timezone.now() + LEASE)
    job.refresh_from_db()
    EVENTS[event](job)
    job.refresh_from_db()
    assert job.state == after
    if state in (DONE, FAILED, CANCELLED):
        assert (job.error, job.cancel_requested, job.finished_at) == ("as it was", False, None)
    else:
        assert job.is_over == (job.finished_at is not None)


@pytest.mark.django_db
def test_the_table_has_every_state_and_every_event() -> None:
    assert {(state, event) for state, event, _ in TABLE} == {
        (state, event) for state in Job.State.values for event in EVENTS
    }
