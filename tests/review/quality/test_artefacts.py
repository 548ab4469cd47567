import io
import json
import struct
import zipfile
from collections.abc import Callable
from functools import cache
from hashlib import sha256
from typing import Any

import numpy as np
import pytest

from review.quality.artefacts import Artefact, ArtefactError, libraries, loaded, saved
from review.quality.calibration import Platt
from review.quality.classifier import Classifier, fit
from review.quality.ladder import Step
from tests.review.quality.planted import first, texts

Arrays = dict[str, Any]


@cache
def model() -> Classifier:
    known, given = first(60)
    return fit(known, given.good, given.weight, Step.AVERAGED, ids=given.ids).scaled(Platt(0.8, -0.1))


@cache
def sound() -> Artefact:
    return saved(model(), {"digest": "abc", "auc": 0.9})


def packed(arrays: Arrays, card: dict[str, Any] | None = None) -> Artefact:
    """Files of other arrays whose card agrees with them."""
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return signed(file.getvalue(), card or card_for(arrays))


def signed(data: bytes, card: dict[str, Any]) -> Artefact:
    return Artefact(data, json.dumps(card | {"sha256": sha256(data).hexdigest()}).encode())


def card_for(arrays: Arrays) -> dict[str, Any]:
    card: dict[str, Any] = json.loads(sound().card)
    return card | {"sizes": {name: np.asarray(array).size for name, array in arrays.items()}}


def unpacked() -> Arrays:
    with np.load(io.BytesIO(sound().arrays), allow_pickle=False) as arrays:
        return dict(arrays)


@pytest.mark.parametrize("step", [Step.FEATURES, Step.WORDS, Step.AVERAGED])
def test_what_is_saved_is_loaded_to_the_last_bit(step: Step) -> None:
    known, given = first(60)
    before = fit(known, given.good, given.weight, step).scaled(Platt(1.2, 0.3))
    after = loaded(saved(before))
    assert np.abs(after.scores(texts()) - before.scores(texts())).max() <= 1e-6
    assert (after.scores(texts()) == before.scores(texts())).all()
    assert saved(after) == saved(before)


def test_the_card_says_what_the_model_is() -> None:
    card = json.loads(sound().card)
    assert card["about"] == {"digest": "abc", "auc": 0.9}
    assert card["libraries"] == libraries() and set(libraries()) == {
        "python",
        "numpy",
        "scipy",
        "scikit-learn",
    }
    assert card["step"] == "averaged" and card["terms"]["rows"] == 60
    with pytest.raises(ValueError, match="JSON compliant"):
        saved(model(), {"auc": float("nan")})


def changed(name: str, change: Callable[[Any], Any]) -> Arrays:
    arrays = unpacked()
    return arrays | {name: change(arrays[name])}


def with_nan(array: Any) -> Any:
    return np.where(np.arange(len(array)) == 0, np.nan, array)


def with_circle() -> Arrays:
    """A way from the second node that is no leaf to itself and on, so that it never ends."""
    arrays = unpacked()
    left, own = arrays["boosted_left"], np.arange(len(arrays["boosted_left"]))
    place = np.flatnonzero(left != own)[1]
    return arrays | {
        "boosted_right": np.where(own == place, place - 1, arrays["boosted_right"]).astype(np.int32)
    }


POISONED: dict[str, tuple[Callable[[], Arrays], str]] = {
    "objects": (lambda: changed("mean", lambda own: np.array([{"a": 1}] * len(own), object)), "not one row"),
    "other numbers": (lambda: changed("mean", lambda own: own.astype(np.float32)), "not one row of float64"),
    "two axes": (lambda: changed("mean", lambda own: own.reshape(1, -1)), "not one row"),
    "text": (lambda: changed("mean", lambda own: own.astype(str)), "not one row"),
    "one feature fewer": (lambda: changed("mean", lambda own: own[1:]), "one coefficient for each feature"),
    "one word fewer": (lambda: changed("occurs", lambda own: own[1:]), "one coefficient for each word"),
    "a scalar more": (
        lambda: changed("scalars", lambda own: np.append(own, 0.0)),
        "one coefficient for each",
    ),
    "not a number": (lambda: changed("word_coefficients", with_nan), "not finite"),
    "infinite": (lambda: changed("forest_limit", lambda own: own + np.inf), "not finite"),
    "scale of 0": (lambda: changed("scale", lambda own: own * 0), "not above 0"),
    "slope below 0": (lambda: changed("scalars", lambda own: own * [1, -1, 1, 1]), "not above 0"),
    "columns too far": (lambda: changed("columns", lambda own: own + (1 << 30)), "no rising columns"),
    "columns below 0": (lambda: changed("columns", lambda own: own - (1 << 30)), "no rising columns"),
    "columns falling": (lambda: changed("columns", lambda own: own[::-1]), "no rising columns"),
    "words in too many rows": (lambda: changed("occurs", lambda own: own + 60), "more rows than there are"),
    "no forest": (lambda: changed("forest_roots", lambda own: own[:0]), "not those of its step"),
    "trees of other sizes": (lambda: changed("boosted_value", lambda own: own[1:]), "differ in size"),
    "a tree out of bounds": (lambda: changed("forest_left", lambda own: own + (1 << 20)), "lead elsewhere"),
    "a feature that is not": (lambda: changed("forest_feature", lambda own: own + 1_000), "lead elsewhere"),
    "a feature below 0": (lambda: changed("boosted_feature", lambda own: own - 1_000), "lead elsewhere"),
    "a root out of bounds": (lambda: changed("boosted_roots", lambda own: own + (1 << 20)), "lead elsewhere"),
    "a circle": (with_circle, "lead back"),
    "half a leaf": (
        lambda: changed("boosted_left", lambda own: np.arange(len(own), dtype=np.int32)),
        "lead back",
    ),
    "an array more": (lambda: unpacked() | {"more": np.zeros(1)}, "not those of a classifier"),
    "an array fewer": (
        lambda: {name: array for name, array in unpacked().items() if name != "mean"},
        "not those",
    ),
    "none": (dict, "not those of a classifier"),
    "a bomb": (lambda: changed("word_coefficients", lambda own: np.zeros(5_000_000)), "unpack to more than"),
}


@pytest.mark.parametrize("name", POISONED)
def test_poisoned_arrays_are_refused(name: str) -> None:
    made, reason = POISONED[name]
    with pytest.raises(ArtefactError, match=reason):
        loaded(packed(made()))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"format": 2}, "not of form 1"),
        ({"format": None}, "not of form 1"),
        ({"features": {"version": -1, "slugs": []}}, "other features"),
        ({"features": []}, "no “features”"),
        ({"terms": {"version": 10**9}}, "other terms"),
        ({"step": "none"}, "none of the ladder"),
        ({"step": ["words"]}, "none of the ladder"),
        ({"step": "words"}, "not those of its step"),
        ({"step": "features"}, "not those of its step"),
        ({"sizes": {}}, "not the sizes"),
        ({"sha256": "0" * 64}, "not those that the card names"),
        ({"sha256": 7}, "no “sha256”"),
    ],
)
def test_a_card_that_says_something_else_is_refused(change: dict[str, Any], reason: str) -> None:
    card = json.loads(sound().card) | change
    with pytest.raises(ArtefactError, match=reason):
        loaded(Artefact(sound().arrays, json.dumps(card).encode()))


def test_a_model_of_other_features_says_to_train_again() -> None:
    card = json.loads(sound().card)
    card["features"]["slugs"].reverse()
    versions = [card]
    for kind in ("features", "terms"):
        card = json.loads(sound().card)
        card[kind]["version"] += 1
        versions.append(card)
    for card in versions:
        with pytest.raises(ArtefactError, match="train again"):
            loaded(Artefact(sound().arrays, json.dumps(card).encode()))
    for rows in (-1, 2**60, True, "60", None):
        card = json.loads(sound().card)
        card["terms"]["rows"] = rows
        with pytest.raises(ArtefactError, match="rows cannot be"):
            loaded(Artefact(sound().arrays, json.dumps(card).encode()))


@pytest.mark.parametrize(
    ("card", "reason"),
    [
        (b"", "not JSON"),
        (b"[1]", "not an object"),
        (b"null", "not an object"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"{}", "not of form"),
        (b" " * 4_000_001, "larger than"),
    ],
)
def test_a_card_that_is_none_is_refused(card: bytes, reason: str) -> None:
    with pytest.raises(ArtefactError, match=reason):
        loaded(Artefact(sound().arrays, card))


def test_files_that_are_no_npz_are_refused() -> None:
    card, whole = json.loads(sound().card), sound().arrays
    for data in (b"", b"PK\x05\x06" + bytes(18), whole[: len(whole) // 2], b"\x93NUMPY" + bytes(100)):
        with pytest.raises(ArtefactError):
            loaded(signed(data, card))
    with pytest.raises(ArtefactError, match="larger than"):
        loaded(signed(bytes(16_000_001), card))
    # Every tenth byte changed by itself: refused, or the same numbers.
    for place in range(0, len(whole), len(whole) // 60):
        spoilt = whole[:place] + bytes([whole[place] ^ 0x5A]) + whole[place + 1 :]
        try:
            found = loaded(signed(spoilt, card))
        except ArtefactError:
            continue
        assert (found.scores(texts()) == model().scores(texts())).all()


def test_a_member_that_lies_about_its_size_is_refused() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in (unpacked() | {"word_coefficients": np.zeros(5_000_000)}).items():
            made = io.BytesIO()
            np.save(made, array)
            archive.writestr(f"{name}.npy", made.getvalue())
    data = bytearray(file.getvalue())
    size = struct.pack("<I", 40_000_128)
    assert data.count(size) == 2
    data = data.replace(size, struct.pack("<I", 1_000))
    with pytest.raises(ArtefactError):
        loaded(signed(bytes(data), json.loads(sound().card)))


def test_a_header_that_promises_too_much_is_refused_before_it_is_made() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, array in unpacked().items():
            made = io.BytesIO()
            np.save(made, array)
            data = made.getvalue()
            if name == "mean":
                data = data.replace(f"({len(array)},)".encode(), b"(9999999999,)")[: len(data)]
            archive.writestr(f"{name}.npy", data)
    with pytest.raises(ArtefactError):
        loaded(signed(file.getvalue(), json.loads(sound().card)))
