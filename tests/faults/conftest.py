"""A real Celery worker in processes of its own, which tests start, kill and start again."""

import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from celery import current_app
from django.db import connection
from kombu import Connection

from jobs.kinds import KINDS
from jobs.models import Job, WorkerHeartbeat
from tests.faults.environment import worker_environment
from tests.faults.kinds import KIND
from tests.faults.nursery import Nursery

WAIT_SECONDS = 30.0


def until[T](found: Callable[[], T], what: str, seconds: float = WAIT_SECONDS) -> T:
    """Ask again and again until `found` answers something true, and return that; fail after `seconds`."""
    pause, deadline = threading.Event(), time.monotonic() + seconds
    while not (answer := found()):
        assert time.monotonic() < deadline, f"{what}: not within {seconds:.0f} s"
        pause.wait(0.05)
    return answer


class RealWorker:
    """One worker on the test database, with a broker that only it and its test know: of files, or the one named."""

    def __init__(self, home: Path, nursery: Nursery, broker: str = "") -> None:
        self.home = home
        self.nursery = nursery
        self.broker = broker
        self.process: psutil.Process | None = None
        self.log = home / "worker.log"

    def start(self, failpoint: str = "", concurrency: int = 1) -> None:
        """Start it and return once it is heard of; with a failpoint, as `name` or `name:3`, it dies there."""
        words = ["-A", "config", "worker", "--concurrency", str(concurrency)]
        words += ["--without-mingle", "--without-gossip", "--include", "tests.faults.include"]
        more = {"WINNOW_FAILPOINT": failpoint, "BROKER_URL": self.broker}
        environ = worker_environment(self.home, **more)
        self.process = self.nursery.start(words, environ=environ, log=self.log)
        until(self._is_heard_of, "the worker is up")

    def _is_heard_of(self) -> bool:
        assert self.process and self.process.is_running(), self.said()
        return WorkerHeartbeat.objects.filter(name__contains=f":{self.process.pid}:").exists()

    def children(self) -> list[psutil.Process]:
        """Return the processes of its pool."""
        assert self.process
        return self.process.children()

    def wait_for_death(self) -> None:
        """Return once a process of its pool has died at the failpoint."""
        until(lambda: "signal 9 (SIGKILL)" in self.said(), "a process dies at the failpoint")

    def kill_child(self) -> None:
        """Kill the processes of its pool with SIGKILL; the worker itself lives and replaces them."""
        for child in self.children():
            child.kill()

    def kill(self) -> None:
        """Kill everything of it with SIGKILL, as a lost machine would."""
        if self.process:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            until(self._nothing_is_left, "its processes are gone")
            self.process = None

    def _nothing_is_left(self) -> bool:
        assert self.process
        try:
            os.killpg(self.process.pid, 0)
        except ProcessLookupError:
            return True
        return False

    def stop(self) -> None:
        """Stop it as its supervisor would: what it works on is brought to an end."""
        assert self.process
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(WAIT_SECONDS)
        self.process = None

    def restart(self, failpoint: str = "") -> None:
        """Kill what is left of it and start it again, by default without the failpoint."""
        self.kill()
        self.start(failpoint)

    def wake(self, job: Job) -> None:
        """Tell it of a job, as the web server's message does."""
        self._send("jobs.run", job.pk)

    def sweep(self) -> None:
        """Have it look for lost work, as the scheduler does every 20 seconds."""
        self._send("jobs.sweep")

    def catch_up(self) -> None:
        """Have it do what is due in reviews, as the scheduler does every minute."""
        self._send("review.catch_up")

    def _send(self, name: str, *args: int) -> None:
        if self.broker:
            with Connection(self.broker) as to:
                current_app.send_task(name, args=args, connection=to)
            return
        folder = self.home / "broker"
        folder.mkdir(exist_ok=True)
        options = {
            "data_folder_in": str(folder),
            "data_folder_out": str(folder),
            "control_folder": f"{folder}/control",
        }
        broker = "config.broker:Transport"
        with Connection("filesystem://localhost", transport=broker, transport_options=options) as to:
            current_app.send_task(name, args=args, connection=to)

    def said(self) -> str:
        """Return its log so far."""
        return self.log.read_text(errors="replace")


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    workers_come_from = Nursery()
    yield workers_come_from
    workers_come_from.end()


@pytest.fixture
def real_worker(
    transactional_db: None, tmp_path: Path, settings: Any, nursery: Nursery
) -> Iterator[RealWorker]:
    """Give a worker that is not yet started and keeps its files where the test does; the test's end kills it."""
    settings.MEDIA_ROOT = tmp_path / "files"
    worker = RealWorker(tmp_path, nursery)
    yield worker
    worker.kill()


class Redis:
    """A Redis of the test's own that keeps nothing when it is killed."""

    def __init__(self) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> str:
        """Start it and return its address."""
        words = [
            "redis-server",
            "--port",
            str(self.port),
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--appendonly",
            "no",
        ]
        self.process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        until(self._answers, "Redis is up")
        return f"redis://127.0.0.1:{self.port}/0"

    def _answers(self) -> bool:
        with socket.socket() as asking:
            return asking.connect_ex(("127.0.0.1", self.port)) == 0

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait(WAIT_SECONDS)
            self.process = None


@pytest.fixture
def redis() -> Iterator[Redis]:
    """Give a Redis that is not yet started; the test is skipped where none is installed."""
    if shutil.which("redis-server") is None:
        pytest.skip("redis-server is not installed")
    server = Redis()
    yield server
    server.kill()


def over(job: Job) -> bool:
    """Say whether the job is over by now."""
    job.refresh_from_db()
    return job.is_over


@pytest.fixture
def marks(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[str]]]:
    """Give what jobs of the fault kind have left so far; a mark left twice is there twice."""
    monkeypatch.setitem(KINDS, KIND.slug, KIND)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE fault_mark (mark text)")

    def read() -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT mark FROM fault_mark ORDER BY mark")
            return [row[0] for row in cursor.fetchall()]

    yield read
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE fault_mark")
