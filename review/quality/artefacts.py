"""A classifier as two files: numbers in an npz, what they are in JSON. Nothing in either is ever executed.

Both are read as if somebody had made them up: their size is looked at before they are unpacked, every array is compared
with the schema and with what the others promise, and a model of other features or terms is refused, since its numbers
would mean something else.
"""

import io
import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from typing import Any, Final

import numpy as np

from review.quality.arrays import KINDS, SCHEMA, TREE, Array, ArtefactError, arrays_check, arrays_read, wrong
from review.quality.boosting import Boosted
from review.quality.calibration import Platt
from review.quality.classifier import Classifier
from review.quality.features import FEATURES, FEATURES_VERSION
from review.quality.forest import Forest
from review.quality.ladder import Step
from review.quality.linear import Linear
from review.quality.matrices import LEAST, MOST
from review.quality.terms import TERMS_VERSION
from review.quality.trees import Trees
from review.quality.weighting import COLUMNS, Weighting

__all__ = ["Artefact", "ArtefactError", "card_of", "libraries", "loaded", "saved"]

FORMAT: Final = 1
FITTED_WITH = ("numpy", "scipy", "scikit-learn")
MOST_CARD, MOST_ARRAYS = 4_000_000, 16_000_000


@dataclass(frozen=True, slots=True)
class Artefact:
    """The two files: `arrays` is an npz, `card` JSON in UTF-8. The same model and card give the same bytes."""

    arrays: bytes
    card: bytes


def saved(classifier: Classifier, about: Mapping[str, Any] | None = None) -> Artefact:
    """Return a classifier as files; `about` is kept in the card as it is: digest of labels, seed, metrics."""
    arrays = _packed(classifier)
    file = io.BytesIO()
    np.savez_compressed(file, allow_pickle=False, **arrays)
    data = file.getvalue()
    card = {
        "format": FORMAT,
        "step": classifier.step.value,
        "features": {"version": FEATURES_VERSION, "slugs": [feature.slug for feature in FEATURES]},
        "judge": None if classifier.neutral is None else {"neutral": classifier.neutral},
        "terms": {"version": TERMS_VERSION, "columns": COLUMNS, "rows": classifier.linear.weighting.rows},
        "sizes": {name: len(array) for name, array in arrays.items()},
        "sha256": sha256(data).hexdigest(),
        "libraries": libraries(),
        "about": dict(about or {}),
    }
    return Artefact(data, json.dumps(card, indent=1, sort_keys=True, allow_nan=False).encode())


def libraries() -> dict[str, str]:
    """Return the versions of what a model is fitted with."""
    return {"python": platform.python_version(), **{name: version(name) for name in FITTED_WITH}}


def loaded(artefact: Artefact) -> Classifier:
    """Return the classifier of files. Raises ArtefactError for any that `saved` of this version cannot have made."""
    card = card_of(artefact.card)
    if len(artefact.arrays) > MOST_ARRAYS:
        raise wrong(f"its arrays are larger than {MOST_ARRAYS:,} bytes")
    if card["sha256"] != sha256(artefact.arrays).hexdigest():
        raise wrong("the arrays are not those that the card names")
    arrays = arrays_read(artefact.arrays)
    arrays_check(arrays, card)
    return _unpacked(arrays, card)


def card_of(data: bytes) -> dict[str, Any]:
    """Return what a card says. Raises ArtefactError for one of another form, or of other features or terms."""
    if len(data) > MOST_CARD:
        raise wrong(f"its card is larger than {MOST_CARD:,} bytes")
    try:
        card = json.loads(data)
    except (ValueError, RecursionError):
        raise wrong("its card is not JSON") from None
    if not isinstance(card, dict):
        raise wrong("its card is not an object")
    if card.get("format") != FORMAT:
        raise wrong(f"its card is not of form {FORMAT}")
    for key, kind in {"features": dict, "terms": dict, "sizes": dict, "sha256": str}.items():
        if type(card.get(key)) is not kind:
            raise wrong(f"its card has no “{key}”")
    _check_versions(card)
    return card


def _check_versions(card: Mapping[str, Any]) -> None:
    if card["features"].get("version") != FEATURES_VERSION or card["features"].get("slugs") != [
        each.slug for each in FEATURES
    ]:
        raise wrong(f"it reads other features than those of version {FEATURES_VERSION}: train again")
    if card["terms"].get("version") != TERMS_VERSION or card["terms"].get("columns") != COLUMNS:
        raise wrong(f"it reads other terms than those of version {TERMS_VERSION}: train again")
    if card.get("step") not in [step.value for step in Step if step is not Step.NONE]:
        raise wrong("its step is none of the ladder")
    if not _is_judge(card.get("judge")):
        raise wrong("what it has for texts without a judge's score cannot be")
    rows = card["terms"].get("rows")
    if type(rows) is not int or not 0 <= rows < 2**53:
        raise wrong("its number of training rows cannot be")


def _is_judge(found: Any) -> bool:
    """Say whether that is what a card says of a judge; one of an earlier release says nothing."""
    if found is None:
        return True
    neutral = found.get("neutral") if isinstance(found, dict) else None
    return type(neutral) is float and LEAST <= neutral <= MOST


def _packed(classifier: Classifier) -> dict[str, Array]:
    linear, platt, boosted = classifier.linear, classifier.platt, classifier.boosted
    arrays: dict[str, Array] = {
        "scalars": np.array([linear.intercept, platt.slope, platt.shift, boosted.base if boosted else 0.0]),
        "mean": linear.mean,
        "scale": linear.scale,
        "coefficients": linear.coefficients,
        "columns": linear.weighting.columns,
        "occurs": linear.weighting.occurs,
        "word_coefficients": linear.word_coefficients,
    }
    for kind, model in zip(KINDS, (classifier.forest, boosted), strict=True):
        trees = model.trees if model else Trees.none()
        arrays |= {f"{kind}_{name}": getattr(trees, name) for name in TREE}
    return {name: np.ascontiguousarray(array, SCHEMA[name]) for name, array in arrays.items()}


def _unpacked(arrays: Mapping[str, Array], card: Mapping[str, Any]) -> Classifier:
    intercept, slope, shift, base = arrays["scalars"].tolist()
    weighting = Weighting(arrays["columns"], arrays["occurs"], card["terms"]["rows"])
    mean, scale, coefficients = (arrays[name] for name in ("mean", "scale", "coefficients"))
    linear = Linear(intercept, mean, scale, coefficients, weighting, arrays["word_coefficients"])
    forest, boosted = (Trees(*(arrays[f"{kind}_{name}"] for name in TREE)) for kind in KINDS)
    return Classifier(
        Step(card["step"]),
        linear,
        Forest(forest) if forest.roots.size else None,
        Boosted(base, boosted) if boosted.roots.size else None,
        Platt(slope, shift),
        card["judge"]["neutral"] if card.get("judge") else None,
    )
