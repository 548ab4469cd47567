"""Runs Winnow's processes side by side: shows what they say, starts again what dies, ends them all together."""

import contextlib
import os
import queue
import shlex
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import TextIO

from honcho.colour import get_colours
from honcho.printer import Message, Printer
from honcho.process import Process

from config.running import Mark, born_at, is_dead

OURS = "winnow"
# An idle Celery worker takes about five seconds to leave. Killing it then does no harm: PostgreSQL owns the jobs.
GRACE_SECONDS = 5.0
LOOK_SECONDS = 0.2
# A process that dies at once is tried again ever more slowly.
PAUSE_FIRST, PAUSE_LONGEST, HEALTHY_SECONDS = 1.0, 30.0, 20.0
STOPPERS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@dataclass(slots=True)
class Child:
    """One process that is to run, and how often it has failed of late."""

    name: str
    command: str
    colour: str
    running: bool = False
    pid: int = 0
    started_at: float = 0.0
    start_at: float = 0.0
    pause: float = PAUSE_FIRST


class Supervisor:
    """Runs `commands` (name to words) until a signal asks it to stop.

    `later` holds a command back by that many seconds, so that all do not fight for the processor at the start.
    `look` is called about every fifth of a second, for what has to be watched beside the processes.
    """

    def __init__(
        self,
        commands: Mapping[str, Sequence[str]],
        *,
        mark: Mark,
        address: str,
        look: Callable[[], None],
        out: TextIO,
        later: Mapping[str, float] = MappingProxyType({}),
    ) -> None:
        colours = get_colours()
        now = time.monotonic()
        self.children = [
            Child(name, f"exec {shlex.join(words)}", next(colours), start_at=now + later.get(name, 0))
            for name, words in commands.items()
        ]
        self.mark, self.address, self.look = mark, address, look
        self.printer = Printer(out, width=max(len(name) for name in (*commands, OURS)))
        self.events: queue.Queue[Message] = queue.Queue()
        self.asked_to_stop = 0

    def run(self) -> None:
        """Return once every process that was started has ended."""
        with self._signals():
            try:
                while not self.asked_to_stop:
                    self._start_due()
                    self._take_events()
                    self._kill_headless()
                    self.look()
            finally:
                self._stop()

    def say(self, text: str) -> None:
        """Print a line of our own among those of the processes."""
        self.printer.write(Message("line", text, datetime.now().astimezone(), OURS, None))

    @contextmanager
    def _signals(self) -> Iterator[None]:
        def ask(number: int, frame: object) -> None:
            self.asked_to_stop += 1

        before = {number: signal.signal(number, ask) for number in STOPPERS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _start_due(self) -> None:
        now = time.monotonic()
        for child in self.children:
            if not child.running and now >= child.start_at:
                child.running, child.started_at = True, now
                process = Process(child.command, name=child.name, colour=child.colour)
                threading.Thread(
                    target=process.run, args=(self.events,), name=child.name, daemon=True
                ).start()

    def _take_events(self) -> None:
        with contextlib.suppress(queue.Empty):
            self._take(self.events.get(timeout=LOOK_SECONDS))
            while True:
                self._take(self.events.get_nowait())

    def _take(self, event: Message) -> None:
        if event.type == "line":
            self.printer.write(event)
            return
        child = next(child for child in self.children if child.name == event.name)
        if event.type == "start":
            child.pid = event.data["pid"]
            groups = [(c.pid, born_at(c.pid)) for c in self.children if c.pid]
            self.mark.write(address=self.address, groups=groups)
        else:
            self._ended(child, event.data["returncode"])

    def _ended(self, child: Child, code: int) -> None:
        now = time.monotonic()
        # Its own children must not go on beside those of its successor.
        _kill_group(child)
        child.running, child.pid = False, 0
        if self.asked_to_stop:
            return
        child.pause = (
            PAUSE_FIRST if now - child.started_at > HEALTHY_SECONDS else min(child.pause * 2, PAUSE_LONGEST)
        )
        child.start_at = now + child.pause
        self.say(f"{child.name} ended by itself (code {code}); it starts again in {child.pause:.0f} s")

    def _kill_headless(self) -> None:
        """End what a killed process left: it holds the output open, and the end would go unseen."""
        for child in self.children:
            if child.pid and is_dead(child.pid):
                _kill_group(child)

    def _stop(self) -> None:
        """End every process and its children: asked first, and killed after a while or at a second request."""
        self.asked_to_stop = self.asked_to_stop or 1
        self.say("stopping")
        deadline = time.monotonic() + GRACE_SECONDS
        asked: set[int] = set()
        while any(child.running for child in self.children) and time.monotonic() < deadline + GRACE_SECONDS:
            late = time.monotonic() > deadline or self.asked_to_stop > 1
            for child in self.children:
                if child.pid and late:
                    _kill_group(child)
                elif child.pid and child.pid not in asked:
                    asked.add(child.pid)
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(child.pid, signal.SIGTERM)
            self._take_events()
            self._kill_headless()


def _kill_group(child: Child) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)


def python(*words: str) -> list[str]:
    """Return the command that runs a Python module in our own interpreter."""
    # Celery warns root of pickled messages; ours are JSON only.
    return [sys.executable, "-W", "ignore:You're running the worker with superuser", "-m", *words]
