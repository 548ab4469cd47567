"""The arrays of a stored classifier: read from an npz that may be anything, and compared with what they should be."""

import io
import math
import struct
import zipfile
import zlib
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from review.quality.ladder import Step
from review.quality.matrices import WIDTHS
from review.quality.weighting import COLUMNS

Array = npt.NDArray[Any]

MOST_UNPACKED = 32_000_000
MOST_NODES = 200_000

# The arrays of trees, each once for the forest and once for the boosted trees.
KINDS = ("forest", "boosted")
TREE: Final[Mapping[str, str]] = {
    "roots": "int32",
    "feature": "int32",
    "limit": "float64",
    "left": "int32",
    "right": "int32",
    "value": "float64",
}
# Name and kind of number of every array, all of one axis; a file holds these and no other.
SCHEMA: Final[Mapping[str, str]] = {
    "scalars": "float64",
    "mean": "float64",
    "scale": "float64",
    "coefficients": "float64",
    "columns": "int64",
    "occurs": "int64",
    "word_coefficients": "float64",
    **{f"{kind}_{name}": number for kind in KINDS for name, number in TREE.items()},
}


class ArtefactError(ValueError):
    """Files that are not the model they should be; the message says what is wrong."""


def wrong(what: str) -> ArtefactError:
    return ArtefactError(f"The stored classifier cannot be used: {what}.")


def arrays_read(data: bytes) -> dict[str, Array]:
    """Return the arrays of an npz of known names, none larger than it should be. Raises ArtefactError."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if {info.filename for info in members} != {f"{name}.npy" for name in SCHEMA} or len(
                members
            ) != len(SCHEMA):
                raise wrong("its arrays are not those of a classifier")
            if sum(info.file_size for info in members) > MOST_UNPACKED:
                raise wrong(f"its arrays unpack to more than {MOST_UNPACKED:,} bytes")
            return {info.filename.removesuffix(".npy"): _array(archive, info) for info in members}
    except (
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        EOFError,
        NotImplementedError,
        RuntimeError,
        struct.error,
    ):
        raise wrong("its arrays are no sound npz") from None


def _array(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Array:
    """Read one array; a member that unpacks to more than it says is cut off there and then refused."""
    with archive.open(info) as member:
        data = member.read(info.file_size + 1)
    name = info.filename.removesuffix(".npy")
    kind = SCHEMA[name]
    file = io.BytesIO(data)
    try:
        # What the header promises is compared with what is there before anything of that size is made.
        version = np.lib.format.read_magic(file)
        shape, _, dtype = (
            np.lib.format.read_array_header_1_0(file) if version == (1, 0) else ((), False, None)
        )
        if (
            dtype != np.dtype(kind)
            or len(shape) != 1
            or len(data) - file.tell() != math.prod(shape) * dtype.itemsize
        ):
            raise wrong(f"its array “{name}” is not one row of {kind}")
        file.seek(0)
        array: Array = np.lib.format.read_array(file, allow_pickle=False)
    except (ValueError, TypeError, SyntaxError, RecursionError, MemoryError) as error:
        if isinstance(error, ArtefactError):
            raise
        raise wrong(f"its array “{name}” cannot be read") from None
    return array


def arrays_check(arrays: Mapping[str, Array], card: Mapping[str, Any]) -> None:
    """Compare the arrays with each other and with the card. Raises ArtefactError."""
    if card["sizes"] != {name: len(array) for name, array in arrays.items()}:
        raise wrong("its arrays have not the sizes that the card names")
    for name, array in arrays.items():
        if array.dtype.kind == "f" and not np.isfinite(array).all():
            raise wrong(f"its array “{name}” holds a number that is not finite")
    sizes = {name: len(array) for name, array in arrays.items()}
    width = WIDTHS[bool(card.get("judge"))]
    if sizes["scalars"] != 4 or any(sizes[name] != width for name in ("mean", "scale", "coefficients")):
        raise wrong("it has not one coefficient for each feature")
    if not len(arrays["columns"]) == len(arrays["occurs"]) == len(arrays["word_coefficients"]):
        raise wrong("it has not one coefficient for each word")
    if not (arrays["scale"] > 0).all() or arrays["scalars"][1] <= 0:
        raise wrong("a scale is not above 0")
    _check_columns(arrays["columns"], arrays["occurs"], card["terms"]["rows"])
    step = Step(card["step"])
    _check_trees(arrays, "forest", width, there=step.has_words)
    _check_trees(arrays, "boosted", width, there=step is Step.AVERAGED)


def _check_columns(columns: Array, occurs: Array, rows: int) -> None:
    if not len(columns):
        return
    if columns[0] < 0 or columns[-1] >= COLUMNS or not (np.diff(columns) > 0).all():
        raise wrong("its words are no rising columns")
    if occurs.min() < 0 or occurs.max() > rows:
        raise wrong("a word occurs in more rows than there are")


def _check_trees(arrays: Mapping[str, Array], kind: str, width: int, *, there: bool) -> None:
    """Refuse trees that are there against their step, or in which a way would not end at a leaf of theirs."""
    roots, feature, limit, left, right, value = (arrays[f"{kind}_{name}"] for name in TREE)
    count, own = len(feature), np.arange(len(feature))
    if bool(len(roots)) != there or bool(count) != there or count > MOST_NODES:
        raise wrong(f"its trees ({kind}) are not those of its step")
    if any(len(each) != count for each in (limit, left, right, value)):
        raise wrong(f"its trees ({kind}) differ in size")
    for each, most in ((roots, count), (feature, width), (left, count), (right, count)):
        if ((each < 0) | (each >= most)).any():
            raise wrong(f"its trees ({kind}) lead elsewhere")
    leaf = left == own
    if (leaf != (right == own)).any() or ((left < own) | (right < own)).any():
        raise wrong(f"its trees ({kind}) lead back")
