"""Clusters as they are stored, with what they say of their members' measurements; written by groups.

Every lock is NOWAIT: call these inside `unhindered`. Measurements are locked first, then clusters.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import connection
from django.utils import timezone

from annotate.models import Example
from review.models import ClusterMember, DuplicateCluster
from review.queries.keepers import keeper_of, ranks_of

EXACT, NEAR = DuplicateCluster.Kind.EXACT.value, DuplicateCluster.Kind.NEAR.value
MEANING = DuplicateCluster.Kind.SEMANTIC.value

# What was measured, as one number: where it is still the same, so is what follows from it.
SEEN = "hash_record_extended(ROW(measurement.revision, measurement.exact_hash, measurement.prompt_hash), 0)"

_HOLD = """
SELECT measurement.example_id, measurement.revision, {seen}, measurement.exact_copy, measurement.scorers,
       example.state = {submitted} AND example.revision = measurement.revision
FROM review_measurement measurement JOIN annotate_example example ON example.id = measurement.example_id
WHERE measurement.example_id = ANY(%s)
ORDER BY measurement.example_id
FOR NO KEY UPDATE OF measurement NOWAIT
"""
HOLD = _HOLD.format(seen=SEEN, submitted=int(Example.State.SUBMITTED))

NEW = """
INSERT INTO review_duplicatecluster (id, project_id, kind, keeper_id, size, created_at)
SELECT id, %(project)s, %(kind)s, keeper, size, %(now)s
FROM unnest(%(ids)s::bigint[], %(keepers)s::bigint[], %(sizes)s::int[]) AS new (id, keeper, size)
ON CONFLICT (id) DO UPDATE SET keeper_id = excluded.keeper_id, size = excluded.size
"""

# A choice by hand speaks of the revision it was made on.
MEMBERS = """
INSERT INTO review_clustermember AS old (cluster_id, kind, example_id, revision, similarity)
SELECT cluster, %(kind)s, example, revision, similarity
FROM unnest(%(clusters)s::bigint[], %(examples)s::bigint[], %(revisions)s::int[], %(similarities)s::float8[])
    AS new (cluster, example, revision, similarity)
ON CONFLICT (example_id, kind) DO UPDATE SET
    cluster_id = excluded.cluster_id, similarity = excluded.similarity, revision = excluded.revision,
    chosen_by_id = CASE WHEN old.revision = excluded.revision THEN old.chosen_by_id END,
    chosen_at = CASE WHEN old.revision = excluded.revision THEN old.chosen_at END
"""

LONE = """
DELETE FROM review_clustermember WHERE cluster_id IN (
    SELECT cluster_id FROM review_clustermember WHERE cluster_id = ANY(%s) GROUP BY cluster_id HAVING count(*) < 2
)
"""
EMPTY = """
DELETE FROM review_duplicatecluster cluster WHERE id = ANY(%s)
  AND NOT EXISTS (SELECT FROM review_clustermember member WHERE member.cluster_id = cluster.id)
"""
COUNT = """
UPDATE review_duplicatecluster cluster SET size = counted.size,
    keeper_id = CASE WHEN cluster.keeper_id = ANY(counted.members) THEN cluster.keeper_id ELSE counted.members[1] END
FROM (
    SELECT cluster_id, count(*) AS size, array_agg(example_id ORDER BY example_id) AS members
    FROM review_clustermember WHERE cluster_id = ANY(%s) GROUP BY cluster_id
) counted
WHERE counted.cluster_id = cluster.id
"""


@dataclass(frozen=True, slots=True)
class Held:
    """A measurement that this transaction has locked; `stands` while it is of the example's current text."""

    pk: int
    revision: int
    seen: int
    exact_copy: int | None
    scorers: Sequence[int]
    stands: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Examples that belong together: by id the revision that was compared, and the highest similarity to another."""

    members: Mapping[int, tuple[int, float]]

    def stands(self, held: Mapping[int, Held]) -> bool:
        """Say whether every member is still as it was compared."""
        return all(
            pk in held and held[pk].stands and held[pk].revision == revision
            for pk, (revision, _) in self.members.items()
        )


@dataclass(frozen=True, slots=True)
class Written:
    """A cluster as it was stored."""

    pk: int
    keeper: int
    group: Group


@dataclass(slots=True)
class _Before:
    """What the groups' members were in until now: clusters by member, members by cluster, choices by hand."""

    cluster: dict[int, int] = field(default_factory=dict)
    members: defaultdict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    chosen: dict[int, datetime] = field(default_factory=dict)


def measurements_hold(ids: Collection[int]) -> dict[int, Held]:
    """Lock the measurements of examples, those that there are."""
    with connection.cursor() as cursor:
        cursor.execute(HOLD, [list(ids)])
        return {row[0]: Held(*row) for row in cursor.fetchall()}


def clusters_store(*, project_id: int, kind: str, groups: Sequence[Group]) -> list[Written]:
    """Make each group one cluster, whatever its members were in before; a group has two members at least.

    A cluster that goes wholly into one group goes on as it, so that its address stays.
    """
    before = _before(kind, groups)
    ranks = ranks_of([pk for group in groups for pk in group.members])
    pks = _cluster_ids(groups, before)
    written = [
        Written(pk, keeper_of(group.members.keys(), ranks, _chosen(group, before)), group)
        for pk, group in zip(pks, groups, strict=True)
    ]
    _insert(project_id, kind, written)
    clusters_settle(set(before.members) - set(pks))
    return written


def members_remove(*, kind: str, ids: Collection[int]) -> None:
    """Take examples out of their clusters of a kind."""
    leaving = ClusterMember.objects.filter(kind=kind, example__in=ids)
    clusters = set(leaving.values_list("cluster", flat=True))
    if clusters:
        clusters_hold(clusters)
        leaving.delete()
        clusters_settle(clusters)


def clusters_hold(ids: Iterable[int]) -> list[int]:
    """Lock clusters; return the ids of those that there are."""
    locked = DuplicateCluster.objects.filter(pk__in=list(ids)).order_by("pk").select_for_update(nowait=True)
    return list(locked.values_list("pk", flat=True))


def clusters_settle(ids: Collection[int]) -> None:
    """Bring clusters in line with the members that are left; one with fewer than two is gone."""
    if ids:
        with connection.cursor() as cursor:
            for statement in (LONE, EMPTY, COUNT):
                cursor.execute(statement, [list(ids)])


def _before(kind: str, groups: Sequence[Group]) -> _Before:
    before = _Before()
    ids = [pk for group in groups for pk in group.members]
    touched = ClusterMember.objects.filter(kind=kind, example__in=ids).values_list("cluster", flat=True)
    rows = ClusterMember.objects.filter(cluster__in=clusters_hold(set(touched)))
    for row in rows.values_list("cluster", "example", "chosen_at", "revision"):
        cluster, example, chosen_at, revision = row
        before.cluster[example] = cluster
        before.members[cluster].add(example)
        if chosen_at and any(group.members.get(example, (None,))[0] == revision for group in groups):
            before.chosen[example] = chosen_at
    return before


def _chosen(group: Group, before: _Before) -> dict[int, datetime]:
    return {pk: before.chosen[pk] for pk in group.members.keys() & before.chosen.keys()}


def _cluster_ids(groups: Sequence[Group], before: _Before) -> list[int]:
    """Return an id for each group: the oldest of the clusters that go wholly into it, else a new one."""
    found: list[int | None] = []
    for group in groups:
        clusters = {before.cluster[pk] for pk in group.members if pk in before.cluster}
        whole = (pk for pk in clusters if before.members[pk] <= group.members.keys())
        found.append(min(whole, default=None))
    new = iter(_new_ids(found.count(None)))
    return [next(new) if pk is None else pk for pk in found]


def _new_ids(count: int) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence('review_duplicatecluster', 'id')) FROM generate_series(1, %s)",
            [count],
        )
        return [row[0] for row in cursor.fetchall()]


def _insert(project_id: int, kind: str, written: Sequence[Written]) -> None:
    rows = [(each.pk, pk, *told) for each in written for pk, told in each.group.members.items()]
    clusters: dict[str, Any] = {
        "project": project_id,
        "kind": kind,
        "now": timezone.now(),
        "ids": [each.pk for each in written],
        "keepers": [each.keeper for each in written],
        "sizes": [len(each.group.members) for each in written],
    }
    names = ("clusters", "examples", "revisions", "similarities")
    members = dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)) if rows else {}
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(NEW, clusters)
            cursor.execute(MEMBERS, {"kind": kind, **members})
