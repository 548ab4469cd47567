"""The supervisor and `manage.py up`: what is started ends, what dies comes back, and nothing is left over."""

import io
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

import config.supervisor
from config.environ import ROOT
from config.management.commands.up import free_port
from config.running import AlreadyRunning, Mark, born_at, end_orphans, only_one
from config.supervisor import Supervisor

pytestmark = pytest.mark.faults
WAIT_SECONDS = 180


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


def is_gone(pid: int) -> bool:
    """Tell whether a process ends; what was killed takes a moment, and may wait for init to collect it."""
    for _ in range(200):
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        threading.Event().wait(0.05)
    return False


def test_one_start_one_stop(home: Path, start: Callable[..., Up], busy_port: int):
    """A whole life: an admin asked for, port taken, second start refused, a worker killed and replaced, Ctrl-C."""
    asks = start()
    asks.wait_for("name the first admin with --admin-email or WINNOW_ADMIN_EMAIL")
    asks.process.communicate()
    asks.limit.cancel()
    assert asks.process.returncode == 1

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
    assert [process for process in family if not is_gone(process.pid)] == []
    assert not (home / "up.json").exists()


STUBBORN = """
import signal, subprocess, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
print("up with", child.pid, flush=True)
signal.pause()
"""


def run_until(home: Path, script: str, enough: Callable[[str, Supervisor], bool]) -> str:
    """Run one Python script under a supervisor until its output is enough, ask twice to stop, return all output."""
    out = io.StringIO()

    def look() -> None:
        if enough(out.getvalue(), supervisor):
            supervisor.asked_to_stop = 2

    command = {"it": [sys.executable, "-c", script]}
    supervisor = Supervisor(command, mark=Mark(home / "up.json"), address="here", look=look, out=out)
    supervisor.run()
    return out.getvalue()


def test_a_process_that_will_not_end_is_killed_with_its_children(home: Path):
    said = run_until(home, STUBBORN, lambda text, _: "up with" in text)
    child = int(re.search(r"up with (\d+)", said).group(1))
    assert is_gone(child)


def test_what_a_killed_process_leaves_does_not_hide_its_end(home: Path):
    def enough(text: str, supervisor: Supervisor) -> bool:
        if "up with" in text and "ended by itself" not in text and supervisor.children[0].pid:
            os.kill(supervisor.children[0].pid, signal.SIGKILL)
        return "ended by itself (code -9)" in text

    said = run_until(home, STUBBORN, enough)
    child = int(re.search(r"up with (\d+)", said).group(1))
    assert is_gone(child)


def test_what_dies_at_once_is_tried_ever_more_slowly(home: Path, monkeypatch):
    monkeypatch.setattr(config.supervisor, "PAUSE_FIRST", 0.01)
    said = run_until(home, "raise SystemExit(3)", lambda text, s: text.count("ended by itself (code 3)") == 3)
    assert said.count("ended by itself (code 3)") == 3


def test_the_processes_are_written_down_for_the_next_start(home: Path):
    seen: list[dict] = []

    def enough(text: str, supervisor: Supervisor) -> bool:
        seen.append(supervisor.mark.read())
        return "up with" in text

    run_until(home, STUBBORN, enough)
    assert seen[-1]["address"] == "here"
    assert len(seen[-1]["groups"]) == 1


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
