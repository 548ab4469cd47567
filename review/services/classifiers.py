"""The quality classifier: trained by a job, activated by a manager or by rule."""

import time
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from annotate.models import Project
from jobs.failpoints import failpoint
from jobs.kinds import JobFailed, Run
from jobs.models import Job
from jobs.services import job_start
from review.models import ClassifierRules, ClassifierVersion
from review.quality.artefacts import ArtefactError
from review.quality.classifier import Texts, Unfit
from review.quality.folds import FOLDS
from review.quality.labels import Labels, chosen_rows
from review.quality.ladder import Step, next_needs, step_of
from review.quality.training import train
from review.queries.classifier_rules import classifier_rules
from review.queries.classifiers import (
    active_version,
    classifier_of,
    labels_since,
    limits_by_score,
    versions_of,
)
from review.queries.judge_scores import judge_in_use
from review.queries.label_counts import labels_reached
from review.queries.policies import policy_of
from review.queries.training_set import Judged, labels_of, texts_of, training_set
from review.services.classifier_scores import scores_start
from review.services.classifier_stored import stored_of
from review.services.second_looks import second_looks_fill

KIND = "train-classifier"
FITS = FOLDS + 1


class TooFewLabels(Exception):
    """There is nothing to train from yet; the message says what is lacking."""


class NotActivated(Exception):
    """A version that must not be used; the message says why."""


class StillDecides(Exception):
    """A limit of the policy rests on the active version; the message says what to do."""


def subject_of(project: Project) -> str:
    return f"project:{project.pk}"


def training_page(job: Job) -> str:
    """Return the address of the classifier's page."""
    return reverse("review:classifier", args=[_project(job).slug])


@transaction.atomic
def classifier_train(*, project: Project, by: User | None) -> Job:
    """Start training on the labels that there are; the job under way, if any, is returned instead.

    Raises TooFewLabels.
    """
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    job = Job.objects.active().about(KIND, subject_of(project)).filter(cancel_requested=False).first()
    if job:
        return job
    found = labels_reached(project, classifier_rules(project))
    if found.is_known and step_of(found.good, found.bad) is Step.NONE:
        raise TooFewLabels(f"{next_needs(found.good, found.bad)} for a first model.")
    return job_start(
        kind=KIND,
        subject=subject_of(project),
        label=f"Training on {sum(found.people):,} labels" + (" and imported ones" if found.imported else ""),
        by=by,
        payload={"project": project.pk},
        unit="fits",
        total=FITS,
    )


def training_run(run: Run) -> None:
    """Read the labels and their texts, cross-validate, fit, and store a version; a second run stores none."""
    if "version" in run.checkpoint:
        return
    project, began = _project(run.job), time.monotonic()
    # A fit of many labels takes longer than a lease.
    with run.kept():
        rows, labels = _labelled(project)
        judge = judge_in_use(project)
        texts = Texts.joined([Texts.of(part, judge.said_of(part)) for part in texts_of(rows)])
        failpoint("train-classifier.texts")
        try:
            trained = train(texts, labels, tick=lambda: _fitted(run))
        except Unfit as reason:
            raise JobFailed(str(reason)) from reason
    _store(
        run,
        stored_of(trained, rows, labels, texts, judge.learnt(texts, trained)),
        seconds=time.monotonic() - began,
    )
    failpoint("train-classifier.after_commit")


def training_finish(job: Job) -> dict[str, Any]:
    """Put the new version in the place of the active one where the rule says so, and ask for second looks."""
    part = job.parts.get()
    version = ClassifierVersion.objects.defer("artefact", "held_out").get(pk=part.checkpoint["version"])
    if classifier_rules(version.project).activates and is_better(version, active_version(version.project)):
        classifier_activate(version=version, by=None)
    second_looks_fill(project=version.project)
    return {"version": version.number, "auc": version.evaluation["auc"]}


def trainings_catch_up() -> list[Job]:
    """Train wherever as many labels came since the last version as the project asks for. Called every minute.

    After a training that failed or was cancelled it is for a manager to start another.
    """
    started = []
    for project in Project.objects.filter(datasets__isnull=False).distinct():
        every = classifier_rules(project).every
        newest = versions_of(project).first()
        job = Job.objects.about(KIND, subject_of(project)).first()
        if not every or (job and job.state != Job.State.DONE):
            continue
        if labels_since(project, newest.made_at if newest else None) < every:
            continue
        try:
            started.append(classifier_train(project=project, by=None))
        except TooFewLabels:
            continue
    return started


def is_better(version: ClassifierVersion, active: ClassifierVersion | None) -> bool:
    """Say whether a version surely beats length and, where one is active, is no worse than it at either figure."""
    if not version.evaluation["beats_length"]:
        return False
    if active is None:
        return True
    (low, area), (active_low, active_area) = (_figures(each.evaluation) for each in (version, active))
    return low >= active_low and area >= active_area


@transaction.atomic
def classifier_activate(*, version: ClassifierVersion, by: User | None) -> Job | None:
    """Score the project's examples by this version from now on; return the job that does.

    Raises NotActivated where it is not better than the length of the answer alone, or can no longer be read.
    """
    project = Project.objects.select_for_update(no_key=True).get(pk=version.project_id)
    if not version.evaluation["beats_length"]:
        raise NotActivated(version.evaluation["standing"])
    try:
        classifier_of(version.pk)
    except ArtefactError as reason:
        raise NotActivated(str(reason)) from reason
    now = timezone.now()
    active = ClassifierVersion.objects.active().filter(project=project)
    active.exclude(pk=version.pk).update(retired_at=now)
    if not active.filter(pk=version.pk).exists():
        stored = ClassifierVersion.objects.filter(pk=version.pk)
        stored.update(activated_at=now, activated_by=by, retired_at=None)
    return scores_start(project=project, by=by)


@transaction.atomic
def classifier_retire(*, project: Project) -> None:
    """Score nothing more; what was scored keeps its value. Raises StillDecides while a limit on the score holds.

    Whatever came after it would never be scored, and so never be kept.
    """
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    if limits_by_score(policy_of(project)[1]):
        raise StillDecides("The policy keeps examples by their score: take the limit off first.")
    ClassifierVersion.objects.active().filter(project=project).update(retired_at=timezone.now())


@transaction.atomic
def classifier_rules_save(*, project: Project, by: User, **rules: Any) -> ClassifierRules:
    """Set when the project trains and how it picks."""
    values = {**rules, "by": by, "changed_at": timezone.now()}
    saved, _ = ClassifierRules.objects.update_or_create(project=project, defaults=values)
    return saved


def _project(job: Job) -> Project:
    return Project.objects.get(pk=job.payload["project"])


def _labelled(project: Project) -> tuple[list[Judged], Labels]:
    rows = training_set(project)
    labels = labels_of(rows)
    chosen = chosen_rows(labels)
    return [rows[row] for row in chosen], labels.take(chosen)


@transaction.atomic
def _fitted(run: Run) -> None:
    run.save(done=run.done + 1)


@transaction.atomic
def _store(run: Run, values: dict[str, Any], *, seconds: float) -> None:
    project = Project.objects.select_for_update(no_key=True).get(pk=run.job.payload["project"])
    newest = versions_of(project).first()
    number = newest.number + 1 if newest else 1
    version = ClassifierVersion.objects.create(
        project=project, number=number, seconds=seconds, by=run.job.by, **values
    )
    failpoint("train-classifier.before_commit")
    run.save(checkpoint={"version": version.pk}, done=FITS)


def _figures(evaluation: dict[str, Any]) -> tuple[float, float]:
    interval = evaluation["auc_interval"] or {"low": 0.0}
    return interval["low"], evaluation["auc"] or 0.0
