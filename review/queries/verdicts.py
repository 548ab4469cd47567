"""The limits' verdict over sets of examples, built from the declarations that the one in `limits` is built from."""

from functools import reduce
from operator import and_, or_
from typing import Literal

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

from review.limits import Bound, Limit, Lookup, Policy

UNMEASURED = "unmeasured"
Verb = Literal["holds", "misses"]

_LOOKUPS = {
    ("holds", "gte"): GreaterThanOrEqual,
    ("holds", "lte"): LessThanOrEqual,
    ("misses", "gte"): LessThan,
    ("misses", "lte"): GreaterThan,
}
_OPERATORS: dict[Lookup, str] = {"gte": ">=", "lte": "<="}


def measured(path: str = "") -> Q:
    """Say whether an example's current revision was measured; `path` leads to it, as in "example__"."""
    return Q(**{f"{path}measurement__revision": F(f"{path}revision")})


def kept(policy: Policy, path: str = "") -> Q:
    """Say whether every limit keeps an example; what is not measured is not kept."""
    bounds = [bound for limit in policy.limits for bound in limit.bounds()]
    return reduce(and_, (_bound("holds", bound, path) for bound in bounds), measured(path))


def drops(limit: Limit, path: str = "") -> Q:
    """Say whether one limit drops an example, whatever the others say of it."""
    return reduce(or_, (_bound("misses", bound, path) for bound in limit.bounds()), _never()) & measured(path)


def dropped_by(policy: Policy, path: str = "") -> Case:
    """Return the slug of the first limit that drops an example, "unmeasured", or "" for what is kept."""
    limits = [limit for limit in policy.limits if limit.bounds()]
    unknown = [
        When(IsNull(F(f"{path}measurement__{limit.field}"), True), then=Value(UNMEASURED)) for limit in limits
    ]
    return Case(
        When(
            ~measured(path) | Q(**{f"{path}measurement__isnull": True}),
            then=Value(UNMEASURED),
        ),
        *(When(drops(limit, path), then=Value(limit.slug)) for limit in limits),
        *unknown,
        default=Value(""),
        output_field=CharField(),
    )


def kept_sql(policy: Policy, example: str, measurement: str) -> str:
    """Return `kept` as SQL over two table aliases, for statements that the ORM cannot write."""
    bounds = [bound for limit in policy.limits for bound in limit.bounds()]
    # Numbers stand in the text, where the planner can see how few they drop.
    terms = [f"{measurement}.{bound.field} {_OPERATORS[bound.lookup]} {bound.value!r}" for bound in bounds]
    return " AND ".join([f"{measurement}.revision = {example}.revision", *terms])


def _bound(verb: Verb, bound: Bound, path: str) -> Q:
    # As a float, so that a bound of 50.5 on a counted field means the same here as in Python.
    value = ExpressionWrapper(F(f"{path}measurement__{bound.field}"), output_field=FloatField())
    return Q(_LOOKUPS[verb, bound.lookup](value, bound.value))


def _never() -> Q:
    return Q(Value(False, output_field=BooleanField()))
