"""A project's policy: its limits and its scorers' options, as they are stored and read back."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, get_args

from review.limits import LIMITS, Action, Limit, Unknown, number

_KEYS = {"slug", "field", "minimum", "maximum", "action", "unknown"}


class PolicyError(ValueError):
    """A policy that cannot be used; the message says what to mend."""


@dataclass(frozen=True, slots=True)
class Policy:
    """A project's limits, in the order of the funnel, and what its scorers are told.

    `options` maps a scorer's slug to the options that differ from the scorer's defaults.
    """

    limits: tuple[Limit, ...]
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, hash=False)

    def limit(self, slug: str) -> Limit | None:
        return next((limit for limit in self.limits if limit.slug == slug), None)

    def to_json(self) -> dict[str, Any]:
        """The policy as it is stored and written into a manifest."""
        return {
            "limits": [_limit_to_json(limit) for limit in self.limits],
            "options": {slug: dict(options) for slug, options in self.options.items() if options},
        }

    @classmethod
    def from_json(cls, data: object) -> "Policy":
        """The policy that `to_json` wrote.

        Labels, units and fields come from `LIMITS`, so a stored policy can name no other column.
        Raises PolicyError naming the entry that is wrong.
        """
        rows = data.get("limits") if isinstance(data, dict) else None
        if not isinstance(data, dict) or not isinstance(rows, list):
            raise PolicyError('A policy is an object with a list "limits".')
        limits = tuple(_limit_from_json(row) for row in rows)
        slugs = [limit.slug for limit in limits]
        for slug in slugs:
            if slugs.count(slug) > 1:
                raise PolicyError(f'The limit "{slug}" is given twice.')
        options = data.get("options", {})
        if not isinstance(options, dict) or not all(isinstance(given, dict) for given in options.values()):
            raise PolicyError('"options" is an object of objects, by scorer.')
        return cls(limits, options)


DEFAULT_POLICY = Policy(LIMITS)


def _limit_to_json(limit: Limit) -> dict[str, Any]:
    return {
        "slug": limit.slug,
        "field": limit.field,
        "minimum": limit.minimum,
        "maximum": limit.maximum,
        "action": limit.action,
        "unknown": limit.unknown,
    }


def _limit_from_json(row: object) -> Limit:
    known = {limit.slug: limit for limit in LIMITS}
    slug = row.get("slug") if isinstance(row, dict) else None
    if not isinstance(row, dict) or not isinstance(slug, str):
        raise PolicyError('Each limit is an object with a "slug".')
    if slug not in known:
        raise PolicyError(f'There is no limit "{slug}"; there are: {", ".join(known)}.')
    if unexpected := sorted(map(str, row.keys() - _KEYS)):
        raise PolicyError(f'The limit "{slug}" has a key that is not known: {unexpected[0]}.')
    if row.get("field", known[slug].field) != known[slug].field:
        raise PolicyError(f'The limit "{slug}" reads the field {known[slug].field}, not {row["field"]}.')
    minimum, maximum = (_bound_from_json(slug, name, row.get(name)) for name in ("minimum", "maximum"))
    if minimum is not None and maximum is not None and minimum > maximum:
        raise PolicyError(
            f'The limit "{slug}" has a minimum ({number(minimum)}) over its maximum ({number(maximum)}).'
        )
    action = _word_from_json(slug, "action", row.get("action", known[slug].action), get_args(Action))
    unknown = _word_from_json(slug, "unknown", row.get("unknown", known[slug].unknown), get_args(Unknown))
    return replace(known[slug], minimum=minimum, maximum=maximum, action=action, unknown=unknown)


def _bound_from_json(slug: str, name: str, value: object) -> float | None:
    if value is None:
        return None
    # bool is an int to Python, and JSON written elsewhere may hold NaN.
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise PolicyError(f'The {name} of the limit "{slug}" is a number, or null for none.')
    return value


def _word_from_json(slug: str, name: str, value: object, words: tuple[str, ...]) -> Any:
    if value not in words:
        raise PolicyError(f'The {name} of the limit "{slug}" is one of: {", ".join(words)}.')
    return value
