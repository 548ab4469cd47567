"""A kind of job made to be killed: parts of small steps, each of which leaves one mark."""

import time
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from jobs.failpoints import failpoint
from jobs.kinds import Kind, Run
from jobs.models import Job

SLUG = "fault"
STEPS = 4
HELD_SECONDS = 30


def mark(text: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO fault_mark VALUES (%s)", [text])


def run(run: Run) -> None:
    for step in range(run.checkpoint.get("step", 0), STEPS):
        with transaction.atomic():
            mark(f"{run.part.number}.{step}")
            failpoint("fault.in_step")
            if run.part.payload.get("hold_at") == step:
                _hold()
            run.save(checkpoint={"step": step + 1}, done=step + 1)


def _hold() -> None:
    """Say that the middle is reached and stay there until the test lets go."""
    reached, go_on = settings.WINNOW_HOME / "reached", settings.WINNOW_HOME / "go on"
    reached.touch()
    deadline = time.monotonic() + HELD_SECONDS
    while not go_on.exists() and time.monotonic() < deadline:
        time.sleep(0.02)


def finish(job: Job) -> dict[str, Any]:
    mark("finish")
    failpoint("fault.in_finish")
    return {"parts": job.parts.count()}


KIND = Kind(SLUG, run, finish, may_see=lambda user, job: False, may_cancel=lambda user, job: False)
