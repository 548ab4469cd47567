"""The end of a job: finished in one transaction with what follows, once, whoever dies on the way."""

from typing import Any

import pytest

from jobs.kinds import LEASE, JobFailed
from jobs.models import Job
from jobs.services import job_start
from jobs.work import MAX_ATTEMPTS, job_work
from tests.jobs.conftest import SLUG, Clock, MakeKind, StartJob, finish, leave, left, part_of


def follow(job: Job) -> None:
    if not job.payload:
        job_start(kind=SLUG, subject="test:2", label="What follows", by=job.by, payload={"after": job.pk})


def follow_badly(job: Job) -> None:
    follow(job)
    raise RuntimeError("no way on")


@pytest.mark.django_db
def test_what_follows_is_started_in_the_same_transaction(start: StartJob, settings: Any) -> None:
    settings.JOB_FOLLOW_UPS = {SLUG: (f"{__name__}.follow",)}
    job = start()
    job_work(job.pk)
    after = Job.objects.exclude(pk=job.pk).get()
    assert (after.state, after.payload) == ("queued", {"after": job.pk})


@pytest.mark.django_db
def test_nothing_is_finished_where_what_follows_cannot_start(
    start: StartJob, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.JOB_FOLLOW_UPS = {SLUG: (f"{__name__}.follow_badly",)}
    job = start()
    job_work(job.pk)
    job.refresh_from_db()
    assert (Job.objects.count(), left()) == (1, ["part 0"])
    assert (job.state, job.error) == ("failed", "Given up after 3 attempts: RuntimeError: no way on")
    assert job.result == {}


@pytest.mark.django_db
def test_a_job_that_cannot_be_finished_fails_with_the_reason_at_once(
    start: StartJob, make_kind: MakeKind
) -> None:
    tries: list[int] = []

    def refuse(job: Job) -> dict[str, Any]:
        tries.append(job.pk)
        leave("half a finish")
        raise JobFailed("The disk is full. Make room and start it again.")

    make_kind(finish=refuse)
    job = start()
    job_work(job.pk)
    job.refresh_from_db()
    assert (len(tries), left()) == (1, ["part 0"])
    assert (job.state, job.error) == ("failed", "The disk is full. Make room and start it again.")


class Killed(BaseException):
    """Stands for a worker that is killed: nothing catches it, transactions are undone."""


@pytest.mark.django_db(transaction=True)
def test_a_worker_lost_while_finishing_is_replaced_at_most_three_times(
    start: StartJob, make_kind: MakeKind, clock: Clock
) -> None:
    def die(job: Job) -> dict[str, Any]:
        finish(job)
        raise Killed

    make_kind(finish=die)
    job = start()
    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(Killed):
            job_work(job.pk)
        assert left() == ["part 0"]
        job_work(job.pk)
        assert part_of(job).job.state == "running", "while its worker may live, nobody else finishes it"
        clock.advance(seconds=LEASE.total_seconds() + 1)
    job_work(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", "Given up after 3 attempts: its worker was lost each time.")


@pytest.mark.django_db(transaction=True)
def test_after_a_worker_lost_while_finishing_the_next_one_finishes(
    start: StartJob, make_kind: MakeKind, clock: Clock
) -> None:
    def die(job: Job) -> dict[str, Any]:
        finish(job)
        raise Killed

    make_kind(finish=die)
    job = start()
    with pytest.raises(Killed):
        job_work(job.pk)
    make_kind()
    clock.advance(seconds=LEASE.total_seconds() + 1)
    job_work(job.pk)
    job.refresh_from_db()
    assert (job.state, left()) == ("done", ["finish", "part 0"])
