"""The supervisor and `manage.py up`: what is started ends, what dies comes back, and nothing is left over."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from config.environ import ROOT
from config.management.commands.up import free_port
from config.running import AlreadyRunning, born_at, end_orphans, only_one

pytestmark = pytest.mark.faults
WAIT_SECONDS = 60


class Up:
    """A running `manage.py up` in a home of its own."""

    def __init__(self, home: Path, *words: str) -> None:
        environ = {"PATH": os.environ["PATH"], "WINNOW_HOME": str(home), "PYTHONUNBUFFERED": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up", *words],
            cwd=ROOT, env=environ, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        self.lines: list[str] = []
        # A hang would otherwise wait for ever in readline.
        self.limit = threading.Timer(WAIT_SECONDS, self.process.kill)
        self.limit.start()

    def wait_for(self, pattern: str) -> re.Match[str]:
        """Read on until a line matches."""
        for line in self.process.stdout:
            self.lines.append(line)
            if found := re.search(pattern, line):
                return found
        raise AssertionError(f"ended without {pattern!r}:\n{''.join(self.lines)}")

    def family(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def end(self, number: int = signal.SIGINT) -> int:
        self.process.send_signal(number)
        self.lines += self.process.communicate()[0].splitlines(keepends=True)
        self.limit.cancel()
        return self.process.returncode


@pytest.fixture
def home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="winnow-test-"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def start(home: Path) -> Iterator[Callable[..., Up]]:
    started: list[Up] = []

    def begin(*words: str) -> Up:
        started.append(Up(home, *words))
        return started[-1]

    yield begin
    for up in started:
        if up.process.poll() is None:
            up.end()


@pytest.fixture
def busy_port() -> Iterator[int]:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        yield taken.getsockname()[1]


def postmaster(home: Path) -> psutil.Process:
    return psutil.Process(int((home / "pg" / "data" / "postmaster.pid").read_text().split()[0]))


def test_one_start_one_stop(home: Path, start: Callable[..., Up], busy_port: int):
    """A whole life: port taken, first admin, second start refused, a worker killed and replaced, Ctrl-C."""
    up = start("--port", str(busy_port), "--admin-email", "first@example.org")
    up.wait_for(rf"Port {busy_port} is taken; using \d+\.")
    address = up.wait_for(r"Winnow is at (http://localhost:\d+)").group(1)
    link = up.wait_for(r"admin +(\S+)").group(1)
    assert link.startswith(f"{address}/")

    second = subprocess.run(
        [sys.executable, "manage.py", "up"], cwd=ROOT, env={"PATH": os.environ["PATH"], "WINNOW_HOME": str(home)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert second.returncode == 1
    assert address in second.stderr

    worker = next(p for p in up.family() if "worker" in p.cmdline() and p.parent().pid == up.process.pid)
    worker.kill()
    up.wait_for(r"worker ended by itself \(code -9\); it starts again in 2 s")

    family = [*up.family(), postmaster(home)]
    assert up.end() == 0, "".join(up.lines)
    assert [p for p in family if p.is_running() and p.status() != psutil.STATUS_ZOMBIE] == []
    assert not (home / "up.json").exists()


def test_a_first_start_without_a_terminal_asks_for_the_address(start: Callable[..., Up]):
    up = start()
    up.wait_for("name the first admin with --admin-email or WINNOW_ADMIN_EMAIL")
    up.process.communicate()
    up.limit.cancel()
    assert up.process.returncode == 1


def test_the_next_start_ends_what_a_killed_one_left(home: Path):
    with subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True
    ) as orphan:
        (home / "up.json").write_text(f'{{"groups": [[{orphan.pid}, {born_at(orphan.pid)}]]}}')
        with only_one(home):
            assert orphan.wait(10) == -signal.SIGKILL


def test_a_process_that_took_over_the_number_is_left_alone():
    with subprocess.Popen(
        [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, start_new_session=True
    ) as other:
        end_orphans(other.pid, born_at(other.pid) - 100)
        other.communicate(b"\n")
        assert other.returncode == 0


def test_a_second_start_names_the_first(home: Path):
    with only_one(home) as mark:
        mark.write(address="http://localhost:8123")
        with pytest.raises(AlreadyRunning, match="http://localhost:8123"), only_one(home):
            pass
    with only_one(home):
        pass


def test_the_next_free_port_is_taken(busy_port: int):
    assert free_port(busy_port) > busy_port
