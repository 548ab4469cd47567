"""A process of its own, forked with all that is loaded, which works on a job until it is killed somewhere."""

import os
import signal

from django.db import connection

from jobs import failpoints
from jobs.models import Job
from jobs.work import job_work, sweep


def dies_in(place: str, job: Job, nth: int = 1) -> None:
    """Work on the job until it is killed where it passes that place for the nth time; what it held is free then."""
    child = os.fork()
    if child == 0:
        inherited = connection.connection  # kept, so that nobody closes what is the parent's
        connection.connection = None
        failpoints.WANTED, failpoints.NTH = place, nth
        try:
            job_work(job.pk)
        finally:
            os._exit(0 if inherited else 1)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, f"it did not die in {place}"
    sweep()
