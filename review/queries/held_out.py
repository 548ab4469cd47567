"""What a version predicted of labels that it was not fitted to, for figures that must not flatter it."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from review.models import ClassifierVersion
from review.quality.training import Training
from review.queries.training_set import IMPORTED, Judged

# By the id of a label what speaks for and against its text, in words with the amount of each.
type Reasons = dict[str, list[tuple[str, float]]]
FIELDS = ("example", "revision", "label", "reviewer", "good", "random", "probability")


@dataclass(frozen=True, slots=True)
class HeldOut:
    """One row for each label of a person that a version learnt from, without those that no fold could score.

    `good` is what was said before any second look, as figures compare with; `probability` is that of good, by the model
    of the folds that the row was not in.
    """

    example: npt.NDArray[np.int64]
    revision: npt.NDArray[np.int64]
    label: npt.NDArray[np.int64]
    reviewer: npt.NDArray[np.int64]
    good: npt.NDArray[np.bool_]
    random: npt.NDArray[np.bool_]
    probability: npt.NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.label)

    @property
    def ids(self) -> list[str]:
        return [str(label) for label in self.label.tolist()]

    @property
    def own(self) -> npt.NDArray[np.float64]:
        """How probable each label is."""
        return np.where(self.good, self.probability, 1 - self.probability)


def held_out_bytes(rows: Sequence[Judged], trained: Training, reasons: Reasons) -> bytes:
    """Return a training's predictions for its rows as an npz, with why it doubts what it doubts most."""
    scored = trained.out_of_fold.scored
    columns = {name: np.array([getattr(row, name) for row in rows]) for name in FIELDS[:-1]}
    columns["good"] = np.array([row.measured for row in rows])
    columns["probability"] = trained.scaled.probability
    kept = {name: column[scored] for name, column in columns.items()}
    kept["reasons"] = np.frombuffer(json.dumps(reasons).encode(), np.uint8)
    packed = io.BytesIO()
    np.savez_compressed(packed, allow_pickle=False, **kept)
    return packed.getvalue()


def held_out_of(version: ClassifierVersion) -> HeldOut:
    """Read what a version predicted of labels it was not fitted to; what was imported is none of these."""
    packed = _unpacked(version)
    people = packed["label"] != IMPORTED
    return HeldOut(*(packed[name][people] for name in FIELDS))


def reasons_of(version: ClassifierVersion) -> Reasons:
    """Return by the id of a label why a version doubts it, of those that it doubts most; none of an early version."""
    with np.load(io.BytesIO(bytes(version.held_out)), allow_pickle=False) as packed:
        stored = packed["reasons"].tobytes() if "reasons" in packed else b"{}"
    found: Reasons = json.loads(stored)
    return found


def learnt_from(version: ClassifierVersion) -> list[tuple[int, int]]:
    """Return example and revision of every text that a version learnt from, and of which it could be tried."""
    packed = _unpacked(version)
    return list(zip(packed["example"].tolist(), packed["revision"].tolist(), strict=True))


@lru_cache(maxsize=4)
def held_out_scores(version: int) -> Mapping[tuple[int, int], float]:
    """Return by example and revision the score of good by a fold that did not hold them; versions never change."""
    packed = _unpacked(ClassifierVersion.objects.only("held_out").get(pk=version))
    texts = zip(packed["example"].tolist(), packed["revision"].tolist(), strict=True)
    return dict(zip(texts, packed["probability"].tolist(), strict=True))


def _unpacked(version: ClassifierVersion) -> dict[str, npt.NDArray[Any]]:
    with np.load(io.BytesIO(bytes(version.held_out)), allow_pickle=False) as packed:
        return {name: packed[name] for name in FIELDS}
