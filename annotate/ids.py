"""Public ids: time-ordered UUIDs, so that new rows land at the end of their index."""

import os
import time
from uuid import UUID

_VERSION_AND_VARIANT = (0x7 << 76) | (0x2 << 62)
_RANDOM_BITS = ((1 << 12) - 1) << 64 | (1 << 62) - 1


def new_public_ids(count: int) -> list[UUID]:
    """Return `count` fresh version-7 UUIDs (RFC 9562, section 5.7): 48 bits of Unix milliseconds, 74 random bits."""
    stamp = time.time_ns() // 1_000_000 << 80 | _VERSION_AND_VARIANT
    noise = os.urandom(16 * count)
    return [
        UUID(int=stamp | int.from_bytes(noise[at : at + 16]) & _RANDOM_BITS)
        for at in range(0, 16 * count, 16)
    ]


def new_public_id() -> UUID:
    """Return one fresh version-7 UUID."""
    return new_public_ids(1)[0]
