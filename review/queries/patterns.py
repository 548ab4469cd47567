"""How many examples lie outside which limits: one pass over the measurements answers for any number of policies."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import batched

from django.db import connection

from annotate.models import Dataset, Example
from review.policies import Policy
from review.queries.verdicts import UNMEASURED, outside_sql
from review.verdicts import BY_HAND

# Examples that are what an import wrote are nearly all of a large dataset: only the others are looked up to see
# whether their measurement still holds. Their index is `example_touched`.
COUNTED = """
SELECT {columns}, count(*)
FROM review_measurement measurement
WHERE measurement.dataset_id IN (SELECT id FROM annotate_dataset WHERE {scope}) AND NOT EXISTS (
    SELECT FROM annotate_example example
    WHERE example.id = measurement.example_id AND (NOT example.state = {submitted} OR example.revision > 1)
      AND (example.state <> {submitted} OR example.revision <> measurement.revision)
)
GROUP BY {group}
"""


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
    columns = ["ruling", f"scorers @> ARRAY[{', '.join(map(str, identities))}]::int[]"]
    for policy in policies:
        columns += _masks(policy)
    statement = COUNTED.format(
        columns=", ".join(columns),
        scope="id = ANY(%s)",
        submitted=int(Example.State.SUBMITTED),
        group=", ".join(str(number) for number in range(1, len(columns) + 1)),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [[dataset.pk for dataset in scope]])
        return [
            Pattern(ruling, current, _seen(masks, policies), count)
            for ruling, current, *masks, count in cursor.fetchall()
        ]


def verdict_of(pattern: Pattern, policy: Policy, number: int = 0) -> str:
    """Return what `dropped_by` says of a pattern's examples by the policy that is `number` among those asked about."""
    if pattern.ruling:
        return BY_HAND if pattern.ruling < 0 else ""
    seen = pattern.seen[number]
    first = next((limit.slug for limit in policy.limits if limit.drops and limit.slug in seen.outside), "")
    return first or (UNMEASURED if seen.held else "")


def _masks(policy: Policy) -> tuple[str, str]:
    """Return two sums of bits, one bit for each limit: outside it, and held back by it."""
    outside, held = ["0"], ["0"]
    for number, limit in enumerate(policy.limits):
        if not limit.bounds():
            continue
        outside.append(f"CASE WHEN {outside_sql(limit, 'measurement')} THEN {1 << number} ELSE 0 END")
        if limit.unknown == "hold":
            held.append(f"CASE WHEN measurement.{limit.field} IS NULL THEN {1 << number} ELSE 0 END")
    return " + ".join(outside), " + ".join(held)


def _seen(masks: Sequence[int], policies: Sequence[Policy]) -> tuple[Seen, ...]:
    return tuple(
        Seen(_slugs(outside, policy), _slugs(held, policy))
        for policy, (outside, held) in zip(policies, batched(masks, 2), strict=True)
    )


def _slugs(mask: int, policy: Policy) -> frozenset[str]:
    return frozenset(limit.slug for number, limit in enumerate(policy.limits) if mask & (1 << number))
