"""What the commands of review share: finding things by the names people type, and failing in one sentence."""

from django.core.management.base import CommandError

from annotate.models import Dataset, Project
from jobs.models import Job
from jobs.waiting import job_wait
from review.models import Selection


def project_named(slug: str) -> Project:
    """Return the project of that slug; raises CommandError."""
    project = Project.objects.filter(slug=slug).first()
    if project is None:
        raise CommandError(f"There is no project “{slug}”.")
    return project


def dataset_named(project: Project, name: str) -> Dataset:
    """Return the project's dataset of that name or slug; raises CommandError."""
    datasets = Dataset.objects.filter(project=project).select_related("project")
    dataset = datasets.filter(name=name).first() or datasets.filter(slug=name).first()
    if dataset is None:
        raise CommandError(f"There is no dataset “{name}” in project “{project.slug}”.")
    return dataset


def selection_named(project: Project, name: str) -> Selection:
    """Return the project's finished selection of that name; raises CommandError."""
    selection = Selection.objects.filter(project=project, name=name, done_at__isnull=False).first()
    if selection is None:
        raise CommandError(f"There is no finished selection “{name}” in project “{project.slug}”.")
    return selection


def job_done(job: Job) -> Job:
    """Wait for a job and return it done; raises CommandError with the reason if it ends in any other way."""
    job = job_wait(job)
    if job.state != Job.State.DONE:
        raise CommandError(job.error or f"{job.label} was {job.get_state_display()}.")
    return job
