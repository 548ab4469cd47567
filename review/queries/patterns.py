"""How many examples lie outside which limits: one pass over the measurements answers for any number of policies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from annotate.models import Dataset, Example
from review.policies import Policy
from review.queries.verdicts import UNMEASURED, outside_or_null_sql
from review.verdicts import BY_HAND

# Measurements that hold for the text as it stands, in the datasets given. Examples that are what an import wrote are
# nearly all of a large dataset: only the others are looked up to see whether their measurement still holds. Their
# index is `example_touched`.
CURRENT = f"""measurement.dataset_id = ANY(%s) AND NOT EXISTS (
    SELECT FROM annotate_example example
    WHERE example.id = measurement.example_id AND example.dataset_id = measurement.dataset_id
      AND (NOT example.state = {int(Example.State.SUBMITTED)} OR example.revision > 1)
      AND (example.state <> {int(Example.State.SUBMITTED)} OR example.revision <> measurement.revision)
)"""
# Grouped by one number, a bit for each condition. PostgreSQL takes a column of a subquery for one of few values, where
# it would expect as many groups as rows of the expression itself, and then not share the count among its workers. The
# quotes keep the fence: an OFFSET that is no constant at first sight is not shared either.
COUNTED = """
SELECT key, count(*) FROM (
    SELECT {key} AS key FROM review_measurement measurement WHERE {current} OFFSET '0'
) seen GROUP BY key
"""
RULING = 3  # the lowest two bits: a ruling, counted from 0
MOST_BITS = 62


@dataclass(frozen=True, slots=True)
class Seen:
    """How one policy sees a group of examples: the limits they are outside of, and those that hold them back."""

    outside: frozenset[str]
    held: frozenset[str]


@dataclass(frozen=True, slots=True)
class Pattern:
    """`count` examples that every policy asked about sees alike; `seen` has an entry for each of the policies."""

    ruling: int
    current: bool
    seen: tuple[Seen, ...]
    count: int


def patterns(
    scope: Sequence[Dataset], policies: Sequence[Policy], identities: Sequence[int] = ()
) -> list[Pattern]:
    """Count the datasets' examples whose current revision is measured, by what the policies see in them.

    `identities` are the ids of the ScorerVersions of today; a pattern is `current` when all of them measured it.
    """
    bits = _Bits()
    by_all = bits.of(_by_all(identities))
    places = [_places(policy, bits) for policy in policies]
    statement = COUNTED.format(key=bits.key(), current=CURRENT)
    with connection.cursor() as cursor:
        cursor.execute(statement, [[dataset.pk for dataset in scope]])
        return [
            Pattern((key & RULING) - 1, bool(key & by_all), tuple(place.seen(key) for place in places), count)
            for key, count in cursor.fetchall()
        ]


def _by_all(identities: Sequence[int]) -> str:
    """Return the condition that all of them measured a row."""
    if not identities:
        return "TRUE"
    usual = [*sorted(identities[:-1]), identities[-1]]
    equal, contains = (
        f"measurement.scorers {test} ARRAY[{', '.join(map(str, usual))}]::int[]" for test in ("=", "@>")
    )
    # As screening and then grouping write them, which is told much sooner than what an array contains.
    return f"({equal} OR {contains})"


def verdict_of(pattern: Pattern, policy: Policy, number: int = 0) -> str:
    """Return what `dropped_by` says of a pattern's examples by the policy that is `number` among those asked about."""
    if pattern.ruling:
        return BY_HAND if pattern.ruling < 0 else ""
    seen = pattern.seen[number]
    first = next((limit.slug for limit in policy.limits if limit.drops and limit.slug in seen.outside), "")
    return first or (UNMEASURED if seen.held else "")


class _Bits:
    """Conditions as bits of one number; one that several policies share has one bit."""

    def __init__(self) -> None:
        self._of: dict[str, int] = {}

    def of(self, condition: str) -> int:
        return self._of.setdefault(condition, (RULING + 1) << len(self._of))

    def key(self) -> str:
        if len(self._of) > MOST_BITS - 2:
            raise ValueError(f"{len(self._of)} conditions do not fit into one number")
        bits = (f"CASE WHEN {condition} THEN {bit}::bigint ELSE 0 END" for condition, bit in self._of.items())
        return " + ".join(["(measurement.ruling + 1)::bigint", *bits])


@dataclass(frozen=True, slots=True)
class _Places:
    """Which bits say that an example is outside a limit of one policy, and that the limit holds it back."""

    outside: Mapping[str, int]
    held: Mapping[str, int]

    def seen(self, key: int) -> Seen:
        return Seen(
            frozenset(slug for slug, bit in self.outside.items() if key & bit),
            frozenset(slug for slug, bit in self.held.items() if key & bit),
        )


def _places(policy: Policy, bits: _Bits) -> _Places:
    on = [limit for limit in policy.limits if limit.bounds()]
    return _Places(
        {limit.slug: bits.of(outside_or_null_sql(limit, "measurement")) for limit in on},
        {
            limit.slug: bits.of(f"measurement.{limit.field} IS NULL")
            for limit in on
            if limit.unknown == "hold"
        },
    )
