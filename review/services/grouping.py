"""Grouping: examples of a project that say the same are found, and one of each group is kept."""

from typing import Any

from django.db import connection, transaction

from accounts.models import User
from annotate.models import Dataset, Project
from jobs.kinds import Run
from jobs.models import Job
from jobs.services import job_start
from review.queries.policies import policy_of
from review.queries.scorers import options_of
from review.scorers import GROUPING
from review.services.measurements import scorer_versions
from review.services.sample_items import samples_extend
from review.services.samples import samples_draw

KIND = "group"


@transaction.atomic
def grouping_start(*, project: Project, by: User | None) -> Job:
    """Start comparing a project's examples; the grouping that is under way, if any, is returned instead."""
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    jobs = Job.objects.active().about(KIND, subject_of(project)).filter(cancel_requested=False)
    return jobs.first() or job_start(
        kind=KIND,
        subject=subject_of(project),
        label=f"Duplicates in {project}",
        by=by,
        payload={"project": project.pk},
        parts=[{}],
        unit="examples",
    )


def subject_of(project: Project) -> str:
    return f"project:{project.pk}"


def grouping_page(job: Job) -> str:
    """Return the address of what a grouping is about."""
    return Project.objects.get(pk=job.payload["project"]).get_absolute_url()


GROUP = """
UPDATE review_measurement SET exact_copy = 0, prompt_twins = 0, near_similarity = 0, scorers = scorers || %s
WHERE NOT scorers @> ARRAY[%s]::int[] AND dataset_id IN (SELECT id FROM annotate_dataset WHERE project_id = %s)
"""


@transaction.atomic
def grouping_run(run: Run) -> None:
    project = Project.objects.get(pk=run.job.payload["project"])
    _, policy = policy_of(project)
    version = scorer_versions(options_of(project, policy))[GROUPING[0]]
    with connection.cursor() as cursor:
        cursor.execute(GROUP, [version, version, project.pk])
        run.save(checkpoint={"grouped": True}, done=cursor.rowcount)


def grouping_finish(job: Job) -> dict[str, Any]:
    """Draw and extend the samples of the project's datasets from what the limits keep now."""
    for dataset in Dataset.objects.filter(project=job.payload["project"]).select_related("project"):
        samples_draw(dataset=dataset, by=job.by)
        samples_extend(dataset=dataset)
    return {}
