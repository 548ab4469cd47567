"""Cancelling and giving up: it ends once, it is cleaned up once, and nothing appears afterwards."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial

import pytest
from django.db import connection, transaction

from jobs.kinds import LEASE, Run
from jobs.models import Job, JobPart, WorkerHeartbeat
from jobs.services import job_cancel, job_end
from jobs.work import job_work, part_claim
from tests.jobs.conftest import Clock, MakeKind, StartJob, in_threads, leave, left, part_of, run_one_step

WAIT = 20


def clean(job: Job) -> None:
    WorkerHeartbeat.objects.filter(name__startswith="part").delete()
    leave("cleaned")


@contextmanager
def in_the_background(work: Callable[[], object]) -> Iterator[threading.Thread]:
    """Run `work` beside the test with its own connection, and wait for its end on leaving."""
    errors: list[BaseException] = []

    def guarded() -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001  the test raises it
            errors.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=guarded)
    thread.start()
    yield thread
    thread.join(timeout=WAIT)
    assert not thread.is_alive()
    assert not errors, errors


def until_somebody_waits_for_a_lock() -> None:
    """Return once a session of this database waits for another's lock."""
    pause = threading.Event()
    for _ in range(WAIT * 100):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            if cursor.fetchone():
                return
        pause.wait(0.01)
    raise AssertionError("nobody waits")


@pytest.mark.django_db
def test_a_waiting_job_is_cancelled_at_once(start: StartJob, make_kind: MakeKind) -> None:
    make_kind(abandon=clean)
    job = job_cancel(job=start(parts=2), by="Mara")
    assert (job.state, job.error, left()) == ("cancelled", "Cancelled by Mara.", ["cleaned"])
    job_work(job.pk)
    assert left() == ["cleaned"]


@pytest.mark.django_db
def test_a_held_job_stops_at_its_next_checkpoint_and_the_step_is_undone(
    start: StartJob, make_kind: MakeKind
) -> None:
    went_on: list[int] = []

    def run(run: Run) -> None:
        run_one_step(run)
        if run.part.number == 1:
            assert job_cancel(job=run.job, by="Mara").state == "running"
            with transaction.atomic():
                leave("part 1, one step on")
                run.save(done=2)
            went_on.append(run.part.number)

    make_kind(run=run, abandon=clean)
    job = start(parts=3)
    job_work(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error, left()) == ("cancelled", "Cancelled by Mara.", ["cleaned"])
    assert went_on == []


@pytest.mark.django_db
def test_a_part_claimed_after_the_cancelling_is_not_begun(start: StartJob, make_kind: MakeKind) -> None:
    begun: list[Run] = []
    make_kind(run=begun.append)
    job = start()
    Job.objects.update(cancel_requested=True)
    job_work(job.pk)
    job.refresh_from_db()
    assert (job.state, begun) == ("cancelled", [])


@pytest.mark.django_db
def test_a_job_whose_worker_is_lost_is_cancelled_without_one(start: StartJob, clock: Clock) -> None:
    job = start()
    assert part_claim(job.pk)
    clock.advance(seconds=LEASE.total_seconds() + 1)
    assert job_cancel(job=job, by="Mara").state == "cancelled"


@pytest.mark.django_db
def test_who_asked_first_is_remembered(start: StartJob) -> None:
    job = start()
    part_claim(job.pk)
    job_cancel(job=job, by="Mara")
    assert job_cancel(job=job, by="Somebody else").error == "Cancelled by Mara."


@pytest.mark.django_db
def test_a_job_whose_work_is_done_but_not_finished_can_still_be_cancelled(
    start: StartJob, make_kind: MakeKind
) -> None:
    def cancel_late(run: Run) -> None:
        run_one_step(run)
        Job.objects.update(cancel_requested=True, error="Cancelled by Mara.")

    make_kind(run=cancel_late, abandon=clean)
    job = start()
    job_work(job.pk)
    job.refresh_from_db()
    assert (job.state, job.error, left()) == ("cancelled", "Cancelled by Mara.", ["cleaned"])


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_what_a_failed_or_cancelled_job_left_is_cleaned_once(
    start: StartJob, make_kind: MakeKind, state: str
) -> None:
    make_kind(abandon=clean)
    job = start()
    job_end(job_pk=job.pk, state=state, error="why")
    job_end(job_pk=job.pk, state="failed", error="another reason")
    job.refresh_from_db()
    assert (job.state, job.error, left()) == (state, "why", ["cleaned"])


@pytest.mark.django_db(transaction=True)
def test_of_many_endings_at_once_one_counts_and_none_waits_for_ever(
    start: StartJob, make_kind: MakeKind
) -> None:
    cleanings: list[int] = []
    make_kind(abandon=lambda job: cleanings.append(job.pk))
    job = start(parts=30)
    reasons = iter([f"reason {number}" for number in range(12)])
    in_threads(12, lambda: job_end(job_pk=job.pk, state="failed", error=next(reasons)))
    assert cleanings == [job.pk]


@pytest.mark.django_db(transaction=True)
def test_claiming_finishing_and_ending_at_once_never_lock_each_other_out(
    start: StartJob, make_kind: MakeKind
) -> None:
    make_kind(abandon=clean)
    for _ in range(6):
        WorkerHeartbeat.objects.all().delete()
        job = start(parts=10)
        turns = iter([job_work, job_work, job_work, _cancel, _fail, job_work, _cancel, job_work])
        in_threads(8, partial(_next, turns, job.pk))
        job.refresh_from_db()
        assert job.is_over
        assert job.state == "done" or left() == ["cleaned"]


def _next(turns: Iterator[Callable[[int], None]], job_pk: int) -> None:
    next(turns)(job_pk)


def _cancel(job_pk: int) -> None:
    job_cancel(job=Job.objects.get(pk=job_pk), by="Mara")


def _fail(job_pk: int) -> None:
    job_end(job_pk=job_pk, state="failed", error="why")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("saved_before", [False, True])
def test_nothing_appears_after_the_cleaning_though_a_worker_was_in_the_middle(
    start: StartJob, make_kind: MakeKind, caplog: pytest.LogCaptureFixture, saved_before: bool
) -> None:
    in_the_middle, go_on = threading.Event(), threading.Event()

    def run(run: Run) -> None:
        with transaction.atomic():
            leave("part, first half")
            if saved_before:
                run.save(done=1)
            in_the_middle.set()
            assert go_on.wait(WAIT)
            leave("part, second half")
            if not saved_before:
                run.save(done=2)

    make_kind(run=run, abandon=clean)
    job = start()
    with in_the_background(lambda: job_work(job.pk)):
        assert in_the_middle.wait(WAIT)
        end = lambda: job_end(job_pk=job.pk, state="failed", error="why")  # noqa: E731
        if saved_before:
            with in_the_background(end):
                # Having saved, the worker may write: the ending waits for it and then cleans that up as well.
                until_somebody_waits_for_a_lock()
                go_on.set()
        else:
            end()
            go_on.set()
    job.refresh_from_db()
    assert (job.state, job.error, left()) == ("failed", "why", ["cleaned"])


@pytest.mark.django_db
def test_a_job_ends_though_what_it_left_cannot_be_removed(
    start: StartJob, make_kind: MakeKind, caplog: pytest.LogCaptureFixture
) -> None:
    def stuck(job: Job) -> None:
        leave("half cleaned")
        raise RuntimeError("stuck")

    make_kind(abandon=stuck)
    job = start()
    job_end(job_pk=job.pk, state="failed", error="It failed.")
    job.refresh_from_db()
    assert (job.state, left()) == ("failed", [])
    assert job.error == "It failed. What it had written so far could not be removed."


@pytest.mark.django_db
def test_a_part_of_an_ended_job_that_stops_does_not_wait_again(
    start: StartJob, make_kind: MakeKind, caplog: pytest.LogCaptureFixture
) -> None:
    def stop(run: Run) -> None:
        job_end(job_pk=run.job.pk, state="failed", error="why")
        raise RuntimeError("afterwards")

    make_kind(run=stop)
    job = start()
    job_work(job.pk)
    assert (part_of(job).state, part_of(job).job.error) == ("done", "why")
    assert not JobPart.objects.exclude(state="done").exists()
