"""The limits' verdict over sets of examples, built from the declarations that the one in Python is built from."""

from functools import reduce
from operator import and_, or_
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    CharField,
    ExpressionWrapper,
    F,
    FloatField,
    Q,
    Value,
    When,
)
from django.db.models.lookups import (
    GreaterThan,
    GreaterThanOrEqual,
    IsNull,
    LessThan,
    LessThanOrEqual,
)

from review.limits import Bound, Limit, Lookup
from review.policies import Policy
from review.verdicts import BY_HAND

UNMEASURED = "unmeasured"

_MISSES: dict[Lookup, Any] = {"gte": LessThan, "lte": GreaterThan, "lt": GreaterThanOrEqual}
_HOLDS: dict[Lookup, Any] = {"gte": GreaterThanOrEqual, "lte": LessThanOrEqual, "lt": LessThan}
_OPERATORS: dict[Lookup, str] = {"gte": ">=", "lte": "<=", "lt": "<"}


def measured(path: str = "") -> Q:
    """Say whether an example's current revision was measured; `path` leads to it, as in "example__"."""
    return Q(**{f"{path}measurement__revision": F(f"{path}revision")})


def kept(policy: Policy, path: str = "") -> Q:
    """Say whether an example is kept: by a ruling, or by every limit; what is not measured is not kept."""
    by_hand = Q(**{f"{path}measurement__ruling": 1})
    return measured(path) & (by_hand | Q(**{f"{path}measurement__ruling": 0}) & _inside(policy, path))


def kept_by_limits(policy: Policy, path: str = "") -> Q:
    """Say whether every limit keeps an example, whatever a ruling says; what is not measured is not kept."""
    return measured(path) & _inside(policy, path)


def drops(limit: Limit, path: str = "") -> Q:
    """Say whether an example is outside one limit, whatever the others or a ruling say of it."""
    return measured(path) & outside(limit, path)


def outside(limit: Limit, path: str = "") -> Q:
    """Say whether the value that was measured last is outside a limit."""
    out = reduce(or_, (_compared(_MISSES, bound, path) for bound in limit.bounds()), _never())
    return out | _is_null(limit, path) if limit.unknown == "drop" and limit.bounds() else out


def dropped_by(policy: Policy, path: str = "") -> Case:
    """Return the slug of the first limit that drops an example, "hand", "unmeasured", or "" for what is kept."""
    limits = _dropping(policy)
    held = [limit for limit in policy.limits if limit.bounds() and limit.unknown == "hold"]
    ruling = f"{path}measurement__ruling"
    missing = ~measured(path) | Q(**{f"{path}measurement__isnull": True})
    return Case(
        When(missing, then=Value(UNMEASURED)),
        When(Q(**{ruling: -1}), then=Value(BY_HAND)),
        When(Q(**{ruling: 1}), then=Value("")),
        *(When(outside(limit, path), then=Value(limit.slug)) for limit in limits),
        *(When(_is_null(limit, path), then=Value(UNMEASURED)) for limit in held),
        default=Value(""),
        output_field=CharField(),
    )


def kept_sql(policy: Policy, example: str, measurement: str) -> str:
    """Return `kept` as SQL over two table aliases, for statements that the ORM cannot write."""
    # Numbers stand in the text, where the planner can see how few they drop.
    within = [_within_sql(limit, measurement) for limit in _judging(policy)]
    limits = " AND ".join([f"{measurement}.ruling = 0", *within])
    return f"{measurement}.revision = {example}.revision AND ({measurement}.ruling = 1 OR {limits})"


def outside_sql(limit: Limit, measurement: str) -> str:
    """Return `outside` as SQL over a table alias; never null."""
    return f"COALESCE({outside_or_null_sql(limit, measurement)}, FALSE)"


def outside_or_null_sql(limit: Limit, measurement: str) -> str:
    """Return `outside_sql` as it is cheapest to compute: null where it is neither true nor false."""
    terms = [_misses_sql(bound, measurement) for bound in limit.bounds()]
    if terms and limit.unknown == "drop":
        terms.append(f"{measurement}.{limit.field} IS NULL")
    return " OR ".join(terms) or "FALSE"


def _dropping(policy: Policy) -> list[Limit]:
    return [limit for limit in policy.limits if limit.bounds() and limit.drops]


def _judging(policy: Policy) -> list[Limit]:
    return [limit for limit in policy.limits if limit.bounds() and (limit.drops or limit.unknown == "hold")]


def _inside(policy: Policy, path: str) -> Q:
    return reduce(and_, (_within(limit, path) for limit in _judging(policy)), _always())


def _within(limit: Limit, path: str) -> Q:
    if not limit.drops:
        return Q(IsNull(F(_column(limit, path)), False))
    inside = reduce(and_, (_compared(_HOLDS, bound, path) for bound in limit.bounds()), _always())
    return inside | _is_null(limit, path) if limit.unknown == "keep" else inside


def _within_sql(limit: Limit, measurement: str) -> str:
    column = f"{measurement}.{limit.field}"
    if not limit.drops:
        return f"{column} IS NOT NULL"
    inside = " AND ".join(
        f"{measurement}.{bound.field} {_OPERATORS[bound.lookup]} {bound.value!r}" for bound in limit.bounds()
    )
    return f"({inside} OR {column} IS NULL)" if limit.unknown == "keep" else f"({inside})"


def _misses_sql(bound: Bound, measurement: str) -> str:
    return f"NOT {measurement}.{bound.field} {_OPERATORS[bound.lookup]} {bound.value!r}"


def _compared(lookups: dict[Lookup, Any], bound: Bound, path: str) -> Q:
    # As a float, so that a bound of 50.5 on a counted field means the same here as in Python.
    value = ExpressionWrapper(F(f"{path}measurement__{bound.field}"), output_field=FloatField())
    return Q(lookups[bound.lookup](value, bound.value))


def _is_null(limit: Limit, path: str) -> Q:
    return Q(IsNull(F(_column(limit, path)), True))


def _column(limit: Limit, path: str) -> str:
    return f"{path}measurement__{limit.field}"


def _never() -> Q:
    return Q(Value(False, output_field=BooleanField()))


def _always() -> Q:
    return Q(Value(True, output_field=BooleanField()))
