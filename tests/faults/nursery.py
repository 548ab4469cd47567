"""A process that has loaded what workers are made of and forks them from itself: each start saves a second of work.

Nothing is loaded here that reads the environment or a setting, so that a worker finds its own as if it were new.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import psutil

import review.languages
from config.environ import ROOT

LOADED = (
    "celery.apps.worker", "celery.bin.celery", "celery.concurrency.prefork", "celery.worker.consumer",
    "django.contrib.admin.utils", "django.contrib.postgres.fields", "django.core.mail", "django.test.client",
    "django.views.generic", "httpx", "kombu.transport.filesystem", "kombu.transport.redis", "psycopg",
    "review.contamination", "review.toxicity", "review.wellformed.signs",
)  # fmt: skip


class Nursery:
    """The process as a test sees it."""

    def __init__(self) -> None:
        environ = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.nursery"], cwd=ROOT, env=environ, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def start(self, words: Sequence[str], *, environ: dict[str, str], log: Path) -> psutil.Process:
        """Start the `celery` command with these words, in a session of its own; its output goes to the end of `log`."""
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps({"words": words, "environ": environ, "log": str(log)}) + "\n")
        self.process.stdin.flush()
        return psutil.Process(int(self.process.stdout.readline()))

    def end(self) -> None:
        """End the process; the workers that it started live on."""
        self.process.communicate()


def serve() -> None:
    """Start a worker for each line that is read, and write its process number."""
    # Nobody asks how a worker ended, so none is kept as a zombie.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        if (pid := os.fork()) == 0:
            sys.exit(work(**json.loads(line)))
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()


def work(*, words: Sequence[str], environ: dict[str, str], log: str) -> Any:
    """Be the worker."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    said = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for number, file in enumerate((os.open(os.devnull, os.O_RDONLY), said, said)):
        os.dup2(file, number)
    os.environ.clear()
    os.environ.update(environ)
    sys.argv = ["celery", *words]
    from celery.__main__ import main  # which looks at the environment

    return main()


if __name__ == "__main__":
    for name in LOADED:
        import_module(name)
    review.languages.model()
    serve()
