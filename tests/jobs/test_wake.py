"""How workers hear of a job, and hear again when the message or the worker was lost."""

import os
import subprocess
from datetime import timedelta
from typing import Any

import pytest
from celery import Celery
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import ConnectionError as RedisError

from jobs import holders
from jobs.kinds import LEASE
from jobs.models import Job, JobPart
from jobs.services import job_start
from jobs.work import WAKE_AGAIN, closing_claim, job_work, part_claim, sweep
from tests.jobs.conftest import SLUG, Clock, MakeKind, StartJob, part_of

BEAT = 20.0


@pytest.mark.django_db
def test_workers_hear_of_a_job_when_it_is_committed_and_not_before(
    start: StartJob, wakes: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        job = start()
        assert wakes == []
    assert wakes == [job.pk]
    job.refresh_from_db()
    assert job.woken_at


@pytest.mark.django_db(transaction=True)
def test_a_job_is_rolled_back_with_what_asked_for_it(start: StartJob, wakes: list[int]) -> None:
    with transaction.atomic():
        start(parts=3)
        transaction.set_rollback(True)
    assert (Job.objects.count(), JobPart.objects.count(), wakes) == (0, 0, [])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("parts", "messages"), [(0, 1), (1, 1), (2, 2), (50, 2)])
def test_as_many_workers_are_told_as_can_help(
    start: StartJob, wakes: list[int], parts: int, messages: int
) -> None:
    job = start(parts=parts)
    assert wakes == [job.pk] * messages


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [BrokerError, RedisError, ConnectionRefusedError, TimeoutError])
def test_a_broker_that_fails_does_not_fail_the_request(
    make_kind: MakeKind,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: type[Exception],
) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise error("no broker")

    monkeypatch.setattr(Celery, "send_task", fail)
    make_kind()
    job = job_start(kind=SLUG, subject="test:1", label="A test", by=None, payload={})
    assert Job.objects.get(pk=job.pk).state == "queued"
    assert "no broker" in caplog.text
    monkeypatch.undo()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("what", "woken_seconds_ago", "again"),
    [
        ("waiting", None, True),
        ("waiting", 29, False),
        ("waiting", 31, True),
        ("held", 31, False),
        ("held, its worker lost", 31, True),
        ("held, its worker lost", 29, False),
        ("done, not finished", 31, True),
        ("done, being finished", 31, False),
        ("done, lost while being finished", 31, True),
        ("over", 31, False),
    ],
)
def test_the_sweep_wakes_for_what_could_go_on(
    start: StartJob, clock: Clock, wakes: list[int], what: str, woken_seconds_ago: int | None, again: bool
) -> None:
    job = start()
    if "held" in what:
        assert part_claim(job.pk)
        JobPart.objects.update(holder="elsewhere:1:1")
    if "lost" in what:
        JobPart.objects.update(lease_until=clock() - timedelta(seconds=1))
    if "done" in what:
        JobPart.objects.update(state="done")
        if "being" in what:
            Job.objects.update(closing_until=clock() + timedelta(seconds=-1 if "lost" in what else 1))
    if what == "over":
        Job.objects.update(state="cancelled")
    woken = None if woken_seconds_ago is None else clock() - timedelta(seconds=woken_seconds_ago)
    Job.objects.update(woken_at=woken)
    wakes.clear()
    assert sweep() == int(again)
    assert wakes == [job.pk] * again


@pytest.mark.django_db
def test_a_lost_wake_up_is_sent_again_within_a_minute(
    start: StartJob, clock: Clock, wakes: list[int], settings: Any
) -> None:
    assert settings.CELERY_BEAT_SCHEDULE["sweep"] == {
        "task": "jobs.sweep", "schedule": BEAT, "options": {"expires": BEAT}
    }  # fmt: skip
    job = start()
    Job.objects.update(woken_at=clock())
    for _ in range(3):
        clock.advance(seconds=BEAT)
        sweep()
    assert job.pk in wakes


@pytest.mark.django_db
def test_a_lost_worker_is_replaced_within_a_minute(start: StartJob, clock: Clock, wakes: list[int]) -> None:
    job = start()
    assert part_claim(job.pk)
    JobPart.objects.update(holder="elsewhere:1:1")
    Job.objects.update(woken_at=clock())
    assert LEASE + timedelta(seconds=BEAT) < timedelta(seconds=60) and WAKE_AGAIN <= LEASE
    clock.advance(seconds=LEASE.total_seconds() + BEAT)
    sweep()
    job_work(job.pk)
    assert part_of(job).job.state == "done"


@pytest.mark.django_db
def test_a_part_whose_holder_on_this_machine_is_dead_is_free_at_once(
    start: StartJob, wakes: list[int]
) -> None:
    job = start()
    claimed = part_claim(job.pk)
    assert claimed
    JobPart.objects.update(holder=_dead())
    Job.objects.update(woken_at=timezone.now())
    sweep()
    part = part_of(job)
    assert (part.state, part.fence, wakes) == ("waiting", claimed.fence + 1, [job.pk])
    job_work(job.pk)
    assert part_of(job).job.state == "done"


@pytest.mark.django_db
def test_a_job_whose_finisher_on_this_machine_is_dead_is_finished_at_once(
    start: StartJob, wakes: list[int], clock: Clock
) -> None:
    job = start()
    JobPart.objects.update(state="done")
    assert closing_claim(job.pk)
    Job.objects.update(woken_at=clock())
    assert sweep() == 0 and Job.objects.get().closing_until, "its finisher lives"
    Job.objects.update(closing_by=_dead())
    wakes.clear()
    sweep()
    assert wakes == [job.pk]
    job_work(job.pk)
    assert part_of(job).job.state == "done"


@pytest.mark.django_db
def test_a_part_whose_holder_lives_stays_with_it(start: StartJob) -> None:
    job = start()
    claimed = part_claim(job.pk)
    sweep()
    part = part_of(job)
    assert claimed and (part.state, part.fence, part.holder) == ("held", claimed.fence, holders.holder_name())


def _dead() -> str:
    process = subprocess.Popen(["true"])
    process.wait()
    return f"{holders.machine()}:{process.pid}:0"


def test_this_process_is_not_gone() -> None:
    assert not holders.is_gone(holders.holder_name())


def test_a_process_that_ended_is_gone() -> None:
    assert holders.is_gone(_dead())


def test_a_number_that_another_process_has_by_now_is_gone() -> None:
    where, number, start = holders.holder_name().rsplit(":", 2)
    assert holders.is_gone(f"{where}:{number}:{int(start) - 60}")


def test_a_process_that_nobody_has_buried_is_gone() -> None:
    process = subprocess.Popen(["true"])
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    name = f"{holders.machine()}:{process.pid}:{int(holders.started_at(process.pid))}"
    assert holders.is_gone(name)
    process.wait()


def test_nothing_is_known_of_another_machine() -> None:
    process = _dead().removeprefix(holders.machine())
    assert not holders.is_gone(f"elsewhere/12345678.1{process}")
    assert len(holders.holder_name()) <= 120
