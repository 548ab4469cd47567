"""Toxicity by another server: a dataset's examples are cut into parts whose texts workers ask about."""

from collections import Counter
from itertools import batched
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from annotate.models import Dataset
from annotate.records import Conversation
from jobs.failpoints import failpoint
from jobs.kinds import JobFailed, Run
from jobs.models import Job
from jobs.services import job_start
from review.queries.pending import is_pending
from review.queries.policies import policy_of
from review.queries.remote import TOXICITY, provider_chosen, remote_due, site
from review.queries.scorers import options_of
from review.remote.errors import EndpointRefused
from review.remote.findings import Provider
from review.remote.guards import guard_try
from review.remote.providers import LABELS, model_asked, paced, provider_make
from review.scorers.base import DETAILS, Measured
from review.services.measurements import measurements_write, scorer_versions
from review.services.remote_scores import Answers, answers_get, answers_keep
from review.services.sample_items import samples_admit
from review.services.samples import samples_draw

KIND = "score-remotely"
PART = 5_000
CHUNK = 200
MANY_REASONS = 20


@transaction.atomic
def remote_start(*, dataset: Dataset, by: User | None) -> Job | None:
    """Start asking the provider that the project's policy names about every text it has not judged.

    Texts that it failed to judge are asked about again. The job under way, if any, is returned instead; it looks
    again when it ends. None where no other server is to be asked, or nothing.
    """
    _lock(dataset)
    jobs = Job.objects.active().about(KIND, subject_of(dataset)).filter(cancel_requested=False)
    return jobs.first() or _start(dataset, by, again=True)


def subject_of(dataset: Dataset) -> str:
    return f"dataset:{dataset.pk}"


def remote_page(job: Job) -> str:
    """Return the address of what is being judged."""
    return _dataset(job).get_absolute_url()


def remote_run(run: Run) -> None:
    """Ask about the examples of one part; the answers of a chunk and its checkpoint are one transaction."""
    payload = run.job.payload
    try:
        provider = provider_make(payload["provider"], site(), timezone.localdate())
        with provider.client:
            if provider.tried_out and not run.checkpoint:
                guard_try(provider, run.renew)
            after = run.checkpoint.get("after", run.part.payload["first"] - 1)
            while (last := _chunk(run, provider, after)) is not None:
                failpoint("score-remotely.after_commit")
                after = last
    except EndpointRefused as refusal:
        raise JobFailed(f"{LABELS[payload['provider']]}: {refusal}") from refusal


def remote_finish(job: Job) -> dict[str, Any]:
    """Start over for what was added or edited meanwhile; else let the samples have what is kept now."""
    dataset = _dataset(job)
    _lock(dataset)
    if _start(dataset, job.by, again=False) is None and not is_pending(dataset):
        samples_draw(dataset=dataset, by=job.by)
        samples_admit(dataset=dataset)
    tallies = [part.checkpoint for part in job.parts.all()]
    reasons = sum((Counter(tally.get("reasons", {})) for tally in tallies), Counter[str]())
    return {
        "provider": job.payload["provider"],
        "model": job.payload["model"],
        "measured": sum(part.done for part in job.parts.all()),
        "asked": sum(tally.get("asked", 0) for tally in tallies),
        "known": sum(tally.get("known", 0) for tally in tallies),
        "unknown": reasons.total(),
        "reasons": dict(reasons.most_common(MANY_REASONS)),
        "seconds": round(job.working.total_seconds(), 3),
    }


def _dataset(job: Job) -> Dataset:
    return Dataset.objects.select_related("project").get(pk=job.payload["dataset"])


def _lock(dataset: Dataset) -> None:
    # Against a start that finds the old job still under way while that one has looked its last.
    Dataset.objects.select_for_update(no_key=True).get(pk=dataset.pk)


def _start(dataset: Dataset, by: User | None, *, again: bool) -> Job | None:
    _, policy = policy_of(dataset.project)
    slug = provider_chosen(policy)
    if not slug:
        return None
    scorer = scorer_versions(options_of(dataset.project, policy))[TOXICITY]
    model = model_asked(slug, site())
    due = remote_due(dataset, scorer=scorer, model=model, again=again).order_by("pk")
    ids = list(due.values_list("pk", flat=True))
    # Two processes would ask twice as often as a service with a pace allows.
    cut = list(batched(ids, len(ids) if paced(slug) and ids else PART))
    if not cut:
        return None
    return job_start(
        kind=KIND,
        subject=subject_of(dataset),
        label=f"Toxicity of {dataset} by {LABELS[slug]}",
        by=by,
        payload={
            "project": dataset.project_id, "dataset": dataset.pk, "provider": slug, "model": model, "scorer": scorer,
        },
        parts=[{"first": batch[0], "last": batch[-1]} for batch in cut],
        unit="examples",
        total=len(ids),
    )  # fmt: skip


def _chunk(run: Run, provider: Provider, after: int) -> int | None:
    """Ask about the next examples after an id; return the last one's, or None at the part's end."""
    dataset = _dataset(run.job)
    scorer = run.job.payload["scorer"]
    due = remote_due(dataset, scorer=scorer, model=provider.model, again=True)
    part = due.filter(pk__gt=after, pk__lte=run.part.payload["last"]).order_by("pk")
    rows = list(part.values_list("pk", "revision", "turns", "metadata")[:CHUNK])
    if not rows:
        return None
    texts = [Conversation.from_json(turns, metadata) for _, _, turns, metadata in rows]
    answers, asks = answers_get(provider=provider, conversations=texts, tick=run.renew)
    found = {
        pk: (revision, answers.of(asked)) for (pk, revision, _, _), asked in zip(rows, asks, strict=True)
    }
    _store(run, answers, found, dataset)
    return max(found)


@transaction.atomic
def _store(run: Run, answers: Answers, found: dict[int, tuple[int, Measured]], dataset: Dataset) -> None:
    tally = _tally(run.checkpoint, answers, [values for _, values in found.values()])
    rows = {
        pk: (revision, {**values, DETAILS: {TOXICITY: values[DETAILS]}})
        for pk, (revision, values) in found.items()
    }
    answers_keep(answers=answers)
    measurements_write(dataset_id=dataset.pk, found=rows, by={TOXICITY: run.job.payload["scorer"]})
    run.save(checkpoint={"after": max(found), **tally}, done=run.done + len(found))
    failpoint("score-remotely.before_commit")


def _tally(before: dict[str, Any], answers: Answers, found: list[Measured]) -> dict[str, Any]:
    """Add to a part's counts: texts asked about and known already, and why values are unknown."""
    reasons = Counter(before.get("reasons", {}))
    reasons.update(values[DETAILS]["unknown"] for values in found if "unknown" in values[DETAILS])
    return {
        "asked": before.get("asked", 0) + len(answers.fresh),
        "known": before.get("known", 0) + answers.known,
        "reasons": dict(reasons),
    }
