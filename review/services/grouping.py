"""Grouping: examples of a project that say the same are found, and one of each group is kept."""

from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, F, OuterRef, Q

from accounts.models import User
from annotate.models import Dataset, Example, Project
from jobs.failpoints import failpoint
from jobs.kinds import Run
from jobs.models import Job
from jobs.services import job_start
from review.models import DuplicateCluster, Measurement
from review.queries.pending import others_are_behind
from review.services.grouping_due import DATASETS_DUE, DISPLACED, DUE, GONE, WITHDRAWN, Due, Scope, leave
from review.services.grouping_exact import exact_group
from review.services.grouping_near import near_group
from review.services.grouping_steps import EXACT, Steps, told_of
from review.services.sample_items import samples_admit
from review.services.samples import samples_draw

KIND = "group"
MANY = 1_000
SCREENING = "screen"
AGAIN = 3  # times in a row that a grouping which could group nothing starts another


@transaction.atomic
def grouping_start(*, project: Project, by: User | None) -> Job:
    """Start comparing a project's examples; the grouping that is under way, if any, is returned instead.

    That one looks again when it ends, so whatever is due by then is compared without another call.
    """
    _lock(project)
    jobs = Job.objects.active().about(KIND, subject_of(project)).filter(cancel_requested=False)
    return jobs.first() or _start(project, by)


def groupings_catch_up() -> list[Job]:
    """Start a grouping wherever something was edited or withdrawn since the last; return what was started.

    Called every minute, as nothing announces a withdrawal. After a grouping that failed or was cancelled it is for a
    person, or for the next screening, to start another.
    """
    started = []
    touched = Example.objects.filter(
        ~Q(state=Example.State.SUBMITTED) | Q(revision__gt=1), dataset=OuterRef("pk")
    )
    datasets = Dataset.objects.filter(Exists(touched))
    for project in Project.objects.filter(pk__in=datasets.values("project")):
        newest = Job.objects.about(KIND, subject_of(project)).first()
        if newest is not None and newest.state == Job.State.DONE and _is_behind(Scope.of(project)):
            started.append(grouping_start(project=project, by=None))
    return started


def subject_of(project: Project) -> str:
    return f"project:{project.pk}"


def grouping_page(job: Job) -> str:
    """Return the address of what a grouping is about."""
    return Project.objects.get(pk=job.payload["project"]).get_absolute_url()


def grouping_run(run: Run) -> None:
    """Compare everything that is due with everything in the project.

    Every step can be done again: what is due is what the database says, and an example ceases to be due in the
    transaction that stores all its values.
    """
    scope = Scope.of(Project.objects.get(pk=run.job.payload["project"]))
    steps = Steps(run)
    leave(scope, steps, GONE)
    scope.rows(WITHDRAWN)
    due = Due.of(scope.rows(DUE))
    with steps.step(EXACT, len(due)):
        due = exact_group(scope, steps, due)
        due = due.with_more(leave(scope, steps, DISPLACED))
    near_group(scope, steps, due)
    failpoint("group.before_end")


def grouping_finish(job: Job) -> dict[str, Any]:
    """Draw and extend the samples of the project's datasets from what the limits keep now.

    A dataset that is still being screened, judged or compared is left to the job that follows: a sample drawn from
    half of it would stay.
    """
    project = Project.objects.get(pk=job.payload["project"])
    told = told_of(job)
    if told.get("grouped", 0) >= MANY:
        # For the planner every similarity is still unknown and so none is kept: it would join row by row.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE review_measurement")
    waiting = _datasets_due(project)
    for dataset in Dataset.objects.filter(project=project).select_related("project"):
        if (
            dataset.pk not in waiting
            and not others_are_behind(dataset)
            and not Job.objects.active().about(SCREENING, f"dataset:{dataset.pk}").exists()
        ):
            samples_draw(dataset=dataset, by=job.by)
        samples_admit(dataset=dataset)
    _start_again(project, job, int(told.get("grouped", 0)))
    return {
        "grouped": told.get("grouped", 0),
        "clusters": _clusters(project),
        "copies": Measurement.objects.filter(dataset__project=project, exact_copy=1).count(),
        **told.get("found", {}),
        "steps": told.get("steps", {}),
        "seconds": round(job.working.total_seconds(), 3),
    }


def _lock(project: Project) -> None:
    # Against a start that finds the old grouping still under way while that one has looked its last. Datasets are
    # locked before their project, everywhere.
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)


def _start(project: Project, by: User | None, again: int = 0) -> Job:
    return job_start(
        kind=KIND,
        subject=subject_of(project),
        label=f"Duplicates in {project}",
        by=by,
        payload={"project": project.pk, "again": again},
        parts=[{}],
        unit="examples",
    )


def _start_again(project: Project, job: Job, grouped: int) -> None:
    """Start another grouping for what was measured or edited meanwhile."""
    _lock(project)
    again = 0 if grouped else job.payload.get("again", 0) + 1
    if again <= AGAIN and _datasets_due(project):
        _start(project, job.by, again)


def _datasets_due(project: Project) -> set[int]:
    return {row[0] for row in Scope.of(project).rows(DATASETS_DUE)}


def _is_behind(scope: Scope) -> bool:
    """Say whether an example that was edited or withdrawn still counts as it was, or was measured and not compared."""
    mine = Example.objects.filter(dataset__in=scope.datasets)
    away = mine.filter(~Q(state=Example.State.SUBMITTED), measurement__scorers__contains=[scope.version])
    by_hand = Q(source_import=None) | Q(revision__gt=1)
    measured = Q(measurement__revision=F("revision")) & ~Q(measurement__scorers__contains=[scope.version])
    edited = mine.filter(by_hand, measured, state=Example.State.SUBMITTED)
    return bool(scope.rows(f"{GONE} LIMIT 1")) or away.exists() or edited.exists()


def _clusters(project: Project) -> dict[str, int]:
    kinds = (DuplicateCluster.Kind.EXACT.value, DuplicateCluster.Kind.NEAR.value)
    return {kind: DuplicateCluster.objects.filter(project=project, kind=kind).count() for kind in kinds}
