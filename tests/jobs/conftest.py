"""What tests of jobs share: a kind of job made to order, a clock that is moved by hand, and a record of wake-ups."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from jobs.kinds import KINDS, Kind, Run
from jobs.models import Job, JobPart, WorkerHeartbeat
from jobs.services import job_start

SLUG = "test"


def leave(mark: str) -> None:
    """Write a row that stands for the effect of some work."""
    WorkerHeartbeat.objects.create(name=mark, seen_at=timezone.now())


def left(prefix: str = "") -> list[str]:
    """Return the effects that are there to be seen."""
    return sorted(WorkerHeartbeat.objects.filter(name__startswith=prefix).values_list("name", flat=True))


def run_one_step(run: Run) -> None:
    with transaction.atomic():
        leave(f"part {run.part.number}")
        run.save(checkpoint={"at": "end"}, done=1)


def finish(job: Job) -> dict[str, Any]:
    leave("finish")
    return {"marks": len(left("part"))}


def everybody(user: Any, job: Job) -> bool:
    return True


type MakeKind = Callable[..., Kind]
type StartJob = Callable[..., Job]


@pytest.fixture
def make_kind(monkeypatch: pytest.MonkeyPatch) -> MakeKind:
    """Register a kind for one test; each argument replaces a piece of a plain one."""

    def make(**pieces: Any) -> Kind:
        plain = Kind(SLUG, run_one_step, finish, may_see=everybody, may_cancel=everybody)
        kind = replace(plain, **pieces)
        monkeypatch.setitem(KINDS, kind.slug, kind)
        return kind

    return make


@pytest.fixture
def start(make_kind: MakeKind, wakes: list[int]) -> StartJob:
    """Start a job of the plain kind, or of the one that the test has made."""
    if SLUG not in KINDS:
        make_kind()

    def start(parts: int | list[dict[str, Any]] = 1, **fields: Any) -> Job:
        wanted: dict[str, Any] = {
            "kind": SLUG, "subject": "test:1", "label": "A test", "by": None, "payload": {},
            "parts": [{}] * parts if isinstance(parts, int) else parts,
        } | fields  # fmt: skip
        return job_start(**wanted)

    return start


@pytest.fixture
def wakes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Collect the ids of the jobs that workers are told of, in place of telling them."""
    told: list[int] = []

    class Told:
        @staticmethod
        def send_task(name: str, *, args: Sequence[int], retry: bool) -> None:
            told.append(args[0])

    monkeypatch.setattr("jobs.services.current_app", Told)
    return told


class Clock:
    def __init__(self) -> None:
        self.now = timezone.now()

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Stop the clock of the code under test; `advance(seconds=…)` moves it."""
    stopped = Clock()
    monkeypatch.setattr(timezone, "now", stopped)
    return stopped


def in_threads[T](count: int, work: Callable[[], T]) -> list[T]:
    """Run `work` in that many threads at once, each with its own connection; return what they return or raise."""
    results: list[T] = []
    errors: list[BaseException] = []
    gate = threading.Barrier(count)

    def one() -> None:
        try:
            gate.wait(timeout=20)
            results.append(work())
        except BaseException as error:  # noqa: BLE001  the test raises it
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    if errors:
        raise errors[0]
    assert len(results) == count, "a thread hangs"
    return results


def part_of(job: Job, number: int = 0) -> JobPart:
    return JobPart.objects.select_related("job").get(job=job, number=number)
