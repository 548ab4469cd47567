"""What tests of review share: imports that are done, measured examples, drawn samples."""

import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from django.db import connection
from django.utils import timezone

from accounts.models import User
from annotate.models import Dataset, Example, Import
from annotate.records import Conversation
from jobs.models import Job
from jobs.work import job_work
from review.models import Measurement, Sample, SampleItem
from review.scorers import versions
from review.services.samples import sample_draw
from review.services.screening import screening_start
from tests.cast import conversation

SHORT = conversation("Why?", "Because.")


def imported(
    dataset: Dataset,
    count: int,
    *,
    text: Conversation | None = None,
    done_at: datetime | None = None,
) -> Import:
    """Store an import that is done, with `count` examples: `text`, or good ones that differ."""
    source = Import.objects.create(
        dataset=dataset, name=f"file-{Import.objects.count() + 1}.jsonl", sha256="0" * 64, size=1,
        done_at=done_at or timezone.now(), examples=count,
    )  # fmt: skip
    texts = [text or conversation(f"Question {number}: why does bread rise?") for number in range(count)]
    Example.objects.bulk_create(
        Example(
            dataset=dataset, source_import=source, line_number=number, turns=text.as_json(),
            metadata=dict(text.metadata), content_hash=text.content_hash(),
        )
        for number, text in enumerate(texts, start=1)
    )  # fmt: skip
    return source


def measure(examples: Iterable[Example], **values: object) -> None:
    """Store a measurement of each example's current revision: one that the default limits keep, but for `values`."""
    found: dict[str, object] = {
        "scorers": versions(),
        "format_blocks": 0,
        "tokens": 100,
        "counted_by": "words",
        **values,
    }
    Measurement.objects.bulk_create(
        [Measurement(**{"example": example, "revision": example.revision, **found}) for example in examples],
        update_conflicts=True, unique_fields=["example"], update_fields=["revision", *found],
    )  # fmt: skip


def screened(dataset: Dataset, by: User | None = None) -> Job:
    """Screen a dataset to the end in this process."""
    job = screening_start(dataset=dataset, by=by)
    job_work(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.error
    return job


def sampled(dataset: Dataset, count: int = 3, by: User | None = None) -> Sample:
    """Return the drawn sample of a new import of so many good examples, measured without a job."""
    source = imported(dataset, count)
    measure(Example.objects.filter(source_import=source))
    return sample_draw(dataset=dataset, source_import=source, by=by)


def queue_of(sample: Sample) -> list[SampleItem]:
    """Return a sample's items in the order in which they are handed out."""
    return list(SampleItem.objects.filter(sample=sample).order_by("key"))


def in_threads[T](work: Sequence[Callable[[], T]]) -> list[T]:
    """Do all of it at once, each with a connection of its own; return the results in the order of `work`."""
    results: dict[int, T] = {}
    errors: list[BaseException] = []
    gate = threading.Barrier(len(work))

    def one(number: int) -> None:
        try:
            gate.wait(timeout=30)
            results[number] = work[number]()
        except BaseException as error:  # noqa: BLE001  raised again in the test
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=[number]) for number in range(len(work))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=90)
    if errors:
        raise errors[0]
    return [results[number] for number in range(len(work))]
