"""Workers are killed at the worst moments; the job completes, and every effect is there exactly once."""

from collections.abc import Callable

import pytest

from jobs.models import Job
from jobs.services import job_start
from tests.faults.conftest import RealWorker, Redis, over, until
from tests.faults.kinds import SLUG, STEPS

pytestmark = pytest.mark.faults

PARTS = 3
ALL = sorted(["finish", *(f"{part}.{step}" for part in range(PARTS) for step in range(STEPS))])

type Marks = Callable[[], list[str]]


def start_job(hold_at: int | None = None) -> Job:
    parts = [{"hold_at": hold_at if number == 1 else None} for number in range(PARTS)]
    return job_start(
        kind=SLUG,
        subject="fault:1",
        label="To be killed",
        by=None,
        payload={},
        parts=parts,
        total=PARTS * STEPS,
    )


def complete(job: Job, worker: RealWorker, marks: Marks) -> None:
    until(lambda: over(job), f"the job is over; the worker said:\n{worker.said()[-3000:]}")
    assert (job.state, job.error, job.result) == ("done", "", {"parts": PARTS})
    assert marks() == ALL
    assert list(job.parts.values_list("done", flat=True)) == [STEPS] * PARTS


@pytest.mark.parametrize(
    ("failpoint", "done_before"),
    [
        ("fault.in_step:6", ["0.0", "0.1", "0.2", "0.3", "1.0"]),
        ("job.before_part_done:2", [mark for mark in ALL if mark < "2"]),
        ("fault.in_finish", ALL[:-1]),
        ("job.after_finish", ALL),
    ],
)
def test_killed_at(real_worker: RealWorker, marks: Marks, failpoint: str, done_before: list[str]) -> None:
    job = start_job()
    real_worker.start(failpoint)
    real_worker.wait_for_death()
    assert marks() == done_before
    real_worker.restart()
    complete(job, real_worker, marks)


def test_the_pool_is_killed_in_the_middle_and_the_worker_goes_on_by_itself(
    real_worker: RealWorker, marks: Marks
) -> None:
    job = start_job(hold_at=2)
    real_worker.start()
    until((real_worker.home / "reached").exists, "the middle is reached")
    real_worker.kill_child()
    (real_worker.home / "go on").touch()
    real_worker.sweep()
    complete(job, real_worker, marks)


def test_everything_is_killed_in_the_middle_and_started_again(real_worker: RealWorker, marks: Marks) -> None:
    job = start_job(hold_at=2)
    real_worker.start()
    until((real_worker.home / "reached").exists, "the middle is reached")
    real_worker.kill()
    (real_worker.home / "go on").touch()
    assert marks() == ["0.0", "0.1", "0.2", "0.3", "1.0", "1.1"], "the step that was cut off left nothing"
    real_worker.start()
    complete(job, real_worker, marks)


def test_woken_five_times_and_stopped_it_does_the_work_once_and_to_the_end(
    real_worker: RealWorker, marks: Marks
) -> None:
    real_worker.start()
    job = start_job(hold_at=2)
    for _ in range(5):
        real_worker.wake(job)
    until((real_worker.home / "reached").exists, "the middle is reached")
    (real_worker.home / "go on").touch()
    real_worker.stop()
    complete(job, real_worker, marks)


def test_a_broker_that_comes_and_goes_loses_no_job(
    real_worker: RealWorker, marks: Marks, redis: Redis
) -> None:
    real_worker.broker = redis.start()
    real_worker.start()
    job = start_job(hold_at=2)
    real_worker.wake(job)
    until((real_worker.home / "reached").exists, "the middle is reached")
    redis.kill()
    real_worker.kill()
    (real_worker.home / "go on").touch()
    redis.start()
    real_worker.start()
    complete(job, real_worker, marks)
