"""The weights of the embedded toxicity model: read from two files, checked, never executed."""

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]

FORMAT = 1
HERE = Path(__file__).resolve().parent
CARD, ARRAYS = "weights.json", "weights.npz"
MOST_BYTES = 2_000_000
MOST_BYTES_UNPACKED = 16_000_000
HEADS = 5
ABSENT = 65_535  # no word has this number, so that pairs of two fit into 32 bits

# Name, kind of number and number of axes of every array; a file holds these and no other.
SCHEMA: Mapping[str, tuple[str, int]] = {
    "words": ("uint64", 1),
    "stops": ("uint64", 1),
    "profanity_words": ("uint16", 1),
    "profanity_idf": ("float32", 1),
    "profanity_weights": ("float32", 2),
    "profanity_heads": ("float64", 2),
    "abuse_words": ("uint16", 1),
    "abuse_pairs": ("uint32", 1),
    "abuse_idf": ("float32", 1),
    "abuse_weights": ("float32", 1),
    "abuse_intercept": ("float64", 1),
}


class WeightsError(ValueError):
    """Files that are not the weights they should be; the message says what is wrong."""


@dataclass(frozen=True, slots=True)
class Weights:
    """The arrays of both models over one vocabulary of V hashed words, and the default limit.

    `words` (V) are hashes in rising order, a word's number is its place; `stops` are hashes of words that are
    passed over. `profanity_*`: the words (n) with their idf (n) and weights (5, n); each row of `_heads` (5, 3) is
    intercept, slope and offset. `abuse_*`: words (m) and pairs (k, first · 65,536 + second, rising), then idf and
    weights for words and pairs together (m + k).
    """

    arrays: Mapping[str, Array]
    limit: float

    def __getitem__(self, name: str) -> Array:
        return self.arrays[name]


def weights_read(folder: Path = HERE) -> Weights:
    """Return the weights that lie in a folder. Raises WeightsError for files of any other form."""
    card = card_read(folder)
    data = _bytes(folder / ARRAYS)
    if card["sha256"] != sha256(data).hexdigest():
        raise _wrong("the arrays are not those that the card names")
    arrays = _arrays(data)
    _check(arrays)
    return Weights(arrays, card["limit"])


def card_read(folder: Path = HERE) -> dict[str, Any]:
    """Return what the card says of the weights. Raises WeightsError for a file of any other form."""
    data = _bytes(folder / CARD)
    try:
        card = json.loads(data)
    except (ValueError, RecursionError):
        raise _wrong("the card is not JSON") from None
    if not isinstance(card, dict) or card.get("format") != FORMAT:
        raise _wrong(f"the card is not of form {FORMAT}")
    limit = card.get("limit")
    if not isinstance(card.get("sha256"), str) or not isinstance(limit, float) or not 0 < limit < 1:
        raise _wrong("the card has no sum or no limit between 0 and 1")
    return card


def _wrong(what: str) -> WeightsError:
    return WeightsError(f"The weights of the toxicity model cannot be used: {what}.")


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise _wrong(f"{path.name} cannot be read ({error.strerror})") from None
    if len(data) > MOST_BYTES:
        raise _wrong(f"{path.name} is larger than {MOST_BYTES:,} bytes")
    return data


def _arrays(data: bytes) -> dict[str, Array]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(info.file_size for info in archive.infolist())
        if size > MOST_BYTES_UNPACKED:
            raise _wrong(f"unpacked they are larger than {MOST_BYTES_UNPACKED:,} bytes")
        with np.load(io.BytesIO(data), allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except WeightsError:
        raise
    # What a made-up archive raises inside zipfile, zlib and numpy is no closed list.
    except Exception as error:  # noqa: BLE001
        raise _wrong(f"the arrays cannot be read ({type(error).__name__})") from None


def _check(arrays: Mapping[str, Array]) -> None:
    """Raise WeightsError unless every array has the form that scoring relies on."""
    if set(arrays) != set(SCHEMA):
        raise _wrong("arrays are missing or unknown")
    for name, (kind, axes) in SCHEMA.items():
        array = arrays[name]
        if array.dtype != np.dtype(kind) or array.ndim != axes:
            raise _wrong(f"{name} has another form")
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise _wrong(f"{name} holds what is no number")
    if not _sizes_agree(arrays):
        raise _wrong("sizes do not agree")
    _check_numbers(arrays)


def _sizes_agree(arrays: Mapping[str, Array]) -> bool:
    words, n = len(arrays["words"]), len(arrays["profanity_words"])
    m = len(arrays["abuse_words"]) + len(arrays["abuse_pairs"])
    shapes = {
        "profanity_idf": (n,),
        "profanity_weights": (HEADS, n),
        "profanity_heads": (HEADS, 3),
        "abuse_idf": (m,),
        "abuse_weights": (m,),
        "abuse_intercept": (1,),
    }
    return 0 < words < ABSENT and all(arrays[name].shape == shape for name, shape in shapes.items())


def _check_numbers(arrays: Mapping[str, Array]) -> None:
    words = len(arrays["words"])
    for name in ("words", "stops", "profanity_words", "abuse_words", "abuse_pairs"):
        if (arrays[name][1:] <= arrays[name][:-1]).any():
            raise _wrong(f"{name} does not rise")
    pairs = arrays["abuse_pairs"]
    for name, numbers in (
        ("profanity_words", arrays["profanity_words"]),
        ("abuse_words", arrays["abuse_words"]),
        ("abuse_pairs", np.concatenate([pairs >> 16, pairs & 65_535])),
    ):
        if (numbers >= words).any():
            raise _wrong(f"{name} names words that are not there")
    for name in ("profanity_idf", "abuse_idf"):
        if (arrays[name] <= 0).any():
            raise _wrong(f"{name} is not above 0")
