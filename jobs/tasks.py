"""The one Celery task that works, and the one that looks for work that was lost."""

import logging
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from celery import shared_task
from celery.signals import worker_ready, worker_shutdown
from django.db import connection

from jobs.work import job_work, sweep, worker_gone, worker_seen

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 10


@shared_task(name="jobs.run", ignore_result=True)
def run(job_pk: int) -> None:
    """Work on one job; safe to run twice and twice at once."""
    job_work(job_pk)


@shared_task(name="jobs.sweep", ignore_result=True)
def sweep_jobs() -> None:
    """Wake workers for jobs whose wake-up or worker was lost."""
    sweep()


class Heartbeat(threading.Thread):
    """Says at once and then every few seconds that a worker is up, from the worker's main process."""

    def __init__(self) -> None:
        super().__init__(name="heartbeat", daemon=True)
        self.stopping = threading.Event()

    def run(self) -> None:
        self._try(partial(sweep, starting=True))
        self._try(worker_seen)
        while not self.stopping.wait(HEARTBEAT_SECONDS):
            self._try(worker_seen)
        self._try(worker_gone)

    def _try(self, step: Callable[[], object]) -> None:
        try:
            step()
        except Exception as error:  # noqa: BLE001  whatever it was, the next beat tries again
            # Meanwhile the banner tells the truth.
            log.warning("the worker's heartbeat was not written: %s", error)
        finally:
            connection.close()


_beats: list[Heartbeat] = []


@worker_ready.connect
def start_heartbeat(**kwargs: Any) -> None:
    _beats.append(Heartbeat())
    _beats[-1].start()


@worker_shutdown.connect
def stop_heartbeat(**kwargs: Any) -> None:
    while _beats:
        beat = _beats.pop()
        beat.stopping.set()
        beat.join(timeout=5)
