"""Declared limits and the verdict that follows from them.

A limit is data: which measured field it reads and between which bounds a value is kept. The Python
verdict below and the SQL over a whole dataset are both built from `Limit.bounds()`, so they cannot
come to differ.
"""

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

Lookup = Literal["gte", "lte"]

_COMPARE: dict[Lookup, Callable[[float, float], bool]] = {"gte": operator.ge, "lte": operator.le}


class PolicyError(ValueError):
    """A policy that cannot be used; the message says what to mend."""


@dataclass(frozen=True, slots=True)
class Bound:
    """One condition that a kept value meets: `field` `lookup` `value`, inclusive.

    `lookup` is the name of the field lookup that Django's query language uses for it.
    """

    field: str
    lookup: Lookup
    value: float

    def holds(self, value: float) -> bool:
        return _COMPARE[self.lookup](value, self.value)


@dataclass(frozen=True, slots=True)
class Limit:
    """The inclusive bounds between which one measured field is kept.

    None is off; 0 is a bound like any other. `unit` is what the field counts, in the singular, and
    is empty where the value is a score.
    """

    slug: str  # stored in policies and manifests: never renamed
    label: str
    field: str
    minimum: float | None = None
    maximum: float | None = None
    unit: str = ""

    def bounds(self) -> tuple[Bound, ...]:
        """The conditions a kept value meets, all of them; empty when the limit is off."""
        asked: tuple[tuple[Lookup, float | None], ...] = (("gte", self.minimum), ("lte", self.maximum))
        return tuple(Bound(self.field, lookup, value) for lookup, value in asked if value is not None)

    def reason(self, value: float) -> str:
        """Why this value is dropped, in words a person can act on; empty when it is kept."""
        for bound in self.bounds():
            if not bound.holds(value):
                return f"{self._counted(value)}; {_asked_for(bound)}"
        return ""

    def _counted(self, value: float) -> str:
        plural = "" if value == 1 or not self.unit else "s"
        return f"{_number(value)} {self.unit}{plural}".strip()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one limit drops an example, or cannot judge it yet."""

    slug: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a policy says of one example's values.

    An example that any limit drops is "dropped", whatever is still unknown; one that no limit drops
    but some limit cannot judge is "unmeasured"; only the rest is "kept".
    """

    state: Literal["kept", "dropped", "unmeasured"]
    dropped_by: str  # slug of the first limit, in the policy's order, that drops it; "" otherwise
    reasons: tuple[Reason, ...]

    @property
    def kept(self) -> bool:
        return self.state == "kept"


@dataclass(frozen=True, slots=True)
class Policy:
    """A project's limits, in the order of the funnel."""

    limits: tuple[Limit, ...]

    def to_json(self) -> dict[str, Any]:
        """The policy as it is stored and written into a manifest: slugs, fields and bounds."""
        return {
            "limits": [
                {"slug": limit.slug, "field": limit.field, "minimum": limit.minimum, "maximum": limit.maximum}
                for limit in self.limits
            ]
        }

    @classmethod
    def from_json(cls, data: object) -> "Policy":
        """The policy that `to_json` wrote.

        Labels, units and fields come from `LIMITS`, so a stored policy can name no other column.
        Raises PolicyError naming the entry that is wrong.
        """
        rows = data.get("limits") if isinstance(data, dict) else None
        if not isinstance(rows, list):
            raise PolicyError('A policy is an object with a list "limits".')
        limits = tuple(_limit_from_json(row) for row in rows)
        slugs = [limit.slug for limit in limits]
        for slug in slugs:
            if slugs.count(slug) > 1:
                raise PolicyError(f'The limit "{slug}" is given twice.')
        return cls(limits)


# Every limit there is, in the order of the funnel, with the bounds of a new project.
LIMITS: tuple[Limit, ...] = (
    Limit("format", "Format", "format_blocks", maximum=0, unit="blocking format issue"),
    Limit("length", "Length", "tokens", minimum=50, maximum=4096, unit="token"),
)

DEFAULT_POLICY = Policy(LIMITS)


def verdict(values: Mapping[str, object], policy: Policy) -> Verdict:
    """What the policy says of an example with these measured values.

    A value that is absent, None or no number is unknown.
    """
    drops: list[Reason] = []
    unknown: list[Reason] = []
    for limit in policy.limits:
        value = values.get(limit.field)
        if not limit.bounds():
            continue
        if not isinstance(value, int | float) or math.isnan(value):
            unknown.append(Reason(limit.slug, limit.label, "Not measured yet."))
        elif text := limit.reason(value):
            drops.append(Reason(limit.slug, limit.label, text))
    if drops:
        return Verdict("dropped", drops[0].slug, tuple(drops))
    return Verdict("unmeasured" if unknown else "kept", "", tuple(unknown))


def _limit_from_json(row: object) -> Limit:
    known = {limit.slug: limit for limit in LIMITS}
    slug = row.get("slug") if isinstance(row, dict) else None
    if not isinstance(row, dict) or not isinstance(slug, str):
        raise PolicyError('Each limit is an object with a "slug".')
    if slug not in known:
        raise PolicyError(f'There is no limit "{slug}"; there are: {", ".join(known)}.')
    if unexpected := sorted(map(str, row.keys() - {"slug", "field", "minimum", "maximum"})):
        raise PolicyError(f'The limit "{slug}" has a key that is not known: {unexpected[0]}.')
    if row.get("field", known[slug].field) != known[slug].field:
        raise PolicyError(f'The limit "{slug}" reads the field {known[slug].field}, not {row["field"]}.')
    minimum, maximum = (_bound_from_json(slug, name, row.get(name)) for name in ("minimum", "maximum"))
    if minimum is not None and maximum is not None and minimum > maximum:
        raise PolicyError(
            f'The limit "{slug}" has a minimum ({_number(minimum)}) over its maximum ({_number(maximum)}).'
        )
    return replace(known[slug], minimum=minimum, maximum=maximum)


def _bound_from_json(slug: str, name: str, value: object) -> float | None:
    if value is None:
        return None
    # bool is an int to Python, and JSON written elsewhere may hold NaN.
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise PolicyError(f'The {name} of the limit "{slug}" is a number, or null for none.')
    return value


def _asked_for(bound: Bound) -> str:
    if bound.lookup == "lte" and bound.value == 0:
        return "none is allowed"
    least = bound.lookup == "gte"
    return f"at {'least' if least else 'most'} {_number(bound.value)} {'asked for' if least else 'allowed'}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.4g}"
