"""What a worker does with a job: once, to its end, and with a reason where it cannot."""

import logging
from typing import Any

import pytest
from django.db import OperationalError, transaction

from jobs.kinds import LEASE, JobFailed, Run
from jobs.models import Job, JobPart, WorkerHeartbeat
from jobs.work import MAX_ATTEMPTS, job_work, part_claim
from tests.jobs.conftest import (
    Clock,
    MakeKind,
    StartJob,
    finish,
    in_threads,
    left,
    part_of,
    run_one_step,
)


@pytest.mark.django_db
def test_a_job_is_worked_to_its_end(start: StartJob) -> None:
    job = start(parts=3)
    job_work(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result, job.error) == ("done", {"marks": 3}, "")
    assert job.started_at and job.finished_at and job.started_at <= job.finished_at
    assert left() == ["finish", "part 0", "part 1", "part 2"]


@pytest.mark.django_db
def test_a_job_without_parts_is_only_finished(start: StartJob) -> None:
    job = start(parts=0)
    job_work(job.pk)
    job.refresh_from_db()
    assert (job.state, left()) == ("done", ["finish"])


@pytest.mark.django_db(transaction=True)
def test_many_parts_in_parallel_are_each_done_once_and_the_job_finished_once(
    start: StartJob, make_kind: MakeKind
) -> None:
    finishes: list[int] = []

    def count(job: Job) -> dict[str, Any]:
        finishes.append(job.pk)
        return finish(job)

    make_kind(finish=count)
    jobs = []
    for _ in range(5):
        WorkerHeartbeat.objects.all().delete()
        jobs.append(start(parts=20))
        in_threads(4, lambda: job_work(jobs[-1].pk))
        jobs[-1].refresh_from_db()
        assert (jobs[-1].state, jobs[-1].result, len(left("part"))) == ("done", {"marks": 20}, 20)
    assert finishes == [job.pk for job in jobs]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("workers", [1, 8])
def test_a_doubled_message_does_no_harm(start: StartJob, workers: int) -> None:
    job = start(parts=2)
    job_work(job.pk)
    before = Job.objects.values().get()
    in_threads(workers, lambda: job_work(job.pk))
    assert (Job.objects.values().get(), left()) == (before, ["finish", "part 0", "part 1"])


@pytest.mark.django_db
def test_a_message_about_a_job_that_is_gone_does_no_harm(db: None) -> None:
    job_work(12345)


@pytest.mark.django_db
def test_a_part_that_stops_is_tried_three_times_then_the_job_fails_with_the_reason(
    start: StartJob, make_kind: MakeKind, caplog: pytest.LogCaptureFixture
) -> None:
    tries: list[int] = []

    def stop(run: Run) -> None:
        tries.append(run.part.attempts)
        raise ZeroDivisionError("no ovens")

    make_kind(run=stop)
    job = start(parts=2)
    job_work(job.pk)
    job.refresh_from_db()
    assert tries == [1, 2, 3]
    assert (job.state, job.error) == ("failed", "Given up after 3 attempts: ZeroDivisionError: no ovens")
    assert set(job.parts.values_list("state", flat=True)) == {"done"}


@pytest.mark.django_db
def test_a_part_that_gets_further_each_time_is_not_given_up(
    start: StartJob, make_kind: MakeKind, caplog: pytest.LogCaptureFixture
) -> None:
    def stumble(run: Run) -> None:
        at = run.checkpoint.get("at", 0) + 1
        with transaction.atomic():
            run.save(checkpoint={"at": at}, done=at)
        if at < 7:
            raise RuntimeError("stumbled")

    make_kind(run=stumble)
    job = start()
    job_work(job.pk)
    job.refresh_from_db()
    assert (job.state, part_of(job).done, part_of(job).error) == ("done", 7, "")


@pytest.mark.django_db
def test_a_part_whose_worker_is_lost_each_time_fails_after_three(start: StartJob, clock: Clock) -> None:
    job = start()
    for _ in range(MAX_ATTEMPTS):
        assert part_claim(job.pk)
        clock.advance(seconds=LEASE.total_seconds() + 1)
    job_work(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", "Given up after 3 attempts: its worker was lost each time.")
    assert left() == []


@pytest.mark.django_db
def test_what_cannot_be_done_is_not_tried_again(start: StartJob, make_kind: MakeKind) -> None:
    tries: list[int] = []

    def refuse(run: Run) -> None:
        tries.append(run.part.number)
        raise JobFailed("The file is empty. Choose another.")

    make_kind(run=refuse)
    job = start(parts=3)
    job_work(job.pk)
    job.refresh_from_db()
    assert (tries, job.state, job.error) == ([0], "failed", "The file is empty. Choose another.")


@pytest.mark.django_db
@pytest.mark.parametrize("words", ["a\0b", "a\ud800b", "ab" * 5000])
@pytest.mark.parametrize("error", [JobFailed, ValueError])
def test_a_reason_that_quotes_what_cannot_be_stored_still_fails_the_job(
    start: StartJob, make_kind: MakeKind, caplog: pytest.LogCaptureFixture, words: str, error: type[Exception]
) -> None:
    def stop(run: Run) -> None:
        raise error(words)

    # The runner sends each test's log between its processes, which half a character would end.
    caplog.set_level(logging.CRITICAL, logger="jobs.work")
    make_kind(run=stop)
    job = start()
    job_work(job.pk)
    job.refresh_from_db()
    assert job.state == "failed"
    assert "a" in job.error and len(job.error) <= 2100


@pytest.mark.django_db
def test_a_job_of_a_kind_that_is_known_no_longer_fails(
    start: StartJob, caplog: pytest.LogCaptureFixture
) -> None:
    job = start()
    Job.objects.update(kind="from an older version")
    job_work(job.pk)
    job.refresh_from_db()
    assert job.state == "failed"


@pytest.mark.django_db
def test_trouble_of_the_database_counts_as_a_lost_worker_not_as_a_fault_of_the_job(
    start: StartJob, make_kind: MakeKind, clock: Clock
) -> None:
    def trouble(run: Run) -> None:
        raise OperationalError("the server closed the connection")

    make_kind(run=trouble)
    job = start()
    with pytest.raises(OperationalError):
        job_work(job.pk)
    assert (part_of(job).state, part_of(job).job.state) == ("held", "running")
    make_kind()
    clock.advance(seconds=LEASE.total_seconds() + 1)
    job_work(job.pk)
    assert part_of(job).job.state == "done"


@pytest.mark.django_db
@pytest.mark.parametrize("saves", [True, False])
def test_a_part_that_went_to_another_worker_is_left_to_it(
    start: StartJob, make_kind: MakeKind, clock: Clock, caplog: pytest.LogCaptureFixture, saves: bool
) -> None:
    def sleep_over(run: Run) -> None:
        clock.advance(seconds=LEASE.total_seconds() + 1)
        assert part_claim(run.job.pk)
        if saves:
            run_one_step(run)

    make_kind(run=sleep_over)
    job = start()
    job_work(job.pk)
    part = part_of(job)
    assert (part.state, part.fence, part.job.state, left()) == ("held", 2, "running", [])


@pytest.mark.django_db
def test_every_part_is_worked_with_its_own_payload(start: StartJob, make_kind: MakeKind) -> None:
    seen: list[Any] = []
    make_kind(run=lambda run: seen.append((run.job.payload, run.part.payload)))
    job = start(payload={"of": "all"}, parts=[{"from": 0}, {"from": 10}])
    job_work(job.pk)
    assert seen == [({"of": "all"}, {"from": 0}), ({"of": "all"}, {"from": 10})]
    assert JobPart.objects.filter(state="done").count() == 2
