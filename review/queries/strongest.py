"""What a version of the classifier goes by, with the words that its own training texts name."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from review.models import ClassifierVersion
from review.quality.artefacts import ArtefactError
from review.quality.explanations import Part, strongest
from review.quality.features import FEATURES
from review.quality.terms import WORD_BUCKETS, terms_of
from review.queries.classifiers import classifier_of
from review.queries.held_out import learnt_from
from review.queries.training_set import Judged, texts_of

MOST = 10
LEAST = 0.005  # less would be shown as nothing
# Each text takes a millisecond; words that are in none of so many hardly weigh anything.
TEXTS = 300
REMEMBERED = 32


@dataclass(frozen=True, slots=True)
class Strongest:
    """The parts that speak most for good and most for bad: features, and words."""

    good_features: tuple[Part, ...]
    bad_features: tuple[Part, ...]
    good_words: tuple[Part, ...]
    bad_words: tuple[Part, ...]

    @property
    def largest(self) -> tuple[float, float]:
        """The largest amount among features, and among words; 0 where there is none."""
        pairs = (self.good_features, self.bad_features), (self.good_words, self.bad_words)
        features, words = (
            max((abs(part.amount) for side in pair for part in side), default=0.0) for pair in pairs
        )
        return features, words


@lru_cache(maxsize=REMEMBERED)
def strongest_of(version: int) -> Strongest | None:
    """Return what a version goes by, remembered in this process; None where its model cannot be used any more."""
    try:
        classifier = classifier_of(version)
    except ArtefactError:
        return None
    names = _names(version) if classifier.step.has_words else {}
    good, bad = strongest(classifier, names, most=len(names) + len(FEATURES))
    return Strongest(*(_first(side, kind) for kind in ("feature", "word") for side in (good, bad)))


def _names(version: int) -> dict[int, str]:
    """Return the words, without parts of words, that stand in texts the version learnt from."""
    learnt = learnt_from(ClassifierVersion.objects.only("held_out").get(pk=version))
    places = sorted({round(at) for at in np.linspace(0, max(len(learnt) - 1, 0), min(TEXTS, len(learnt)))})
    rows = [Judged(0, *learnt[at], True, True, 1.0, 0, ()) for at in places]
    found: dict[int, str] = {}
    for texts in texts_of(rows):
        for text in texts:
            found |= {column: name for column, name in terms_of(text).items() if column < WORD_BUCKETS}
    return found


def _first(parts: list[Part], kind: str) -> tuple[Part, ...]:
    return tuple(part for part in parts if part.kind == kind and abs(part.amount) >= LEAST)[:MOST]
