"""Declared limits: which measured value is kept between which bounds.

A limit is data. The Python verdict over one example's values and the SQL over a whole dataset are both built
from `Limit.bounds()`, so they cannot come to differ.
"""

import operator
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from review.toxicity import DEFAULT_LIMIT as TOXICITY_LIMIT

Lookup = Literal["gte", "lte", "lt"]
Action = Literal["drop", "flag"]
Unknown = Literal["hold", "keep", "drop"]

_COMPARE: dict[Lookup, Callable[[float, float], bool]] = {
    "gte": operator.ge,
    "lte": operator.le,
    "lt": operator.lt,
}


@dataclass(frozen=True, slots=True)
class Bound:
    """One condition that a kept value meets: `field` `lookup` `value`.

    `lookup` is the name of the field lookup that Django's query language uses for it.
    """

    field: str
    lookup: Lookup
    value: float

    def holds(self, value: float) -> bool:
        return _COMPARE[self.lookup](value, self.value)


@dataclass(frozen=True, slots=True)
class Limit:
    """The bounds between which one measured field is kept, and what becomes of an example outside them.

    Bounds are inclusive, but for the maximum of a limit that keeps only what lies `below` it. None is off; 0 is
    a bound like any other. `unit` is what the field counts, in the singular, and is empty where the value is a
    score. A limit that flags drops nothing: it marks what a person should look at. `unknown` says what holds
    for a value that could not be measured: hold the example back, keep it, or drop it.
    """

    slug: str  # stored in policies and manifests: never renamed
    label: str
    field: str
    minimum: float | None = None
    maximum: float | None = None
    below: bool = False
    unit: str = ""
    action: Action = "drop"
    unknown: Unknown = "hold"

    def bounds(self) -> tuple[Bound, ...]:
        """The conditions a kept value meets, all of them; empty when the limit is off."""
        most: Lookup = "lt" if self.below else "lte"
        asked: tuple[tuple[Lookup, float | None], ...] = (("gte", self.minimum), (most, self.maximum))
        return tuple(Bound(self.field, lookup, value) for lookup, value in asked if value is not None)

    @property
    def drops(self) -> bool:
        return self.action == "drop"

    def reason(self, value: float) -> str:
        """Why this value is outside, in words a person can act on; empty when it is kept."""
        for bound in self.bounds():
            if not bound.holds(value):
                return f"{self.counted(value)}; {_asked_for(bound)}"
        return ""

    def counted(self, value: float) -> str:
        """Write a value with what it counts: "12 tokens"."""
        plural = "" if value == 1 or not self.unit else "s"
        return f"{number(value)} {self.unit}{plural}".strip()


# Every limit there is, in the order of the funnel, with the bounds of a new project.
LIMITS: tuple[Limit, ...] = (
    Limit("format", "Format", "format_blocks", maximum=0, unit="blocking format issue"),
    Limit("length", "Length", "tokens", minimum=50, maximum=4096, unit="token"),
    Limit("exact", "Exact duplicate", "exact_copy", maximum=0, unit="copy"),
    Limit("same-prompt", "Same instruction", "prompt_twins", maximum=0, unit="other answer", action="flag"),
    Limit("near", "Near duplicate", "near_similarity", maximum=0.7, below=True),
    Limit("semantic", "Similar in meaning", "semantic_similarity", below=True),
    Limit("toxicity", "Toxicity", "toxicity", maximum=TOXICITY_LIMIT, below=True, action="flag"),
    Limit(
        "personal-data", "Personal data", "personal_data", maximum=0, unit="personal detail", action="flag"
    ),
    Limit("contamination", "Contamination", "contamination", maximum=0),
    Limit("quality", "Quality classifier", "quality"),
    Limit("judge", "Judge", "judge", unknown="keep"),
)


def number(value: float) -> str:
    """Write a number as people read it: no decimals where there are none, four figures otherwise."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.4g}"


def bounds_words(limit: Limit) -> str:
    """Say what a limit keeps: "50 to 4,096 tokens"."""
    low, high = limit.minimum, limit.maximum
    if low is None and high is None:
        return "off"
    if low is None and high == 0 and not limit.below:
        return f"no {limit.unit or limit.label.lower()}"
    words = _both(low, high) if low is not None and high is not None else _one_bound(limit)
    return f"{words} {limit.unit}s" if limit.unit else words


def _asked_for(bound: Bound) -> str:
    if bound.lookup == "lt":
        return f"less than {number(bound.value)} asked for"
    if bound.lookup == "lte" and bound.value == 0:
        return "none is allowed"
    least = bound.lookup == "gte"
    return f"at {'least' if least else 'most'} {number(bound.value)} {'asked for' if least else 'allowed'}"


def _both(low: float, high: float) -> str:
    return f"{low:,.10g} to {high:,.10g}"


def _one_bound(limit: Limit) -> str:
    if limit.minimum is not None:
        return f"at least {limit.minimum:,.10g}"
    return f"{'less than' if limit.below else 'at most'} {limit.maximum:,.10g}"
