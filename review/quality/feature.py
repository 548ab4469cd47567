"""What a feature is, and the arithmetic that several share."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from review.quality.counts import Counts, Floats


@dataclass(frozen=True, slots=True)
class Feature:
    """One column: its name in stored models, what it counts in plain words, and why that speaks of quality."""

    slug: str
    label: str
    why: str
    of: Callable[[Counts], Floats] = field(repr=False, compare=False)


def share(part: Floats, whole: Floats, otherwise: float = 0) -> Floats:
    """Return part / whole; `otherwise` where there is no whole."""
    found: Floats = np.where(whole > 0, part / np.maximum(whole, 1), otherwise)
    return found


def yes(found: npt.NDArray[np.bool_]) -> Floats:
    """Return 1 where it is so, else 0."""
    return found.astype(np.float64)


def logged(count: Floats) -> Floats:
    """Return ln(1 + count), so that ten more matter to a few and not to a thousand."""
    found: Floats = np.log1p(count)
    return found
