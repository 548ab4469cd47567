"""Files that are not the weights they should be are refused, whatever is wrong with them."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from review.toxicity import DEFAULT_LIMIT, WeightsError, card_read, weights_read
from review.toxicity.weights import ARRAYS, CARD, HERE, MOST_BYTES, Array
from tests.review.toxicity.standin import arrays_for, write

GOOD = arrays_for({"turnip": 0.9, "leek": 0.1, "carrot": 0.5}, {"carrot leek": 0.9, "leek turnip": 0.2})


def test_weights_are_read_as_they_were_written(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    weights = weights_read(tmp_path)
    assert weights.limit == 0.5
    assert all((weights[name] == array).all() for name, array in GOOD.items())


def changed(name: str, change: Callable[[Array], Any]) -> dict[str, Any]:
    return GOOD | {name: change(GOOD[name].copy())}


def at(place: Any, value: float) -> Callable[[Array], Array]:
    def change(array: Array) -> Array:
        array[place] = value
        return array

    return change


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({name: array for name, array in GOOD.items() if name != "stops"}, "missing or unknown"),
        (GOOD | {"more": np.zeros(1)}, "missing or unknown"),
        (changed("words", lambda a: a.astype(np.int64)), "words has another form"),
        (changed("abuse_idf", lambda a: a[None]), "abuse_idf has another form"),
        (changed("abuse_weights", at(0, np.nan)), "abuse_weights holds what is no number"),
        (changed("profanity_heads", at((0, 1), np.inf)), "profanity_heads holds what is no number"),
        (changed("profanity_heads", lambda a: a[:4]), "sizes do not agree"),
        (changed("profanity_weights", lambda a: a[:, :2]), "sizes do not agree"),
        (changed("abuse_weights", lambda a: a[:-1]), "sizes do not agree"),
        (changed("abuse_intercept", lambda a: np.zeros(2)), "sizes do not agree"),
        (changed("words", lambda a: a[:0]), "sizes do not agree"),
        (changed("words", lambda a: a[::-1]), "words does not rise"),
        (changed("abuse_pairs", lambda a: a[[0, 0]]), "abuse_pairs does not rise"),
        (changed("abuse_words", at(2, 3)), "abuse_words names words that are not there"),
        (changed("profanity_words", at(2, 65_535)), "profanity_words names words that are not there"),
        (changed("abuse_pairs", at(1, 3 << 16)), "abuse_pairs names words that are not there"),
        (
            changed("abuse_pairs", lambda a: np.sort(at(0, 3)(a))),
            "abuse_pairs names words that are not there",
        ),
        (changed("profanity_idf", at(1, 0)), "profanity_idf is not above 0"),
        (changed("abuse_idf", at(1, -1)), "abuse_idf is not above 0"),
    ],
)
def test_arrays_of_another_form_are_refused(tmp_path: Path, arrays: dict[str, Array], words: str) -> None:
    write(tmp_path, arrays)
    with pytest.raises(WeightsError, match=words):
        weights_read(tmp_path)


class Trap:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.path),)


def test_a_pickle_among_the_arrays_is_refused_and_not_run(tmp_path: Path) -> None:
    trap = np.array([Trap(tmp_path / "sprung")], object)
    write(tmp_path, GOOD | {"words": trap})
    with pytest.raises(WeightsError, match="cannot be read"):
        weights_read(tmp_path)
    assert not (tmp_path / "sprung").exists()


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04 no archive", b"\x80\x04N.", b"\x93NUMPY\x01\x00"])
def test_what_is_no_archive_is_refused(tmp_path: Path, data: bytes) -> None:
    from hashlib import sha256

    write(tmp_path, GOOD, {"sha256": sha256(data).hexdigest()})
    (tmp_path / ARRAYS).write_bytes(data)
    with pytest.raises(WeightsError, match="cannot be read"):
        weights_read(tmp_path)


def test_arrays_that_the_card_does_not_name_are_refused(tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    card = (tmp_path / CARD).read_text()
    write(tmp_path, changed("abuse_weights", at(0, 9)))
    (tmp_path / CARD).write_text(card)
    with pytest.raises(WeightsError, match="not those that the card names"):
        weights_read(tmp_path)


@pytest.mark.parametrize(
    ("card", "words"),
    [
        ({"format": 2}, "not of form 1"),
        ({"limit": 0.0}, "no limit between 0 and 1"),
        ({"limit": 1.0}, "no limit between 0 and 1"),
        ({"limit": float("nan")}, "no limit between 0 and 1"),
        ({"limit": "0.5"}, "no limit between 0 and 1"),
        ({"sha256": None}, "no sum"),
    ],
)
def test_a_card_that_says_something_else_is_refused(
    tmp_path: Path, card: dict[str, object], words: str
) -> None:
    write(tmp_path, GOOD, card)
    with pytest.raises(WeightsError, match=words):
        weights_read(tmp_path)


@pytest.mark.parametrize("text", ["", "{", "[]", "\x00", "[" * 100_000])
def test_a_card_that_is_no_object_is_refused(tmp_path: Path, text: str) -> None:
    write(tmp_path, GOOD)
    (tmp_path / CARD).write_text(text)
    with pytest.raises(WeightsError, match="the card is not"):
        card_read(tmp_path)


@pytest.mark.parametrize("name", [CARD, ARRAYS])
def test_a_file_that_is_missing_or_too_large_is_refused(tmp_path: Path, name: str) -> None:
    write(tmp_path, GOOD)
    (tmp_path / name).write_bytes(bytes(MOST_BYTES + 1))
    with pytest.raises(WeightsError, match="larger than 2,000,000 bytes"):
        weights_read(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(WeightsError, match=f"{name} cannot be read"):
        weights_read(tmp_path)


def test_what_unpacks_to_more_than_it_should_is_refused(tmp_path: Path) -> None:
    write(tmp_path, GOOD | {"more": np.zeros(2_000_001)})
    with pytest.raises(WeightsError, match="unpacked they are larger"):
        weights_read(tmp_path)


def test_the_committed_weights_are_small_and_name_their_limit() -> None:
    assert sum((HERE / name).stat().st_size for name in (CARD, ARRAYS)) <= 1_000_000
    assert weights_read().limit == card_read()["limit"] == DEFAULT_LIMIT
    assert all(array.dtype.kind in "uf" for array in weights_read().arrays.values())
    assert json.loads((HERE / CARD).read_text())["packages"]["alt-profanity-check"] == "1.9.1"
