"""Screening: a dataset's examples are cut into parts that any number of workers measure."""

import json
from collections.abc import Iterator, Mapping
from itertools import batched
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, QuerySet, Sum
from django.utils import timezone

from accounts.models import User
from annotate.models import Dataset, Example, Import
from annotate.records import Conversation
from jobs.failpoints import failpoint
from jobs.kinds import Run
from jobs.models import Job
from jobs.services import job_start
from review.models import Measurement
from review.queries.funnels import funnel, needs_measuring
from review.scorers import measure, versions
from review.services.sample_items import samples_extend
from review.services.samples import samples_draw

KIND = "screen"
PART = 20_000
CHUNK = 1_000
MANY = 1_000
BATCH = 100  # texts in memory at once
NOTHING = (1, 0, 0)  # first, last, count: a job has one part at least

FIELDS = [field.attname for field in Measurement._meta.concrete_fields]
COLUMNS = ", ".join(FIELDS)
# Whoever measured the newer text wins, in whatever order two workers come to write.
WRITE = f"""
INSERT INTO review_measurement ({COLUMNS})
SELECT {COLUMNS} FROM jsonb_populate_recordset(NULL::review_measurement, %s::jsonb)
ON CONFLICT (example_id) DO UPDATE
SET ({COLUMNS}) = ROW ({", ".join(f"excluded.{field}" for field in FIELDS)})
WHERE excluded.revision >= review_measurement.revision
"""  # noqa: S608  the names of our own columns


@transaction.atomic
def screening_start(*, dataset: Dataset, by: User | None) -> Job:
    """Start measuring what needs it; the screening that is under way, if any, is returned instead.

    That one looks again when it ends, so whatever was added since is measured without another call.
    """
    _lock(dataset)
    jobs = Job.objects.active().about(KIND, subject_of(dataset)).filter(cancel_requested=False)
    return jobs.first() or _start(dataset, by)


def screenings_catch_up() -> list[Job]:
    """Start a screening wherever examples were written or edited since the last; return what was started.

    Nothing announces an edit, so somebody has to look: called every minute. After a screening that failed or was
    cancelled it is for a person to start the next.
    """
    stale = Example.objects.submitted().filter(needs_measuring(), dataset=OuterRef("pk"))
    started = []
    for dataset in Dataset.objects.filter(Exists(stale)).select_related("project"):
        newest = Job.objects.about(KIND, subject_of(dataset)).first()
        if newest is None or newest.state == Job.State.DONE:
            started.append(screening_start(dataset=dataset, by=None))
    return started


def after_import(job: Job) -> None:
    """Screen what an import has brought; called in the transaction that makes it visible."""
    source_import = Import.objects.select_related("dataset").get(pk=job.payload["import"])
    screening_start(dataset=source_import.dataset, by=job.by)


def subject_of(dataset: Dataset) -> str:
    return f"dataset:{dataset.pk}"


def screening_page(job: Job) -> str:
    """Return the address of what a screening is about."""
    return Dataset.objects.select_related("project").get(pk=job.payload["dataset"]).get_absolute_url()


def screening_run(run: Run) -> None:
    """Measure the examples of one part, a chunk and its checkpoint in one transaction."""
    after = run.checkpoint.get("after", run.part.payload["first"] - 1)
    while (last := _chunk(run, after)) is not None:
        failpoint("screen.after_commit")
        after = last


def screening_finish(job: Job) -> dict[str, Any]:
    """Draw and extend the dataset's samples; start over for what was added or edited meanwhile."""
    dataset = Dataset.objects.select_related("project").get(pk=job.payload["dataset"])
    _lock(dataset)
    samples_draw(dataset=dataset, by=job.by)
    samples_extend(dataset=dataset)
    if (job.total or 0) >= MANY:
        _analyze()
    found = funnel(dataset)
    if found.stale:
        _start(dataset, job.by)
    began = job.started_at or job.created_at
    return {
        "measured": job.parts.aggregate(done=Sum("done"))["done"] or 0,
        "kept": found.kept,
        "dropped": found.dropped,
        "seconds": round((timezone.now() - began).total_seconds(), 3),
    }


def measurements_write(measured: Mapping[int, tuple[int, Conversation]]) -> None:
    """Measure texts, given by example id with their revision, and store what was found."""
    found = measure([conversation for _, conversation in measured.values()])
    rows = [
        {"example_id": pk, "revision": revision, "scorers": versions(), **values}
        for (pk, (revision, _)), values in zip(measured.items(), found, strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute(WRITE, [json.dumps(rows)])


def _lock(dataset: Dataset) -> None:
    # Against a start that finds the old screening still under way while that one has looked its last.
    Dataset.objects.select_for_update(no_key=True).get(pk=dataset.pk)


def _analyze() -> None:
    # What was written in bulk is otherwise unknown to the planner for a minute or more.
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE annotate_example, review_measurement, review_sampleitem")


def _stale(dataset_id: int) -> QuerySet[Example]:
    return Example.objects.submitted().filter(needs_measuring(), dataset=dataset_id)


def _start(dataset: Dataset, by: User | None) -> Job:
    ids = _stale(dataset.pk).order_by("pk").values_list("pk", flat=True).iterator(chunk_size=PART)
    cut = [(batch[0], batch[-1], len(batch)) for batch in batched(ids, PART)] or [NOTHING]
    return job_start(
        kind=KIND,
        subject=subject_of(dataset),
        label=f"Screening of {dataset}",
        by=by,
        payload={"project": dataset.project_id, "dataset": dataset.pk},
        parts=[{"first": first, "last": last} for first, last, _ in cut],
        unit="examples",
        total=sum(count for _, _, count in cut),
    )


@transaction.atomic
def _chunk(run: Run, after: int) -> int | None:
    """Measure the next examples after an id; return the last one's, or None at the part's end."""
    last, count = None, 0
    for batch in _batches(run, after):
        measurements_write(batch)
        last, count = max(batch), count + len(batch)
    if last is not None:
        run.save(checkpoint={"after": last}, done=run.done + count)
        failpoint("screen.before_commit")
    return last


def _batches(run: Run, after: int) -> Iterator[dict[int, tuple[int, Conversation]]]:
    due = _stale(run.job.payload["dataset"]).filter(pk__gt=after, pk__lte=run.part.payload["last"])
    rows = due.order_by("pk").values_list("pk", "revision", "turns", "metadata")[:CHUNK]
    for batch in batched(rows.iterator(chunk_size=BATCH), BATCH):
        yield {
            pk: (revision, Conversation.from_json(turns, metadata)) for pk, revision, turns, metadata in batch
        }
