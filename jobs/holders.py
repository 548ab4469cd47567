"""Names for processes, by which another one on the same machine can tell whether the holder of a part still lives."""

import os
import socket
from functools import cache
from pathlib import Path

import psutil

# Clocks are set right now and then, and a process's start is kept in wall-clock time.
START_TOLERANCE = 5


@cache
def machine() -> str:
    """Name this machine and, within it, what else can be seen by process number: two containers see different ones."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text()[:8]
        return f"{socket.gethostname()}/{boot}.{Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:
        return socket.gethostname()


def started_at(number: int) -> float:
    """Return when a process started, in seconds since 1970. Raises psutil.NoSuchProcess."""
    return psutil.Process(number).create_time()


def holder_name() -> str:
    """Name this process as `machine:number:start`; numbers are used again, together with the start they are not."""
    return f"{machine()}:{os.getpid()}:{int(started_at(os.getpid()))}"


def is_gone(holder: str) -> bool:
    """Say whether a holder is known to be dead; never so for one on another machine."""
    where, number, start = holder.rsplit(":", 2)
    if where != machine():
        return False
    try:
        same = abs(started_at(int(number)) - int(start)) <= START_TOLERANCE
        return not same or psutil.Process(int(number)).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
    except psutil.AccessDenied:
        return False
