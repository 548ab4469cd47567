"""The second half of a grouping: examples that say nearly the same, compared, clustered and stored."""

from collections.abc import Sequence

import numpy as np

from jobs.failpoints import failpoint
from review.services.cluster_rows import NEAR, Group, clusters_store, measurements_hold
from review.services.grouping_batch import batch
from review.services.grouping_due import Due, Scope, mark
from review.services.grouping_exact import batches, sound
from review.services.grouping_lookup import lookup
from review.services.grouping_steps import STORE, Steps
from review.services.grouping_texts import Matched

MEMBERS = 2_000  # members written in one transaction, or one group
FEW = 2_000
FEW_SHARE = 100  # one in so many

COPIES_DUE = """
SELECT example_id FROM review_measurement
WHERE dataset_id = ANY(%(datasets)s) AND exact_copy = 1 AND NOT scorers @> ARRAY[%(version)s]::int[]
"""
COUNT = """
SELECT count(*) FROM review_measurement
WHERE dataset_id = ANY(%(datasets)s) AND exact_copy IS DISTINCT FROM 1
"""

# What the clusters hold that an example is in already.
JOINED = """
SELECT mine.example_id, other.example_id, other.revision, other.similarity
FROM review_clustermember mine JOIN review_clustermember other ON other.cluster_id = mine.cluster_id
WHERE mine.kind = 'near' AND mine.example_id = ANY(%(ids)s)
"""

VALUES = """
UPDATE review_measurement measurement SET near_similarity = new.value,
    exact_copy = COALESCE(exact_copy, 0), prompt_twins = COALESCE(prompt_twins, 0),
    scorers = ARRAY(SELECT id FROM unnest(scorers) id WHERE id <> ALL (%(versions)s::int[])) || %(version)s
FROM unnest(%(ids)s::bigint[], %(values)s::float8[]) AS new (id, value)
WHERE measurement.example_id = new.id
RETURNING example_id
"""


def near_group(scope: Scope, steps: Steps, due: Due) -> None:
    """Compare what is due and no exact copy with everything in the project; store clusters and mark all that is due.

    Left for the next grouping is any cluster of which a member has changed since the start.
    """
    copies = due.only(np.array([row[0] for row in scope.rows(COPIES_DUE)], np.int64))
    single = due.without(copies.ids.tolist())
    matched = _search(scope, steps, single)
    _join_clusters(scope, single, matched)
    groups = matched.groups()
    if len(single) or not steps.found:  # what an attempt that was broken off late has found is not forgotten
        steps.found["near"] = {"way": matched.way, "compared": matched.compared, "matches": matched.matches}
        steps.found["cut"] = dict(matched.cut)
    with steps.step(STORE, len(due)):
        for part in batches(groups, MEMBERS):
            _write(scope, steps, single, part)
            failpoint("group.clusters")
        mark(scope, steps, copies, copies=True)
        mark(scope, steps, single.without(list(matched.members())), copies=False)


def _search(scope: Scope, steps: Steps, due: Due) -> Matched:
    if len(due) <= FEW:
        return lookup(scope, steps, due)
    count = scope.rows(COUNT)[0][0]
    return lookup(scope, steps, due) if len(due) * FEW_SHARE <= count else batch(scope, steps, due, count)


def _join_clusters(scope: Scope, due: Due, matched: Matched) -> None:
    """Add the clusters that matching examples are in already; members that are due have been compared anew."""
    ids = np.array(sorted(matched.members()), np.int64)
    ids = np.setdiff1d(ids, due.ids)
    rows = scope.rows(JOINED, ids=ids.tolist()) if ids.size else []
    again = due.among([row[1] for row in rows])
    for mine, other, revision, similarity in rows:
        if other not in again:
            matched.include(other, revision, similarity)
            matched.join(mine, other)


def _write(scope: Scope, steps: Steps, due: Due, groups: Sequence[Group]) -> None:
    def write() -> int:
        count = _store(scope, due, groups)
        steps.done_for_good(count)
        failpoint("group.before_clusters")
        return count

    steps.committed(steps.write(write))


def _store(scope: Scope, due: Due, groups: Sequence[Group]) -> int:
    """Write groups as clusters; return how many examples are due no more."""
    held = measurements_hold([pk for group in groups for pk in group.members])
    kept = sound(groups, held, due)
    written = clusters_store(project_id=scope.project.pk, kind=NEAR, groups=kept)
    values = {
        pk: 0.0 if pk == cluster.keeper else similarity
        for cluster in written
        for pk, (_, similarity) in cluster.group.members.items()
    }
    scope.rows(VALUES, versions=scope.versions, ids=list(values), values=list(values.values()))
    return len(due.among(values.keys()))
