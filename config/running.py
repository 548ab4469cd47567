"""The mark that a running `manage.py up` leaves in WINNOW_HOME, so that there is one at a time and others find it."""

import contextlib
import fcntl
import json
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil


class AlreadyRunning(Exception):
    """Another process runs Winnow on this WINNOW_HOME; the message is its address."""


class Mark:
    """What is written down: the address and the process groups that were started."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, **facts: Any) -> None:
        """Replace what is written down, at once and as a whole."""
        draft = self.path.with_suffix(".new")
        draft.write_text(json.dumps(facts))
        draft.replace(self.path)

    def read(self) -> dict[str, Any]:
        """Return what is written down, or nothing."""
        try:
            return dict(json.loads(self.path.read_text()))
        except (FileNotFoundError, ValueError):
            return {}


@contextmanager
def only_one(home: Path) -> Iterator[Mark]:
    """Hold WINNOW_HOME for this process, or raise AlreadyRunning; end first what a killed predecessor left behind."""
    mark = Mark(home / "up.json")
    with (home / "up.lock").open("ab") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(mark.read().get("address", "an address that it has yet to choose")) from None
        for leader, born in mark.read().get("groups", []):
            end_orphans(leader, born)
        mark.write()
        try:
            yield mark
        finally:
            mark.path.unlink(missing_ok=True)


def address(home: Path) -> str:
    """Return where Winnow runs on this WINNOW_HOME by its mark, or nothing."""
    return str(Mark(home / "up.json").read().get("address", ""))


def born_at(pid: int) -> float:
    """Return when a process began, which with its number names it for ever, or 0 where it is gone."""
    try:
        return float(psutil.Process(pid).create_time())
    except psutil.Error:
        return 0.0


def is_dead(pid: int) -> bool:
    """Tell whether a child of ours has ended and waits to be collected."""
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return True


def end_orphans(leader: int, born: float) -> None:
    """Kill a process group unless its leader's number belongs to another process by now."""
    if born_at(leader) in (0.0, born):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(leader, signal.SIGKILL)
