"""Row locks that never wait while others are held, so that whoever takes them can be in no deadlock."""

import time
from collections.abc import Callable

from django.db import OperationalError, transaction
from psycopg.errors import LockNotAvailable

FIRST_WAIT, LONGEST_WAIT = 0.02, 1.0  # seconds


class Busy(Exception):
    """Somebody else holds rows that are needed, for longer than could be waited."""


def unhindered[R](work: Callable[[], R], *, patience: float, waiting: Callable[[], None] | None = None) -> R:
    """Do `work`, whose locks are all NOWAIT, in one transaction; again and again while somebody else holds a row.

    `waiting` is called before each new attempt. Raises Busy after `patience` seconds.
    """
    wait, until = FIRST_WAIT, time.monotonic() + patience
    while True:
        try:
            with transaction.atomic():
                return work()
        except OperationalError as error:
            if not isinstance(error.__cause__, LockNotAvailable):
                raise
        if time.monotonic() > until:
            raise Busy
        time.sleep(wait)
        wait = min(2 * wait, LONGEST_WAIT)
        if waiting:
            waiting()
