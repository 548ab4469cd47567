"""What managers decide about duplicates: which one is kept, or that all are."""

from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from annotate.models import Dataset, Example, Project
from review.models import ClusterMember, DuplicateCluster, Ruling, ScorerVersion
from review.scorers import GROUPING
from review.services.cluster_rows import EXACT, MEANING, NEAR, Held, measurements_hold
from review.services.grouping import grouping_start
from review.services.locks import unhindered
from review.services.rulings import ruling_make
from review.services.sample_items import samples_admit

PATIENCE = 5.0  # seconds that a person waits for a screening that is writing

# The member that becomes the keeper of an exact cluster has to be compared in the place of the one before.
EXACT_VALUES = """
UPDATE review_measurement measurement SET
    exact_copy = CASE WHEN example_id = %(keeper)s THEN 0 ELSE 1 END,
    scorers = ARRAY(SELECT id FROM unnest(scorers) id WHERE id <> ALL (%(grouping)s::int[]))
WHERE example_id = ANY(%(held)s) AND exact_copy IS DISTINCT FROM CASE WHEN example_id = %(keeper)s THEN 0 ELSE 1 END
"""
_VALUES = """
UPDATE review_measurement measurement
SET {field} = CASE WHEN measurement.example_id = %(keeper)s THEN 0 ELSE member.similarity END
FROM review_clustermember member
WHERE member.cluster_id = %(cluster)s AND member.example_id = measurement.example_id
  AND measurement.example_id = ANY(%(held)s)
"""
VALUES = {
    EXACT: EXACT_VALUES,
    NEAR: _VALUES.format(field="near_similarity"),
    MEANING: _VALUES.format(field="semantic_similarity"),
}


class ClusterGone(Exception):
    """The cluster is no more: its examples were edited or compared anew."""


class NotAMember(Exception):
    """The example is not in the cluster, or it was edited or withdrawn since it was compared."""


@transaction.atomic
def keeper_choose(*, cluster: DuplicateCluster, example: Example, by: User) -> DuplicateCluster:
    """Make an example the one that its cluster keeps, until its text changes or another is chosen.

    Raises ClusterGone, NotAMember, and Busy while a screening keeps writing what it found of the members.
    """
    locked = _locked(cluster)
    unhindered(lambda: _choose(locked, example, by), patience=PATIENCE)
    for dataset in Dataset.objects.filter(pk=example.dataset_id).select_related("project"):
        samples_admit(dataset=dataset)
    if locked.kind == EXACT:
        grouping_start(project=locked.project, by=by)
    return locked


@transaction.atomic
def cluster_keep_all(*, cluster: DuplicateCluster, note: str, by: User) -> Ruling:
    """Keep every member of a cluster by hand; `ruling_undo` takes it back.

    Raises ClusterGone, and NothingToRule where all are kept by hand already.
    """
    locked = _locked(cluster)
    members = list(locked.members.values_list("example", flat=True))
    verdict = Ruling.Verdict.KEEP
    return ruling_make(project=locked.project, verdict=verdict, note=note, by=by, example_ids=members)


def _locked(cluster: DuplicateCluster) -> DuplicateCluster:
    # The project first, as for rulings: else what becomes kept by two at once might join no sample.
    Project.objects.select_for_update(no_key=True).get(pk=cluster.project_id)
    found = DuplicateCluster.objects.select_for_update(of=("self",)).select_related("project")
    locked = found.filter(pk=cluster.pk).first()
    if locked is None:
        raise ClusterGone
    return locked


def _choose(cluster: DuplicateCluster, example: Example, by: User) -> None:
    members = dict(cluster.members.values_list("example", "revision"))
    held = measurements_hold(members)
    current = [row for row in held.values() if row.stands and row.revision == members[row.pk]]
    if example.pk not in {row.pk for row in current}:
        raise NotAMember
    rows = ClusterMember.objects.filter(cluster=cluster)
    rows.filter(chosen_at__isnull=False).update(chosen_by=None, chosen_at=None)
    rows.filter(example=example).update(chosen_by=by, chosen_at=timezone.now())
    cluster.keeper = example
    cluster.save(update_fields=["keeper"])
    _write_values(cluster, current)


def _write_values(cluster: DuplicateCluster, current: list[Held]) -> None:
    grouping = list(ScorerVersion.objects.filter(slug=GROUPING[0]).values_list("pk", flat=True))
    params: dict[str, Any] = {
        "cluster": cluster.pk,
        "keeper": cluster.keeper_id,
        "held": [row.pk for row in current],
        "grouping": grouping,
    }
    with connection.cursor() as cursor:
        cursor.execute(VALUES[cluster.kind], params)
