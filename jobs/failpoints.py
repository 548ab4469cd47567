"""Named places where a test can have this process killed, to show that the work is taken up again."""

import os
import signal
from collections import Counter

# The name of a place, or `name:3` for the third time a process passes it.
WANTED, _, _nth = os.environ.get("WINNOW_FAILPOINT", "").partition(":")
NTH = int(_nth or 1)
_passed: Counter[str] = Counter()


def failpoint(name: str) -> None:
    """Die by SIGKILL here if WINNOW_FAILPOINT names this place; do nothing otherwise."""
    if name != WANTED:
        return
    _passed[name] += 1
    if _passed[name] == NTH:
        os.kill(os.getpid(), signal.SIGKILL)
