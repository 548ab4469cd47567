"""How a command waits for a job: it looks on while workers work, and works itself where there are none."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

from django.db import DatabaseError, connection
from tqdm import tqdm

from jobs.models import Job, WorkerHeartbeat
from jobs.queries import progress_of
from jobs.work import job_work

LOOK_SECONDS = 0.5


def job_wait(job: Job, *, stream: TextIO | None = None) -> Job:
    """Return the job once it is over; without a worker this process does it, which it says on `stream` (stderr).

    On a terminal a progress bar is drawn there.
    """
    stream = stream or sys.stderr
    said = False
    with _bar(job, stream):
        while not job.is_over:
            if WorkerHeartbeat.count_up():
                time.sleep(LOOK_SECONDS)
            else:
                if not said:
                    stream.write("No worker is running: the work is done in this process.\n")
                    said = True
                job_work(job.pk)
            job.refresh_from_db()
            if not job.is_over and said:
                # Another process holds a part; its lease or its work ends.
                time.sleep(LOOK_SECONDS)
    return job


@contextmanager
def _bar(job: Job, stream: TextIO) -> Iterator[None]:
    if not stream.isatty():
        yield
        return
    over = threading.Event()
    drawer = threading.Thread(target=_draw, args=(job.pk, stream, over), daemon=True)
    drawer.start()
    try:
        yield
    finally:
        over.set()
        drawer.join()


def _draw(job_pk: int, stream: TextIO, over: threading.Event) -> None:
    """Draw how far a job is, from a thread of its own because the main one may be doing the work."""
    with tqdm(file=stream, unit_scale=True, leave=False) as bar:
        while not over.wait(LOOK_SECONDS):
            try:
                job = Job.objects.get(pk=job_pk)
                bar.total, bar.unit = job.total, f" {job.unit}"
                bar.set_description(job.label, refresh=False)
                bar.n = progress_of(job).done
                bar.refresh()
            except DatabaseError:
                continue
            finally:
                connection.close()
