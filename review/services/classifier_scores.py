"""Scores by the active classifier: a project's examples are cut into parts that any number of workers score."""

from collections.abc import Sequence
from itertools import batched
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import User
from annotate.models import Dataset, Example, Project
from annotate.records import Conversation
from jobs.failpoints import failpoint
from jobs.kinds import JobFailed, Run
from jobs.models import Job
from jobs.services import job_start
from review.models import ClassifierVersion
from review.quality.artefacts import ArtefactError
from review.quality.classifier import Classifier, Texts
from review.queries.classifiers import (
    QUALITY,
    active_version,
    classifier_of,
    limits_by_score,
    scores_are_due,
    scores_due,
)
from review.queries.held_out import held_out_scores
from review.queries.judge_scores import judge_scores, scorer_used
from review.queries.pending import is_pending
from review.queries.policies import policy_of
from review.queries.scorers import options_of
from review.services.measurements import measurements_write, scorer_versions
from review.services.sample_items import samples_admit
from review.services.samples import samples_draw

KIND = "score-quality"
PART = 20_000
CHUNK = 500


def subject_of(project: Project) -> str:
    return f"project:{project.pk}"


def scores_page(job: Job) -> str:
    """Return the address of the classifier's page."""
    return reverse("review:classifier", args=[_project(job).slug])


@transaction.atomic
def scores_start(*, project: Project, by: User | None) -> Job | None:
    """Start scoring what the active classifier has not scored; None where none is active, or nothing is left.

    The job under way, if any, is returned instead; it looks again when it ends.
    """
    _lock(project)
    jobs = Job.objects.active().about(KIND, subject_of(project)).filter(cancel_requested=False)
    return jobs.first() or _start(project, by)


def scores_catch_up() -> list[Job]:
    """Score what was written, edited or measured since; return the jobs that were started. Called every minute.

    After a job that failed or was cancelled it is for a manager to start another.
    """
    started = []
    for version in ClassifierVersion.objects.active().only("project").select_related("project"):
        newest = Job.objects.about(KIND, subject_of(version.project)).first()
        if (newest is None or newest.state == Job.State.DONE) and scores_are_due(version.project):
            job = scores_start(project=version.project, by=None)
            started += [job] if job else []
    return started


def scores_run(run: Run) -> None:
    """Score the examples of one part."""
    try:
        classifier = classifier_of(run.job.payload["version"])
    except ArtefactError as reason:
        raise JobFailed(str(reason)) from reason
    # Looked up once: to find the next few among all that are left takes longer than to score them.
    after = run.checkpoint.get("after", run.part.payload["first"] - 1)
    found = _due(run).filter(pk__gt=after, pk__lte=run.part.payload["last"])
    for ids in batched(found.order_by("pk").values_list("pk", flat=True), CHUNK):
        _chunk(run, classifier, ids)
        failpoint("score-quality.after_commit")


def scores_finish(job: Job) -> dict[str, Any]:
    """Let the samples have what is kept now; start over for what came meanwhile, or for a version activated since."""
    project = _project(job)
    if limits_by_score(policy_of(project)[1]):
        _samples_renew(project, job.by)
    _lock(project)
    _start(project, job.by)
    return {
        "version": job.payload["number"],
        "scored": sum(part.done for part in job.parts.all()),
        "seconds": round(job.working.total_seconds(), 3),
    }


def _samples_renew(project: Project, by: User | None) -> None:
    for dataset in Dataset.objects.filter(project=project).select_related("project"):
        if not is_pending(dataset):
            samples_draw(dataset=dataset, by=by)
        samples_admit(dataset=dataset)


def _project(job: Job) -> Project:
    return Project.objects.get(pk=job.payload["project"])


def _lock(project: Project) -> None:
    # Against a start that finds the old job still under way while that one has looked its last.
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)


def _start(project: Project, by: User | None) -> Job | None:
    version = active_version(project)
    if version is None:
        return None
    _, policy = policy_of(project)
    scorer = scorer_versions(options_of(project, policy))[QUALITY]
    ids = list(scores_due(project, scorer).order_by("pk").values_list("pk", flat=True))
    if not ids:
        return None
    return job_start(
        kind=KIND,
        subject=subject_of(project),
        label=f"Scores by {version}",
        by=by,
        payload={
            "project": project.pk, "version": version.pk, "number": version.number, "scorer": scorer,
        },
        parts=[{"first": part[0], "last": part[-1]} for part in batched(ids, PART)],
        unit="examples",
        total=len(ids),
    )  # fmt: skip


def _due(run: Run) -> QuerySet[Example]:
    return scores_due(_project(run.job), run.job.payload["scorer"])


@transaction.atomic
def _chunk(run: Run, classifier: Classifier, ids: Sequence[int]) -> None:
    """Score those examples that still ask for it; a text that it learnt from goes with the score of a fold without it.

    Else a limit on the score would drop just those bad ones that reviewers found, and the sample, in which they are,
    would say that hardly any is left.
    """
    rows = list(_due(run).filter(pk__in=ids).values_list("pk", "dataset_id", "revision", "turns", "metadata"))
    judged = judge_scores(scorer_used(run.job.payload["version"]), [pk for pk, *_ in rows])
    texts = Texts.of(
        [Conversation.from_json(turns, metadata) for *_, turns, metadata in rows],
        [judged.get(pk) for pk, *_ in rows],
    )
    scores = classifier.scores(texts).tolist()
    learnt = held_out_scores(run.job.payload["version"])
    by_dataset: dict[int, dict[int, tuple[int, dict[str, float]]]] = {}
    for (pk, dataset, revision, *_), score in zip(rows, scores, strict=True):
        by_dataset.setdefault(dataset, {})[pk] = (revision, {QUALITY: learnt.get((pk, revision), score)})
    scorer = run.job.payload["scorer"]
    for dataset, found in by_dataset.items():
        measurements_write(dataset_id=dataset, found=found, by={QUALITY: scorer})
    run.save(checkpoint={"after": ids[-1]}, done=run.done + len(rows))
    failpoint("score-quality.before_commit")
