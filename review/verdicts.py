"""What a policy says of one example's measured values."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from review.limits import Limit
from review.policies import Policy

BY_HAND = "hand"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one limit drops or flags an example, or cannot judge it yet."""

    slug: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a policy says of one example's values.

    A manager's ruling counts more than any limit. Otherwise an example that any limit drops is "dropped",
    whatever is still unknown; one that no limit drops but some limit cannot judge and holds back is
    "unmeasured"; only the rest is "kept". `flags` are reasons to look at it that drop nothing.
    """

    state: Literal["kept", "dropped", "unmeasured"]
    dropped_by: str  # slug of the first limit, in the policy's order, that drops it, or "hand"; "" otherwise
    reasons: tuple[Reason, ...]
    flags: tuple[Reason, ...] = ()

    @property
    def kept(self) -> bool:
        return self.state == "kept"


def verdict(values: Mapping[str, object], policy: Policy) -> Verdict:
    """What the policy says of an example with these measured values.

    A value that is absent, None or no number is unknown. `ruling` among the values is a manager's: 1 keeps,
    -1 drops.
    """
    drops: list[Reason] = []
    flags: list[Reason] = []
    unknown: list[Reason] = []
    for limit in policy.limits:
        value = values.get(limit.field)
        if not limit.bounds():
            continue
        if not isinstance(value, int | float) or math.isnan(value):
            _not_measured(limit, drops, flags, unknown)
        elif text := limit.reason(value):
            (drops if limit.drops else flags).append(Reason(limit.slug, limit.label, text))
    ruling = values.get("ruling")
    if ruling == -1:
        return Verdict(
            "dropped", BY_HAND, (Reason(BY_HAND, "By hand", "Dropped by hand."), *drops), tuple(flags)
        )
    if ruling == 1:
        return Verdict("kept", "", (), (*drops, *flags))
    if drops:
        return Verdict("dropped", drops[0].slug, tuple(drops), tuple(flags))
    return Verdict("unmeasured" if unknown else "kept", "", tuple(unknown), tuple(flags))


def _not_measured(limit: Limit, drops: list[Reason], flags: list[Reason], unknown: list[Reason]) -> None:
    reason = Reason(limit.slug, limit.label, "Not measured yet.")
    if limit.unknown == "hold":
        unknown.append(reason)
    elif limit.unknown == "drop":
        (drops if limit.drops else flags).append(reason)
