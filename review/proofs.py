"""The proof of a draw: what is stated of it, drawing again from its list of ids, and what does not fit then."""

import gzip
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import UUID

from review.sampling import SEED_BYTES, Census, bound_of_share, draw, key

# A share of the keys that a person set has no more decimals than this.
DECIMALS = 6
_GZIP = b"\x1f\x8b"


class ListBroken(Exception):
    """A list of ids cannot be read; the message says why."""


@dataclass(frozen=True, slots=True)
class Stated:
    """What is on record of one draw: the `size` smallest keys of a population, none of them above `bound`."""

    number: int
    size: int
    population: int
    digest: str
    bound: bytes


@dataclass(frozen=True, slots=True)
class Redrawn:
    """What a list of ids gives: how many there are, their digest, and the keys up to the bound by their ids."""

    population: int
    digest: str
    keys: Mapping[UUID, bytes] = field(repr=False)


def ids_read(path: Path) -> Iterator[UUID]:
    """Read a list of ids, one a line, plain or gzip; raises ListBroken."""
    try:
        with path.open("rb") as raw:
            packed = raw.read(2) == _GZIP
        with gzip.open(path, "rb") if packed else path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                yield _id(line, number)
    except (OSError, EOFError) as error:
        raise ListBroken(f"it cannot be read ({error})") from None


def redrawn(ids: Iterable[UUID], seed: bytes, bound: bytes) -> Redrawn:
    """Draw again up to a bound, from ids in ascending order; raises ListBroken for another order."""
    census, keys = Census(), {}
    try:
        for public_id in census.watch(ids):
            found = key(seed, public_id)
            if found <= bound:
                keys[public_id] = found
    except ValueError as error:
        raise ListBroken(str(error)) from None
    return Redrawn(census.count, census.digest(), keys)


def drawn_anew(ids: Sequence[UUID], seed: bytes, size: int) -> Redrawn:
    """Draw the `size` smallest keys from ids in any order; raises ListBroken for an id that stands twice."""
    census, ordered = Census(), sorted(ids)
    try:
        chosen = draw(census.watch(ordered), seed, size).chosen
    except ValueError as error:
        raise ListBroken(str(error)) from None
    return Redrawn(census.count, census.digest(), {public_id: key(seed, public_id) for public_id in chosen})


def draw_problems(stated: Stated, found: Redrawn, *, by_share: bool) -> Iterator[str]:
    """Say what a draw's record states that its list does not give.

    The bound of a first draw of what people write is a share of all keys (`by_share`), that of any other the largest
    key that was drawn.
    """
    which = f"Draw {stated.number}"
    if found.population != stated.population:
        yield f"{which}: its list has {found.population:,} ids; {stated.population:,} are stated."
    if found.digest != stated.digest:
        yield f"{which}: its list is not the one it was drawn from, as its digest is {found.digest}."
    if len(found.keys) != stated.size:
        yield (
            f"{which}: {len(found.keys):,} ids of its list lie within its bound; {stated.size:,} are stated: "
            "the seed, the bound or the list was changed."
        )
    last = max(found.keys.values(), default=b"")
    if stated.bound != last and not (by_share and _is_share(stated.bound)):
        yield f"{which}: its bound is not the largest key that was drawn: the seed or the bound was changed."


def stages_problems(seed: bytes, stages: Sequence[Stated]) -> Iterator[str]:
    """Say what is wrong with the draws among each other; they stand in their order."""
    if len(seed) != SEED_BYTES:
        yield f"The seed has {len(seed)} bytes; it should have {SEED_BYTES}."
    if [stage.number for stage in stages] != list(range(1, len(stages) + 1)):
        numbers = ", ".join(str(stage.number) for stage in stages) or "none"
        yield f"The draws on record should count from 1 without a gap, and there are: {numbers}."
    for one, other in pairwise(stages):
        if other.bound <= one.bound:
            yield f"Draw {other.number}: its bound is not above that of draw {one.number}, so it does not extend it."


def _is_share(bound: bytes) -> bool:
    share = (int.from_bytes(bound) + 1) / (1 << 8 * SEED_BYTES)
    rounded = round(share, DECIMALS)
    return 0 < rounded <= 1 and bound_of_share(rounded) == bound


def _id(line: bytes, number: int) -> UUID:
    try:
        return UUID(line.decode("ascii").strip())
    except ValueError:
        raise ListBroken(f"line {number:,} is no id") from None


@dataclass(frozen=True, slots=True)
class DrawProof:
    """One draw of a sample, the first or one that drew more: the `size` smallest keys of a population of ids."""

    number: int
    size: int
    population: int
    population_digest: str
    bound: str
    drawn_at: str  # ISO 8601, UTC


@dataclass(frozen=True, slots=True)
class SampleProof:
    """One drawn sample with what its review found; `sampling` says how to recompute it.

    `source_import` names the imported file, and is empty for a sample of what people wrote. `seed` and `bound` are
    hexadecimal. The seed is empty while the dataset is not decided; `seed_digest`, its SHA-256, always stands there.
    `size`, `population`, digest and bound are those of the newest of the `draws`. The shares lie between 0 and 1, None
    while nothing was reviewed: `low` and `high` are Wilson's interval, `exact_low` and `exact_high` the exact one of
    the `kept` examples, and with `confidence` at most `upper` is bad. `disputed` and `gone` (before review) are in
    none of them.
    """

    dataset: str
    source_import: str
    rule: str
    seed: str
    size: int
    population: int
    population_digest: str
    bound: str
    reviewed: int
    bad: int
    share: float | None
    low: float | None
    high: float | None
    exact_low: float | None = None
    exact_high: float | None = None
    upper: float | None = None
    confidence: float = 0.95
    kept: int = 0
    disputed: int = 0
    gone: int = 0
    seed_digest: str = ""
    draws: tuple[DrawProof, ...] = ()

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "SampleProof":
        """The proof as it was stored, by this version or one that knew less."""
        return cls(**{**values, "draws": tuple(DrawProof(**draw) for draw in values.get("draws", ()))})
