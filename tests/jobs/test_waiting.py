"""How a command waits for its job."""

import io
import threading

import pytest
from django.db import OperationalError, connection

from jobs import waiting
from jobs.models import WorkerHeartbeat
from jobs.tasks import Heartbeat
from jobs.waiting import job_wait
from jobs.work import job_work, part_claim, worker_seen
from tests.jobs.conftest import MakeKind, StartJob, left

SAID = "No worker is running: the work is done in this process.\n"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.django_db
def test_without_a_worker_the_command_works_itself_and_says_so(start: StartJob) -> None:
    stream = io.StringIO()
    job = job_wait(start(parts=2), stream=stream)
    assert (job.state, job.result, stream.getvalue()) == ("done", {"marks": 2}, SAID)


@pytest.mark.django_db(transaction=True)
def test_with_a_worker_the_command_looks_on(start: StartJob, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "LOOK_SECONDS", 0.01)
    worker_seen()
    job, stream = start(), io.StringIO()

    def work() -> None:
        job_work(job.pk)
        connection.close()

    worker = threading.Thread(target=work)
    worker.start()
    assert job_wait(job, stream=stream).state == "done"
    worker.join()
    assert stream.getvalue() == ""


@pytest.mark.django_db
def test_when_the_worker_goes_the_command_takes_over(
    start: StartJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    worker_seen()
    monkeypatch.setattr("jobs.waiting.time.sleep", lambda seconds: WorkerHeartbeat.objects.all().delete())
    stream = io.StringIO()
    assert job_wait(start(), stream=stream).state == "done"
    assert stream.getvalue() == SAID


@pytest.mark.django_db
def test_a_part_that_another_process_holds_is_waited_for(
    start: StartJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = start()
    held = part_claim(job.pk)
    assert held
    monkeypatch.setattr("jobs.waiting.time.sleep", lambda seconds: held.job.parts.update(state="waiting"))
    assert job_wait(job, stream=io.StringIO()).state == "done"


@pytest.mark.django_db(transaction=True)
def test_a_terminal_gets_a_bar(start: StartJob, make_kind: MakeKind, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "LOOK_SECONDS", 0.01)
    stream, drawn = Terminal(), threading.Event()
    write = stream.write

    def watch(text: str) -> int:
        if "Import of bread" in text:
            drawn.set()
        return write(text)

    monkeypatch.setattr(stream, "write", watch)
    make_kind(run=lambda run: None if drawn.wait(20) else pytest.fail("no bar was drawn"))
    assert job_wait(start(label="Import of bread", total=40), stream=stream).state == "done"


@pytest.mark.django_db(transaction=True)
def test_a_worker_is_heard_of_from_its_start_to_its_end(start: StartJob, wakes: list[int]) -> None:
    job = start()
    wakes.clear()
    beat = Heartbeat()
    seen: list[str] = []
    beat.stopping.wait = lambda seconds: bool(seen.extend(left()) or seen[1:])  # type: ignore[method-assign]
    beat.run()
    assert wakes == [job.pk], "what was left over is taken up at once"
    assert len(seen) == 2 and len(set(seen)) == 1
    assert left() == [], "a worker that stops is not waited for"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("error", [OperationalError, RuntimeError])
def test_a_beat_that_cannot_be_written_does_not_end_the_beating(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, error: type[Exception]
) -> None:
    def fail() -> None:
        raise error("the server is starting up")

    beat = Heartbeat()
    beat.stopping.set()
    monkeypatch.setattr("jobs.tasks.worker_seen", fail)
    beat.run()
    assert "the server is starting up" in caplog.text
