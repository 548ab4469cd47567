"""The one Celery task that works, and the one that looks for work that was lost."""

import threading
from typing import Any

from celery import shared_task
from celery.signals import worker_ready
from django.db import DatabaseError, close_old_connections, connection

from jobs.work import job_work, sweep, worker_seen

HEARTBEAT_SECONDS = 10


@shared_task(name="jobs.run", ignore_result=True)
def run(job_pk: int) -> None:
    """Work on one job; safe to run twice and twice at once."""
    job_work(job_pk)


@shared_task(name="jobs.sweep", ignore_result=True)
def sweep_jobs() -> None:
    """Wake workers for jobs whose wake-up or worker was lost."""
    sweep()


def _beat_for_ever(stop: threading.Event) -> None:
    while not stop.wait(HEARTBEAT_SECONDS):
        try:
            close_old_connections()
            worker_seen()
        except DatabaseError:
            # The next beat tries again; meanwhile the banner tells the truth.
            connection.close()


@worker_ready.connect
def start_heartbeat(**kwargs: Any) -> None:
    """Say at once and then every few seconds that a worker is up, from the worker's main process."""
    worker_seen()
    sweep()
    connection.close()
    threading.Thread(target=_beat_for_ever, args=(threading.Event(),), daemon=True, name="heartbeat").start()
