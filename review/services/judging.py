"""The judge: a manager's rubric, and a job that asks a model about examples as far as its budget goes."""

from random import Random
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from accounts.models import User
from annotate.models import Dataset, Example, Project
from jobs.failpoints import failpoint
from jobs.kinds import JobFailed, Rate, Run
from jobs.models import Job
from jobs.services import job_start
from review.models import JudgeRubric
from review.queries.judging import (
    ALL,
    DATASET,
    DRAWN,
    LABELLED,
    MOST_RANDOM,
    RANDOM,
    TRIED,
    TRY,
    earlier_due,
    judge_due,
    judge_scorer,
    judge_server,
    rubrics_of,
    with_labels,
    without_labels,
)
from review.queries.pending import is_pending
from review.queries.policies import policy_of
from review.queries.remote import site
from review.remote.errors import EndpointRefused
from review.remote.judge import NEEDED, SLUG, judge_make
from review.scorers import judge_identity
from review.services.judge_chunks import judge_chunk
from review.services.measurements import scorer_version
from review.services.sample_items import samples_admit
from review.services.samples import samples_draw

KIND = "judge"
WORDS = {
    LABELLED: "labelled examples", RANDOM: "random examples", DATASET: "a dataset", ALL: "all examples",
    TRY: "a few examples to try it out",
}  # fmt: skip
MANY_REASONS = 20


class NotJudged(Exception):
    """Nothing can be asked; the message says why."""


def subject_of(project: Project) -> str:
    return f"project:{project.pk}"


def judge_page(job: Job) -> str:
    """Return the address of the judge's page."""
    return reverse("review:judge", args=[_project(job).slug])


@transaction.atomic
def rubric_save(*, project: Project, text: str, by: User) -> JudgeRubric:
    """Judge by this text from now on; the same text as before makes no new rubric."""
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    newest = rubrics_of(project).first()
    if newest and newest.text == text:
        return newest
    number = newest.number + 1 if newest else 1
    return JudgeRubric.objects.create(project=project, number=number, text=text, by=by)


@transaction.atomic
def judge_start(
    *,
    project: Project,
    which: str,
    tokens: int,
    by: User,
    count: int | None = None,
    dataset: Dataset | None = None,
) -> Job:
    """Start asking about a set of examples; the job under way, if any, is returned instead.

    At most `tokens` tokens are spent and at most `count` examples looked at. Raises NotJudged where no judge or no
    rubric is there, or nothing is left to ask about.
    """
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    job = Job.objects.active().about(KIND, subject_of(project)).filter(cancel_requested=False).first()
    if job:
        return job
    server, rubric = judge_server(), rubrics_of(project).first()
    if server is None:
        raise NotJudged(NEEDED)
    if rubric is None:
        raise NotJudged("Write a rubric first: it says what the judge looks for.")
    scorer = judge_scorer(rubric.text, server.model)
    seed = Job.objects.about(KIND, subject_of(project)).count()
    ids = _chosen(project, which, count, scorer, seed)
    total = (
        len(ids) if which in DRAWN else _counted(project, which, dataset, scorer, (rubric.text, server.model))
    )
    if not total:
        raise NotJudged("Nothing is left to ask about: the judge has scored all of these by this rubric.")
    return job_start(
        kind=KIND,
        subject=subject_of(project),
        label=f"Judging {WORDS[which] if dataset is None else dataset} by rubric {rubric.number}",
        by=by,
        payload={
            "project": project.pk, "rubric": rubric.pk, "number": rubric.number, "model": server.model,
            "scorer": scorer or scorer_version(judge_identity(rubric.text, server.model)),
            "which": which, "dataset": dataset.pk if dataset else None, "tokens": tokens, "most": count,
        },
        parts=[{"ids": ids}],
        unit="examples",
        total=min(total, count or total),
    )  # fmt: skip


def judge_run(run: Run) -> None:
    """Ask about one chunk after the other until the set or the budget ends; one part, so that the budget is exact."""
    rubric = JudgeRubric.objects.get(pk=run.job.payload["rubric"])
    try:
        judge = judge_make(site())
        if judge.model != run.job.payload["model"]:
            raise JobFailed(f"The site's judge is {judge.model} now: start again to ask that one.")
        with judge.client:
            while judge_chunk(run=run, judge=judge, rubric=rubric):
                failpoint("judge.after_commit")
    except EndpointRefused as refusal:
        raise JobFailed(f"The judge: {refusal}") from refusal


def judge_finish(job: Job) -> dict[str, Any]:
    """Let the samples have what is kept now; say what was spent, what could not be read and what is left."""
    project = _project(job)
    limit = policy_of(project)[1].limit(SLUG)
    if limit and limit.bounds():
        for dataset in Dataset.objects.filter(project=project).select_related("project"):
            if not is_pending(dataset):
                samples_draw(dataset=dataset, by=job.by)
            samples_admit(dataset=dataset)
    part = job.parts.get()
    tally = part.checkpoint
    reasons = sorted(tally.get("reasons", {}).items(), key=lambda pair: -pair[1])
    named = ("asked", "known", "scored", "tokens", "estimated")
    return {
        "rubric": job.payload["number"],
        "model": job.payload["model"],
        "looked_at": part.done,
        **{name: tally.get(name, 0) for name in named},
        "unread": sum(count for _, count in reasons),
        "reasons": dict(reasons[:MANY_REASONS]),
        "ended": tally.get("ended", "all"),
        "left": max((job.total or 0) - part.done, 0),
        "seconds": round(job.working.total_seconds(), 3),
    }


def judge_rates(job: Job) -> list[Rate]:
    """Tell how many tokens are spent so far."""
    part = job.parts.first()
    spent = part.checkpoint.get("tokens", 0) if part else 0
    return [Rate("Tokens", spent, job.working.total_seconds())] if spent else []


def _project(job: Job) -> Project:
    return Project.objects.get(pk=job.payload["project"])


def _chosen(project: Project, which: str, count: int | None, scorer: int, seed: int) -> list[int]:
    """Return the ids of a set that is drawn: at random, or a few of them, labelled ones if there are, to try it out."""
    if which not in DRAWN:
        return []
    due = judge_due(project, scorer)
    if which == TRY:
        # To try a judge out on what it could not answer before would say little of it.
        fresh = due.exclude(measurement__details__judge__again=True)
        found = _drawn(with_labels(fresh), TRIED, seed)
        found += _drawn(without_labels(fresh), TRIED - len(found), seed)
        return sorted(found or _drawn(due, TRIED, seed))
    return sorted(_drawn(due, min(count or MOST_RANDOM, MOST_RANDOM), seed))


def _drawn(examples: QuerySet[Example], count: int, seed: int) -> list[int]:
    ids = list(examples.order_by("pk").values_list("pk", flat=True))
    return Random(seed).sample(ids, min(count, len(ids)))  # noqa: S311  (which ones is no secret)


def _counted(
    project: Project, which: str, dataset: Dataset | None, scorer: int, judge: tuple[str, str]
) -> int:
    due = judge_due(project, scorer)
    due = due.filter(dataset=dataset) if dataset else due
    found = with_labels(due) if which == LABELLED else due
    return found.count() + len(earlier_due(project, judge, dataset))
