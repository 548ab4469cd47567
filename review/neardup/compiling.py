"""How the kernels are compiled."""

from collections.abc import Callable
from typing import Any, cast

import numba


def compiled[F: Callable[..., Any]](function: F) -> F:
    """Compile at the first call, without the interpreter lock, and keep the machine code for the next process.

    numba looks for a folder itself: NUMBA_CACHE_DIR, beside the source, then the user's cache folder. Where it
    can write to none, the code is compiled anew in each process. A kernel may only call kernels of its own file,
    because numba keeps the code until that file changes.
    """
    made: Any
    try:
        made = numba.njit(nogil=True, cache=True)(function)
    except RuntimeError:
        made = numba.njit(nogil=True)(function)
    return cast("F", made)
