"""Similarity in meaning, first half: a dataset's examples get vectors, in parts that any number of workers take."""

from itertools import batched
from typing import Any

from django.db import transaction
from django.db.models import BooleanField, QuerySet
from django.db.models.expressions import RawSQL

from accounts.models import User
from annotate.models import Dataset, Example
from annotate.records import Conversation
from jobs.failpoints import failpoint
from jobs.kinds import JobFailed, Run
from jobs.models import Job
from jobs.services import job_start
from review.queries.policies import policy_of
from review.queries.remote import embedder, embedding_model, meaning_limit
from review.queries.vectors import vectors_exist
from review.remote.embeddings import Embedder
from review.remote.errors import EndpointRefused
from review.services.meaning import meaning_start
from review.services.vectors import Embedded, vectors_prepare, vectors_write

KIND = "embed"
PART = 5_000
CHUNK = 128
# In characters: what no model of embeddings reads beyond.
LONGEST = 6_000

WITHOUT = """NOT EXISTS (
    SELECT FROM review_embedding WHERE review_embedding.example_id = annotate_example.id
      AND review_embedding.revision >= annotate_example.revision AND review_embedding.model = %s
)"""


@transaction.atomic
def embedding_start(*, dataset: Dataset, by: User | None) -> Job | None:
    """Start making the vectors that a dataset lacks, where the project's policy limits similarity in meaning.

    The job under way, if any, is returned instead; it looks again when it ends. None where nothing is to be done.
    """
    Dataset.objects.select_for_update(no_key=True).get(pk=dataset.pk)
    jobs = Job.objects.active().about(KIND, subject_of(dataset)).filter(cancel_requested=False)
    return jobs.first() or _start(dataset, by)


def subject_of(dataset: Dataset) -> str:
    return f"dataset:{dataset.pk}"


def embedding_page(job: Job) -> str:
    """Return the address of what gets vectors."""
    return _dataset(job).get_absolute_url()


def embedding_run(run: Run) -> None:
    """Make the vectors of one part; those of a chunk and its checkpoint are one transaction."""
    try:
        vectors_prepare()
        with embedder() as made:
            after = run.checkpoint.get("after", run.part.payload["first"] - 1)
            while (last := _chunk(run, made, after)) is not None:
                failpoint("embed.after_commit")
                after = last
    except EndpointRefused as refusal:
        raise JobFailed(str(refusal)) from refusal


def embedding_finish(job: Job) -> dict[str, Any]:
    """Have the vectors compared."""
    dataset = _dataset(job)
    meaning_start(project=dataset.project, by=job.by)
    parts = list(job.parts.all())
    return {
        "model": job.payload["model"],
        "measured": sum(part.done for part in parts),
        "unknown": sum(part.checkpoint.get("unknown", 0) for part in parts),
        "seconds": round(job.working.total_seconds(), 3),
    }


def _dataset(job: Job) -> Dataset:
    return Dataset.objects.select_related("project").get(pk=job.payload["dataset"])


def _due(dataset: Dataset, model: str) -> QuerySet[Example]:
    lacking = Example.objects.submitted().filter(dataset=dataset)
    if vectors_exist():
        lacking = lacking.filter(RawSQL(WITHOUT, [model], output_field=BooleanField()))  # noqa: S611  ours
    return lacking.order_by("pk")


def _start(dataset: Dataset, by: User | None) -> Job | None:
    if meaning_limit(policy_of(dataset.project)[1]) is None:
        return None
    model = embedding_model()
    ids = list(_due(dataset, model).values_list("pk", flat=True))
    if not ids:
        meaning_start(project=dataset.project, by=by)
        return None
    return job_start(
        kind=KIND,
        subject=subject_of(dataset),
        label=f"Meaning of {dataset}",
        by=by,
        payload={"project": dataset.project_id, "dataset": dataset.pk, "model": model},
        parts=[{"first": batch[0], "last": batch[-1]} for batch in batched(ids, PART)],
        unit="examples",
        total=len(ids),
    )


def _chunk(run: Run, made: Embedder, after: int) -> int | None:
    """Make the vectors of the next examples after an id; return the last one's, or None at the part's end."""
    dataset = _dataset(run.job)
    due = _due(dataset, made.model).filter(pk__gt=after, pk__lte=run.part.payload["last"])
    rows = list(due.values_list("pk", "revision", "turns")[:CHUNK])
    if not rows:
        return None
    found = made.embed([Conversation.from_json(turns).text()[:LONGEST] for _, _, turns in rows], run.renew)
    known = [
        Embedded(pk, revision, one.vector, one.reason)
        for (pk, revision, _), one in zip(rows, found, strict=True)
        if one.vector is not None or one.lasting
    ]
    with transaction.atomic():
        vectors_write(project_id=dataset.project_id, model=made.model, rows=known)
        unknown = sum(one.vector is None for one in found) + run.checkpoint.get("unknown", 0)
        run.save(checkpoint={"after": rows[-1][0], "unknown": unknown}, done=run.done + len(rows))
        failpoint("embed.before_commit")
    return rows[-1][0]
