"""Numbers for addresses that tell nothing: of two seats nobody sees which was made first, or for what.

A four-round Feistel network over the two halves of a 62-bit number (Luby and Rackoff, "How to construct pseudorandom
permutations from pseudorandom functions", SIAM J. Comput. 17, 1988), its rounds keyed BLAKE2b.
"""

from hashlib import blake2b

HALF = 31
MASK = (1 << HALF) - 1
ROUNDS = (b"0", b"1", b"2", b"3")


def coded(number: int, key: bytes) -> int:
    """Return the code of a number from 0 to 2**62 - 1; each has its own."""
    left, right = number >> HALF, number & MASK
    for turn in ROUNDS:
        left, right = right, left ^ _mixed(right, turn, key)
    return left << HALF | right


def decoded(code: int, key: bytes) -> int:
    """Return the number of a code; whatever is no code of a row has the number of none, or of one by chance."""
    left, right = code >> HALF, code & MASK
    for turn in reversed(ROUNDS):
        left, right = right ^ _mixed(left, turn, key), left
    return left << HALF | right


def _mixed(half: int, turn: bytes, key: bytes) -> int:
    found = blake2b(half.to_bytes(4), digest_size=4, key=key, person=turn).digest()
    return int.from_bytes(found) & MASK
