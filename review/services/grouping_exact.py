"""The first half of a grouping: examples that say exactly the same, or answer one instruction differently."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from jobs.failpoints import failpoint
from review.services.cluster_rows import (
    EXACT,
    SEEN,
    Group,
    Held,
    clusters_store,
    measurements_hold,
    members_remove,
)
from review.services.grouping_due import CURRENT, Due, Scope, strip
from review.services.grouping_steps import Steps

MEMBERS = 2_000  # members written in one transaction, or one group
TWINS = 5_000

# All that share a hash with one that is due, or with one that was in a cluster with it; of those that are alone, the
# ones that were not so before.
_GROUPS = """
WITH due AS MATERIALIZED (
    SELECT example_id, exact_hash FROM review_measurement measurement
    WHERE {current} AND NOT scorers @> ARRAY[%(version)s]::int[]
), hashes AS (
    SELECT exact_hash FROM due
    UNION
    SELECT other.exact_hash
    FROM review_clustermember mine
    JOIN review_clustermember member ON member.cluster_id = mine.cluster_id
    JOIN review_measurement other ON other.example_id = member.example_id
    WHERE mine.kind = 'exact' AND mine.example_id IN (SELECT example_id FROM due)
)
SELECT array_agg(measurement.example_id ORDER BY measurement.example_id),
       array_agg(measurement.revision ORDER BY measurement.example_id)
FROM review_measurement measurement
LEFT JOIN review_clustermember member ON member.example_id = measurement.example_id AND member.kind = 'exact'
WHERE {current} AND measurement.exact_hash IN (SELECT exact_hash FROM hashes)
GROUP BY measurement.exact_hash HAVING count(*) > 1 OR count(member.id) > 0 OR bool_or(measurement.exact_copy = 1)
"""
GROUPS = _GROUPS.format(current=CURRENT)

COPIES = """
UPDATE review_measurement measurement SET exact_copy = new.copy
FROM unnest(%(ids)s::bigint[], %(copies)s::smallint[]) AS new (id, copy) WHERE measurement.example_id = new.id
RETURNING example_id
"""

# Whoever had twins is counted anew as well: nothing remembers the instruction of a text that was edited since.
_TWINS_NOW = """
SELECT example_id, twins, seen FROM (
    SELECT example_id, prompt_twins, {seen} AS seen,
        count(*) OVER (PARTITION BY prompt_hash) - count(*) OVER (PARTITION BY prompt_hash, exact_hash) AS twins
    FROM review_measurement measurement
    WHERE {current} AND prompt_hash IN (
        SELECT prompt_hash FROM review_measurement measurement
        WHERE {current} AND (prompt_twins > 0 OR NOT scorers @> ARRAY[%(version)s]::int[])
    )
) counted
WHERE COALESCE(prompt_twins, 0) <> twins ORDER BY example_id
"""
TWINS_NOW = _TWINS_NOW.format(current=CURRENT, seen=SEEN)

_SET_TWINS = """
UPDATE review_measurement measurement SET prompt_twins = new.twins
FROM unnest(%(ids)s::bigint[], %(twins)s::int[], %(seen)s::bigint[]) AS new (id, twins, seen)
WHERE measurement.example_id = new.id AND {seen} = new.seen
RETURNING example_id
"""
SET_TWINS = _SET_TWINS.format(seen=SEEN)


def exact_group(scope: Scope, steps: Steps, due: Due) -> Due:
    """Find exact copies, choose which of each group is kept, count twins; return what is to be compared further.

    An example that is kept from now on, in the place of another, becomes due. Left for the next grouping is any group
    of which a member has changed since the start.
    """
    rows = scope.rows(GROUPS)
    found = (Group({pk: (revision, 1.0) for pk, revision in zip(*row, strict=True)}) for row in rows)
    for groups in batches(found, MEMBERS):
        promoted, left = steps.write(partial(_store, scope, due, groups))
        due = due.without(left).with_more(promoted)
        steps.renew()
        failpoint("group.exact")
    _count_twins(scope, steps)
    steps.advance(len(due))
    return due


def batches(groups: Iterable[Group], members: int) -> Iterator[list[Group]]:
    """Cut groups into lists of so many members, one group at least."""
    part: list[Group] = []
    count = 0
    for group in groups:
        if part and count + len(group.members) > members:
            yield part
            part, count = [], 0
        part.append(group)
        count += len(group.members)
    if part:
        yield part


def sound(groups: Sequence[Group], held: dict[int, Held], due: Due) -> list[Group]:
    """Return the groups of which no member has changed since it was compared."""
    frozen = due.among(held)
    changed = {pk for pk, row in frozen.items() if held[pk].seen != row[2]}
    return [group for group in groups if group.stands(held) and changed.isdisjoint(group.members)]


def _store(scope: Scope, due: Due, groups: Sequence[Group]) -> tuple[list[tuple[int, ...]], list[int]]:
    """Write groups; return what became due by it, and the members of those that have changed."""
    held = measurements_hold([pk for group in groups for pk in group.members])
    kept = sound(groups, held, due)
    alone = [pk for group in kept if len(group.members) == 1 for pk in group.members]
    shared = [group for group in kept if len(group.members) > 1]
    written = clusters_store(project_id=scope.project.pk, kind=EXACT, groups=shared)
    members_remove(kind=EXACT, ids=alone)
    copies = dict.fromkeys(alone, 0)
    for cluster in written:
        copies |= {pk: int(pk != cluster.keeper) for pk in cluster.group.members}
    changed = {pk: copy for pk, copy in copies.items() if held[pk].exact_copy != copy}
    scope.rows(COPIES, ids=list(changed), copies=list(changed.values()))
    promoted = [pk for pk, copy in changed.items() if not copy and scope.version in held[pk].scorers]
    return strip(scope, promoted), [pk for pk in held if pk not in copies]


def _count_twins(scope: Scope, steps: Steps) -> None:
    rows = scope.rows(TWINS_NOW)
    for at in range(0, len(rows), TWINS):
        ids, twins, seen = map(list, zip(*rows[at : at + TWINS], strict=True))

        def write(ids: list[int] = ids, twins: list[int] = twins, seen: list[int] = seen) -> None:
            measurements_hold(ids)
            scope.rows(SET_TWINS, ids=ids, twins=twins, seen=seen)

        steps.write(write)
        steps.renew()
