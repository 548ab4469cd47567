"""What a manifest states of its examples: what they were compared with, which selection they are of, how they stand."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class ComparedSet:
    """An evaluation set that the examples were compared with; `sha256` is of its items' texts in their order."""

    name: str
    sha256: str
    items: int


@dataclass(frozen=True, slots=True)
class Overlap:
    """An item of an evaluation set that a released example holds, and the share of it, from 0 to 1."""

    example: str
    set: str
    item: int
    overlap: float
    how: str

    @property
    def percent(self) -> int:
        return round(self.overlap * 100)


@dataclass(frozen=True, slots=True)
class Contamination:
    """What the release was compared with and what was found in it although it was released.

    `unchecked` counts examples that were not compared with these very sets.
    """

    sets: tuple[ComparedSet, ...] = ()
    unchecked: int = 0
    found: tuple[Overlap, ...] = ()

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Contamination":
        sets, found = values["sets"], values["found"]
        return cls(
            tuple(ComparedSet(**one) for one in sets),
            values["unchecked"],
            tuple(Overlap(**one) for one in found),
        )


@dataclass(frozen=True, slots=True)
class AppliedSelection:
    """The selection that a release is of: the best `asked` of a `pool`, spread over `topics`, as it was chosen.

    `digest` (SHA-256) is of the `chosen` public ids in the order of choice, `classifier` and `classifier_digest` name
    the version whose scores decided. `missing` counts by reason what was chosen and is not released: the keys of
    `dropped` and `held_back`, and "gone" for what was withdrawn or returned.
    """

    name: str
    public_id: str
    asked: int
    chosen: int
    digest: str
    classifier: int
    classifier_digest: str
    spread: float
    topics: int
    seed: int
    pool: int
    missing: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AppliedJudge:
    """A judge that a limit on its scores rests on: which `model`, by the rubric of which number, for how many examples.

    `rubric_digest` is the SHA-256 of the rubric's text; `rubric` is 0 where that text is no longer the project's.
    """

    rubric: int
    rubric_digest: str
    model: str
    examples: int


@dataclass(frozen=True, slots=True)
class Order:
    """How the lines stand: `by` "id", or "score" for the best first; then the `unscored` stand last, ties by id."""

    by: str = "id"
    unscored: int = 0
