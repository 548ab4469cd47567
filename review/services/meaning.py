"""Similarity in meaning, second half: vectors are compared, and what is alike becomes one cluster."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from accounts.models import User
from annotate.models import Dataset, Example, Project
from jobs.failpoints import failpoint
from jobs.kinds import Run
from jobs.models import Job
from jobs.services import job_start
from review.models import DuplicateCluster
from review.queries.pending import is_pending
from review.queries.policies import policy_of
from review.queries.remote import embedding_model, meaning_limit
from review.queries.vectors import Space, nearest, search_widely, space_of, vectors_exist
from review.services.alike import Alike
from review.services.cluster_rows import MEANING, Held, clusters_store, measurements_hold, members_remove
from review.services.locks import unhindered
from review.services.sample_items import samples_admit
from review.services.samples import samples_draw

KIND = "compare-meaning"
CHUNK = 100
NEIGHBOURS = 50
PATIENCE = 60.0  # seconds that a row is waited for

_DUE = """
SELECT embedding.example_id, embedding.revision, embedding.vector::text
FROM review_embedding embedding
JOIN annotate_example example ON example.id = embedding.example_id AND example.revision = embedding.revision
JOIN review_measurement measurement ON measurement.example_id = example.id
    AND measurement.revision = example.revision
WHERE embedding.project_id = %(project)s AND embedding.model = %(model)s AND embedding.vector IS NOT NULL
  AND embedding.compared IS DISTINCT FROM %(floor)s AND embedding.example_id > %(after)s
  AND example.state = {submitted}
ORDER BY embedding.example_id LIMIT %(count)s
"""
DUE = _DUE.format(submitted=int(Example.State.SUBMITTED))
# What stands in a cluster and was edited or withdrawn since.
_GONE = """
SELECT member.cluster_id, member.example_id FROM review_clustermember member
JOIN review_duplicatecluster cluster ON cluster.id = member.cluster_id
JOIN annotate_example example ON example.id = member.example_id
WHERE cluster.project_id = %(project)s AND member.kind = 'semantic'
  AND (example.state <> {submitted} OR example.revision <> member.revision)
"""
GONE = _GONE.format(submitted=int(Example.State.SUBMITTED))
# The clusters that examples are in, with the members that were compared by the same limit and model.
JOINED = """
SELECT mine.example_id, other.example_id, other.revision, other.similarity
FROM review_clustermember mine
JOIN review_clustermember other ON other.cluster_id = mine.cluster_id
JOIN review_embedding embedding ON embedding.example_id = other.example_id AND embedding.revision = other.revision
WHERE mine.kind = 'semantic' AND mine.example_id = ANY(%(ids)s)
  AND embedding.model = %(model)s AND embedding.compared = %(floor)s
"""
VALUES = """
UPDATE review_measurement measurement SET semantic_similarity = new.value
FROM unnest(%(ids)s::bigint[], %(values)s::float8[]) AS new (id, value) WHERE measurement.example_id = new.id
"""
# What was alike with something that is gone is compared anew, as that may have been the one that was kept.
MATES = """
UPDATE review_embedding SET compared = NULL WHERE example_id IN (
    SELECT example_id FROM review_clustermember WHERE cluster_id = ANY(%(clusters)s)
)
"""
COMPARED = "UPDATE review_embedding SET compared = %(floor)s WHERE example_id = ANY(%(ids)s)"


@dataclass(frozen=True, slots=True)
class Scope:
    """What is compared by which limit: pairs at least as close as `floor` are alike."""

    project: Project
    space: Space
    floor: float

    def rows(self, statement: str, **params: Any) -> list[Any]:
        own: dict[str, Any] = {"project": self.project.pk, "model": self.space.model, "floor": self.floor}
        with connection.cursor() as cursor:
            cursor.execute(statement, own | params)
            return cursor.fetchall() if cursor.description else []


@transaction.atomic
def meaning_start(*, project: Project, by: User | None) -> Job | None:
    """Start comparing the vectors that were not compared yet; None where there are none, or no limit asks for it.

    The job under way, if any, is returned instead; it looks again when it ends.
    """
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    jobs = Job.objects.active().about(KIND, subject_of(project)).filter(cancel_requested=False)
    return jobs.first() or _start(project, by)


def meanings_catch_up() -> list[Job]:
    """Start a comparison wherever something alike was edited or withdrawn since the last; return what was started.

    Called every minute, as nothing announces a withdrawal. After a comparison that failed or was cancelled it is for
    the next screening to start another.
    """
    started = []
    clusters = DuplicateCluster.objects.filter(kind=MEANING)
    for project in Project.objects.filter(pk__in=clusters.values("project")):
        newest = Job.objects.about(KIND, subject_of(project)).first()
        scope = scope_of(project) if newest and newest.state == Job.State.DONE else None
        if scope and scope.rows(GONE) and (job := meaning_start(project=project, by=None)):
            started.append(job)
    return started


def subject_of(project: Project) -> str:
    return f"project:{project.pk}"


def meaning_page(job: Job) -> str:
    """Return the address of what is compared."""
    return Project.objects.get(pk=job.payload["project"]).get_absolute_url()


def meaning_run(run: Run) -> None:
    """Compare what is due, a chunk and its clusters in one transaction."""
    scope = scope_of(Project.objects.get(pk=run.job.payload["project"]))
    if scope is None:
        return
    _write(run, lambda: _leave(scope))
    after = 0
    while rows := scope.rows(DUE, after=after, count=CHUNK):
        alike = _search(scope, rows)
        run.renew()
        _store(run, scope, rows, alike)
        failpoint("meaning.after_commit")
        after = rows[-1][0]


def meaning_finish(job: Job) -> dict[str, Any]:
    """Let the samples have what is kept now; start over for what got a vector meanwhile."""
    project = Project.objects.get(pk=job.payload["project"])
    for dataset in Dataset.objects.filter(project=project).select_related("project"):
        if not is_pending(dataset):
            samples_draw(dataset=dataset, by=job.by)
        samples_admit(dataset=dataset)
    # Datasets are locked before their project, everywhere.
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    if job.parts.exclude(done=0).exists():
        _start(project, job.by)
    return _result(job, project)


def scope_of(project: Project) -> Scope | None:
    """Return what is to be compared and by which limit, or None where nothing is."""
    floor = meaning_limit(policy_of(project)[1])
    space = space_of(embedding_model()) if floor is not None and vectors_exist() else None
    return None if floor is None or space is None else Scope(project, space, floor)


def _result(job: Job, project: Project) -> dict[str, Any]:
    return {
        "compared": sum(job.parts.values_list("done", flat=True)),
        "clusters": DuplicateCluster.objects.filter(project=project, kind=MEANING).count(),
        "seconds": round(job.working.total_seconds(), 3),
    }


def _start(project: Project, by: User | None) -> Job | None:
    scope = scope_of(project)
    if scope is None or not (scope.rows(DUE, after=0, count=1) or scope.rows(GONE)):
        return None
    return job_start(
        kind=KIND,
        subject=subject_of(project),
        label=f"Similar in meaning in {project}",
        by=by,
        payload={"project": project.pk},
        parts=[{}],
        unit="examples",
    )


def _leave(scope: Scope) -> None:
    """Take out of their clusters what was edited or withdrawn."""
    gone = scope.rows(GONE)
    scope.rows(MATES, clusters=[cluster for cluster, _ in gone])
    members_remove(kind=MEANING, ids=[pk for _, pk in gone])


@transaction.atomic
def _search(scope: Scope, rows: Iterable[tuple[int, int, str]]) -> Alike:
    """Find what is alike, with the clusters that it is in already."""
    search_widely()
    alike = Alike()
    for pk, revision, vector in rows:
        for near in nearest(scope.project, scope.space, vector, count=NEIGHBOURS, but=pk):
            if near.similarity >= scope.floor:
                alike.include(pk, revision, near.similarity)
                alike.include(near.example_id, near.revision, near.similarity)
                alike.join(pk, near.example_id)
    for mine, other, revision, similarity in scope.rows(JOINED, ids=list(alike.told)):
        alike.include(other, revision, similarity)
        alike.join(mine, other)
    return alike


def _store(run: Run, scope: Scope, rows: Iterable[tuple[int, int, str]], alike: Alike) -> None:
    due = {pk: revision for pk, revision, _ in rows}

    def write() -> None:
        held = measurements_hold({*due, *alike.told})
        groups = alike.groups(held)
        members = {pk for group in groups for pk in group.members}
        members_remove(kind=MEANING, ids=due.keys() - members)
        values = dict.fromkeys((pk for pk, revision in due.items() if _stands(held, pk, revision)), 0.0)
        for cluster in clusters_store(project_id=scope.project.pk, kind=MEANING, groups=groups):
            values |= {pk: similarity for pk, (_, similarity) in cluster.group.members.items()}
            values[cluster.keeper] = 0.0
        scope.rows(VALUES, ids=list(values), values=list(values.values()))
        scope.rows(COMPARED, ids=list(due))
        run.save(checkpoint={}, done=run.done + len(due))
        failpoint("meaning.before_commit")

    _write(run, write)


def _write(run: Run, work: Callable[[], None]) -> None:
    """Do work in one transaction, and keep the lease however long that takes: a cluster may be of any size."""
    with run.kept():
        unhindered(work, patience=PATIENCE, waiting=run.renew)


def _stands(held: Mapping[int, Held], pk: int, revision: int) -> bool:
    return pk in held and held[pk].stands and held[pk].revision == revision
