"""Named places where a test can have this process killed, to show that the work is taken up again."""

import os
import signal

WANTED = os.environ.get("WINNOW_FAILPOINT", "")


def failpoint(name: str) -> None:
    """Die by SIGKILL here if WINNOW_FAILPOINT names this place; do nothing otherwise."""
    if name == WANTED:
        os.kill(os.getpid(), signal.SIGKILL)
