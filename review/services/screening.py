"""Screening: a dataset's examples are cut into parts that any number of workers measure."""

from collections.abc import Iterator, Sequence
from itertools import batched
from typing import Any

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from annotate.models import Dataset, Example, Import
from jobs.failpoints import failpoint
from jobs.kinds import Run
from jobs.models import Job
from jobs.services import job_start
from review.queries.policies import policy_of
from review.queries.rates import scorer_rates
from review.queries.scorers import needs_measuring, options_of
from review.services.embedding import embedding_start
from review.services.grouping import grouping_start
from review.services.measuring import Bench, Row, Tally
from review.services.remote import remote_start

KIND = "screen"
PART = 20_000
CHUNK = 1_000
MANY = 1_000
BATCH = 100  # texts in memory at once
NOTHING = (1, 0, 0)  # first, last, count: a job has one part at least


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
    started = []
    by_hand = Q(source_import=None) | Q(revision__gt=1)
    written = Example.objects.filter(by_hand, dataset=OuterRef("pk"))
    for dataset in Dataset.objects.filter(Exists(written)).select_related("project"):
        newest = Job.objects.about(KIND, subject_of(dataset)).first()
        over = newest is None or newest.state == Job.State.DONE
        if over and _stale(dataset).filter(by_hand).exists():
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
    bench = Bench(Dataset.objects.select_related("project").get(pk=run.job.payload["dataset"]))
    after = run.checkpoint.get("after", run.part.payload["first"] - 1)
    while (last := _chunk(run, bench, after)) is not None:
        failpoint("screen.after_commit")
        after = last


def screening_finish(job: Job) -> dict[str, Any]:
    """Have other servers asked and duplicates looked for; start over for what was added or edited meanwhile."""
    dataset = Dataset.objects.select_related("project").get(pk=job.payload["dataset"])
    _lock(dataset)
    if (job.total or 0) >= MANY:
        _analyze()
    if _stale(dataset).exists():
        _start(dataset, job.by)
    else:
        remote_start(dataset=dataset, by=job.by)
        embedding_start(dataset=dataset, by=job.by)
        grouping_start(project=dataset.project, by=job.by)
    return {
        "measured": sum(part.done for part in job.parts.all()),
        "scorers": {
            slug: {"measured": rate.done, "seconds": round(rate.seconds, 3)}
            for slug, rate in scorer_rates(job).items()
        },
        "seconds": round(job.working.total_seconds(), 3),
    }


def _lock(dataset: Dataset) -> None:
    # Against a start that finds the old screening still under way while that one has looked its last.
    Dataset.objects.select_for_update(no_key=True).get(pk=dataset.pk)


def _analyze() -> None:
    # What was written in bulk is otherwise unknown to the planner for a minute or more.
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE annotate_example, review_measurement, review_sampleitem")


def _stale(dataset: Dataset) -> QuerySet[Example]:
    _, policy = policy_of(dataset.project)
    stale = needs_measuring(options_of(dataset.project, policy))
    return Example.objects.submitted().filter(stale, dataset=dataset)


def _start(dataset: Dataset, by: User | None) -> Job:
    ids = _stale(dataset).order_by("pk").values_list("pk", flat=True).iterator(chunk_size=PART)
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
def _chunk(run: Run, bench: Bench, after: int) -> int | None:
    """Measure the next examples after an id; return the last one's, or None at the part's end."""
    last, count, tally = None, 0, Tally(run.checkpoint)
    for rows in _batches(run, bench, after):
        bench.measure(rows, tally)
        last, count = rows[-1][0], count + len(rows)
    if last is not None:
        run.save(checkpoint={"after": last, **tally.as_dict()}, done=run.done + count)
        failpoint("screen.before_commit")
    return last


def _batches(run: Run, bench: Bench, after: int) -> Iterator[Sequence[Row]]:
    due = _stale(bench.dataset).filter(pk__gt=after, pk__lte=run.part.payload["last"])
    rows = due.order_by("pk").values_list(
        "pk", "revision", "turns", "metadata", "measurement__revision", "measurement__scorers"
    )
    yield from batched(rows[:CHUNK].iterator(chunk_size=BATCH), BATCH)
