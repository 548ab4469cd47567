"""Which examples a grouping has to compare, and how they cease to be due."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import batched
from typing import Any

import numpy as np
from django.db import connection

from annotate.models import Dataset, Example, Project
from jobs.failpoints import failpoint
from review.models import ClusterMember, ScorerVersion
from review.neardup.arrays import Numbers
from review.neardup.rule import Rule
from review.queries.duplicates import SHINGLES, salt_of, shingles_of
from review.queries.patterns import CURRENT as CURRENT_OF
from review.queries.policies import policy_of
from review.queries.scorers import options_of
from review.scorers import GROUPING
from review.services.cluster_rows import (
    NEAR,
    SEEN,
    clusters_hold,
    clusters_settle,
    measurements_hold,
    members_remove,
)
from review.services.grouping_steps import Steps
from review.services.measurements import scorer_versions

CLUSTERS = 200  # clusters that lose members in one transaction
MARKED = 5_000  # examples marked in one transaction

CURRENT = CURRENT_OF.replace("%s", "%(datasets)s")

_DUE = """
SELECT example_id, revision, {seen} FROM review_measurement measurement
WHERE {current} AND NOT scorers @> ARRAY[%(version)s]::int[] ORDER BY example_id
"""
DUE = _DUE.format(current=CURRENT, seen=SEEN)
_DATASETS_DUE = """
SELECT DISTINCT dataset_id FROM review_measurement measurement
WHERE {current} AND NOT scorers @> ARRAY[%(version)s]::int[]
"""
DATASETS_DUE = _DATASETS_DUE.format(current=CURRENT)

# What was edited or withdrawn lies in the index `example_touched`.
_GONE = """
SELECT member.cluster_id, member.example_id
FROM annotate_example example JOIN review_clustermember member ON member.example_id = example.id
WHERE example.dataset_id = ANY(%(datasets)s) AND member.kind IN ('exact', 'near')
  AND (NOT example.state = {submitted} OR example.revision > 1)
  AND (example.state <> {submitted} OR example.revision <> member.revision)
"""
GONE = _GONE.format(submitted=int(Example.State.SUBMITTED))

DISPLACED = """
SELECT member.cluster_id, member.example_id
FROM review_duplicatecluster cluster
JOIN review_clustermember member ON member.cluster_id = cluster.id
JOIN review_measurement measurement ON measurement.example_id = member.example_id
WHERE cluster.project_id = %(project)s AND cluster.kind = 'near' AND measurement.exact_copy = 1
"""

_STRIP = """
UPDATE review_measurement measurement SET scorers = array_remove(scorers, %(version)s)
WHERE example_id = ANY(%(ids)s) RETURNING example_id, revision, {seen}
"""
STRIP = _STRIP.format(seen=SEEN)

ALONE = (
    "UPDATE review_measurement SET near_similarity = 0 WHERE example_id = ANY(%(ids)s) RETURNING example_id"
)

# Compared with nothing while it is away, so it is due when it is put back.
_WITHDRAWN = """
UPDATE review_measurement SET scorers = array_remove(scorers, %(version)s) WHERE example_id IN (
    SELECT measurement.example_id
    FROM annotate_example example JOIN review_measurement measurement ON measurement.example_id = example.id
    WHERE example.dataset_id = ANY(%(datasets)s) AND NOT example.state = {submitted}
      AND measurement.scorers @> ARRAY[%(version)s]::int[]
    FOR NO KEY UPDATE OF measurement SKIP LOCKED
)
RETURNING example_id
"""
WITHDRAWN = _WITHDRAWN.format(submitted=int(Example.State.SUBMITTED))

_MARK = """
UPDATE review_measurement measurement SET
    exact_copy = COALESCE(exact_copy, 0), prompt_twins = COALESCE(prompt_twins, 0), near_similarity = 0,
    scorers = ARRAY(SELECT id FROM unnest(scorers) id WHERE id <> ALL (%(versions)s::int[])) || %(version)s
WHERE example_id IN (
    SELECT example_id FROM review_measurement measurement
    JOIN unnest(%(ids)s::bigint[], %(seen)s::bigint[]) AS frozen (id, seen) ON frozen.id = example_id
    WHERE {seen} = frozen.seen AND COALESCE(exact_copy, 0) = %(copies)s
    ORDER BY example_id FOR NO KEY UPDATE OF measurement SKIP LOCKED
)
RETURNING example_id
"""
MARK = _MARK.format(seen=SEEN)

type DueRow = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Scope:
    """A project as one grouping sees it; `version` is what marks an example as grouped, `versions` all there were."""

    project: Project
    datasets: list[int]
    version: int
    versions: list[int]
    rule: Rule

    @classmethod
    def of(cls, project: Project) -> "Scope":
        _, policy = policy_of(project)
        options = options_of(project, policy)
        version = scorer_versions(options)[GROUPING[0]]
        versions = ScorerVersion.objects.filter(slug=GROUPING[0]).values_list("pk", flat=True)
        datasets = Dataset.objects.filter(project=project).values_list("pk", flat=True)
        rule = Rule(SHINGLES[shingles_of(options)], salt=salt_of(project))
        return cls(project, list(datasets), version, list(versions), rule)

    def rows(self, statement: str, **more: Any) -> list[tuple[Any, ...]]:
        """Return what a statement over this scope finds."""
        with connection.cursor() as cursor:
            cursor.execute(statement, {"datasets": self.datasets, "version": self.version, **more})
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


@dataclass(frozen=True, slots=True)
class Due:
    """Examples that one grouping compares, in the order of their ids: each with the revision and the hashes as seen
    at its start. What changes meanwhile is left to the next.
    """

    ids: Numbers
    revisions: Numbers
    seen: Numbers

    @classmethod
    def of(cls, rows: Iterable[Sequence[int]]) -> "Due":
        table = np.array(sorted(map(tuple, rows)), np.int64).reshape(-1, 3)
        return cls(*(np.ascontiguousarray(column) for column in table.T))

    def __len__(self) -> int:
        return self.ids.size

    def among(self, ids: Collection[int]) -> dict[int, DueRow]:
        """Return those of some examples that are due, by id."""
        asked = np.array(list(ids), np.int64)
        places = np.searchsorted(self.ids, asked)
        places = places[places < self.ids.size]
        places = places[np.isin(self.ids[places], asked)]
        columns = (column[places].tolist() for column in (self.ids, self.revisions, self.seen))
        return {row[0]: row for row in zip(*columns, strict=True)}

    def only(self, ids: Numbers) -> "Due":
        """Return the part that has these ids."""
        kept = np.isin(self.ids, ids)
        return Due(self.ids[kept], self.revisions[kept], self.seen[kept])

    def without(self, ids: Collection[int]) -> "Due":
        return self.only(np.setdiff1d(self.ids, np.array(list(ids), np.int64))) if ids else self

    def with_more(self, rows: Sequence[Sequence[int]]) -> "Due":
        """Return these and others; of one that is in both, the newer row."""
        if not rows:
            return self
        kept, more = self.without([row[0] for row in rows]), Due.of(rows)
        order = np.argsort(np.concatenate([kept.ids, more.ids]))
        columns = ((kept.ids, more.ids), (kept.revisions, more.revisions), (kept.seen, more.seen))
        return Due(*(np.concatenate(column)[order] for column in columns))


def leave(scope: Scope, steps: Steps, statement: str) -> list[Sequence[int]]:
    """Take out of their clusters the members that a statement names; return those left in them, which become due.

    Who leaves may have been what held the others together.
    """
    leavers: dict[int, list[int]] = {}
    for cluster, example in scope.rows(statement, project=scope.project.pk):
        leavers.setdefault(cluster, []).append(example)
    left: list[Sequence[int]] = []
    for some in batched(leavers.items(), CLUSTERS, strict=False):
        left += steps.write(partial(_leave, scope, dict(some)))
        steps.renew()
    return left


def _leave(scope: Scope, leavers: Mapping[int, Sequence[int]]) -> list[Sequence[int]]:
    rows = ClusterMember.objects.filter(cluster__in=leavers)
    gone = {example for leaving in leavers.values() for example in leaving}
    held = measurements_hold(list(rows.values_list("example", flat=True)))
    clusters_hold(leavers)
    displaced = [pk for pk in gone if pk in held and held[pk].exact_copy == 1]
    ClusterMember.objects.filter(cluster__in=leavers, example__in=gone).delete()
    clusters_settle(leavers.keys())
    scope.rows(ALONE, ids=displaced)
    stripped = strip(scope, [pk for pk in held if pk not in gone])
    return [row for row in stripped if held[row[0]].stands]


def strip(scope: Scope, ids: Sequence[int]) -> list[tuple[int, ...]]:
    """Make examples due again; their measurements are locked by the caller."""
    return scope.rows(STRIP, ids=list(ids)) if ids else []


def mark(scope: Scope, steps: Steps, due: Due, *, copies: bool) -> None:
    """Mark what is in no near cluster as grouped: exact copies, or examples that stand alone.

    What somebody else is writing at the moment, or has written since, stays due.
    """
    for at in range(0, len(due), MARKED):
        part = slice(at, at + MARKED)
        asked = {"ids": due.ids[part].tolist(), "seen": due.seen[part].tolist(), "copies": int(copies)}

        def write(asked: dict[str, Any] = asked) -> int:
            marked = [row[0] for row in scope.rows(MARK, versions=scope.versions, **asked)]
            members_remove(kind=NEAR, ids=marked)
            steps.done_for_good(len(marked))
            failpoint("group.before_marked")
            return len(marked)

        steps.committed(steps.write(write))
        failpoint("group.marked")
