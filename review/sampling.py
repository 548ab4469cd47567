"""The random sample, drawn by a keyed hash so that anyone can check it.

The key of an example is SHA-256 over the sample's seed followed by the example's public id, and the
sample is the n examples with the smallest keys. The order of the ids does not matter, the same seed
always gives the same sample, and a smaller sample is the beginning of every larger one.
"""

import hashlib
import heapq
import math
import secrets
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

RULE = "sha256-smallest"  # stored in manifests: never renamed
SEED_BYTES = 32
DEFAULT_RATE = 0.05
DEFAULT_MINIMUM = 60
EVERYTHING = b"\xff" * SEED_BYTES  # the largest key there can be


@dataclass(frozen=True, slots=True)
class Draw:
    """A drawn sample: the chosen ids, smallest key first, and the bound that no chosen key is above.

    The bound is the largest of the keys, except where it was given. It is empty when nothing was drawn without one,
    and then no id is a member.
    """

    chosen: tuple[UUID, ...]
    bound: bytes


def new_seed() -> bytes:
    """32 bytes from the operating system's random source: the only chance in a draw."""
    return secrets.token_bytes(SEED_BYTES)


def sample_size(population: int, rate: float = DEFAULT_RATE, minimum: int = DEFAULT_MINIMUM) -> int:
    """How many of `population` examples to draw: `rate` of them, rounded up.

    Never fewer than `minimum`, and all of them where there are not so many. The rate counts as the
    decimal fraction it is written as, so 5 % of 1,200 is 60 exactly. Raises ValueError for a
    rate outside 0 ≤ rate ≤ 1 or a negative number.
    """
    if not 0 <= rate <= 1 or population < 0 or minimum < 0:
        raise ValueError(f"no sample of {population} at rate {rate}, minimum {minimum}")
    return min(population, max(minimum, math.ceil(population * Fraction(str(rate)))))


def key(seed: bytes, public_id: UUID) -> bytes:
    """The 32 bytes that order an example in the draw: SHA-256(seed ‖ id).

    The id enters as its canonical text: 36 ASCII characters, lower case, with hyphens.
    """
    return hashlib.sha256(seed + str(public_id).encode("ascii")).digest()


def draw(ids: Iterable[UUID], seed: bytes, size: int) -> Draw:
    """The `size` ids with the smallest keys (all of them if there are fewer).

    Raises ValueError for an id that is drawn twice: the population must be distinct ids.
    """
    keyed = heapq.nsmallest(size, ((key(seed, public_id), public_id) for public_id in ids))
    chosen = tuple(public_id for _, public_id in keyed)
    if len(set(chosen)) != len(chosen):
        raise ValueError("an id stands twice in the population")
    return Draw(chosen, keyed[-1][0] if keyed else b"")


def draw_more(ids: Iterable[UUID], seed: bytes, bound: bytes, more: int) -> tuple[int, Draw]:
    """Draw the `more` ids with the smallest keys above a bound, and count all ids up to the last of them.

    So the count and the new bound are those of one draw from these ids, and what was drawn before lies inside it.
    """
    within = 0

    def above() -> Iterator[tuple[bytes, UUID]]:
        nonlocal within
        for public_id in ids:
            found = key(seed, public_id)
            if found > bound:
                yield found, public_id
            else:
                within += 1

    keyed = heapq.nsmallest(more, above())
    chosen = tuple(public_id for _, public_id in keyed)
    return within + len(chosen), Draw(chosen, keyed[-1][0] if keyed else bound)


def below(ids: Iterable[UUID], seed: bytes, bound: bytes) -> Draw:
    """All ids with a key up to a bound that is given."""
    keyed = sorted((key(seed, public_id), public_id) for public_id in ids if member(seed, public_id, bound))
    return Draw(tuple(public_id for _, public_id in keyed), bound)


def bound_of_share(share: float) -> bytes:
    """The bound up to which a share of all keys there can be lies: at 1 the largest of them.

    The share counts as the decimal fraction it is written as; there must be one, 0 < share ≤ 1, or ValueError.
    """
    if not 0 < share <= 1:
        raise ValueError(f"no bound takes the share {share}")
    return (math.ceil((1 << 8 * SEED_BYTES) * Fraction(str(share))) - 1).to_bytes(SEED_BYTES)


def member(seed: bytes, public_id: UUID, bound: bytes) -> bool:
    """Whether an example belongs to the sample with this bound, also one that is kept only later."""
    return key(seed, public_id) <= bound


class Census:
    """Counts and digests a population while it streams by, so that it need not fit into memory."""

    def __init__(self) -> None:
        self.count = 0
        self._digest = hashlib.sha256()

    def watch(self, ids: Iterable[UUID]) -> Iterator[UUID]:
        """Pass the ids on as they come; raises ValueError for one that is not above the one before."""
        last: UUID | None = None
        for public_id in ids:
            if last is not None and public_id <= last:
                raise ValueError("the ids of a population come in ascending order, each once")
            self._digest.update(f"{public_id}\n".encode("ascii"))
            self.count += 1
            last = public_id
            yield public_id

    def digest(self) -> str:
        """What `population_digest` gives for the ids that have passed."""
        return self._digest.hexdigest()


def population_digest(ids: Iterable[UUID]) -> str:
    """SHA-256, in hexadecimal, of the ids in ascending order, each as text and ended by a newline.

    So a file with one id a line gives the same by `LC_ALL=C sort ids.txt | sha256sum`. Sorting
    needs all ids in memory, about 100 bytes each; `Census` takes them one by one. Raises ValueError
    for an id given twice.
    """
    census = Census()
    for _ in census.watch(sorted(ids)):
        pass
    return census.digest()
