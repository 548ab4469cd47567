"""What tests of review share: imports that are done, measured examples, drawn samples."""

import html
import re
import threading
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from random import Random
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import User
from annotate.models import Dataset, Example, Import, Project
from annotate.records import Conversation
from jobs.models import Job
from jobs.work import job_work
from review.models import (
    ClassifierVersion,
    Measurement,
    QueueItem,
    ReviewRules,
    Sample,
    Selection,
    SelectionItem,
)
from review.queries.policies import policy_of
from review.queries.scorers import options_of
from review.services.grouping import grouping_start
from review.services.measurements import scorer_versions
from review.services.samples import sample_draw
from review.services.screening import screening_start
from tests.cast import conversation

WORDS = (
    *(
        "flour",
        "water",
        "salt",
        "yeast",
        "sugar",
        "butter",
        "oven",
        "crust",
        "crumb",
        "gluten",
        "dough",
        "steam",
    ),
    *(
        "heat",
        "knead",
        "fold",
        "rest",
        "proof",
        "rise",
        "bake",
        "cool",
        "slice",
        "toast",
        "grain",
        "rye",
        "wheat",
    ),
    *(
        "oat",
        "barley",
        "bran",
        "husk",
        "mill",
        "sieve",
        "bowl",
        "whisk",
        "spoon",
        "tray",
        "rack",
        "timer",
        "scale",
    ),
    *(
        "pinch",
        "dash",
        "cup",
        "litre",
        "gram",
        "kettle",
        "stove",
        "flame",
        "ember",
        "ash",
        "brick",
        "stone",
        "iron",
    ),
)
SHORT = conversation("Why?", "Because.")

# What the default limits keep.
KEPT: dict[str, object] = {
    "format_blocks": 0,
    "tokens": 100,
    "exact_copy": 0,
    "prompt_twins": 0,
    "near_similarity": 0.0,
    "toxicity": 0.0,
    "personal_data": 0,
    "contamination": 0.0,
}


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
    texts = [text or unlike(source.pk * 1_000_000 + number) for number in range(count)]
    Example.objects.bulk_create(
        Example(
            dataset=dataset, source_import=source, line_number=number, turns=text.as_json(),
            metadata=dict(text.metadata), content_hash=text.content_hash(),
        )
        for number, text in enumerate(texts, start=1)
    )  # fmt: skip
    return source


def unlike(number: int) -> Conversation:
    """Return a good conversation that shares little with that of any other number."""
    words = Random(number).choices(WORDS, k=60)
    return conversation(f"Question {number}: why does bread rise?", f"{' '.join(words).capitalize()}.")


def measure(examples: Iterable[Example], **values: object) -> None:
    """Store a measurement of each example's current revision: one that the default limits keep, but for `values`."""
    rows = list(examples)
    if not rows:
        return
    found: dict[str, object] = {"scorers": current_scorers(rows[0].dataset), **KEPT, **values}
    Measurement.objects.bulk_create(
        [
            Measurement(**{"example": row, "dataset_id": row.dataset_id, "revision": row.revision, **found})
            for row in rows
        ],
        update_conflicts=True, unique_fields=["example"], update_fields=["revision", *found],
    )  # fmt: skip


def current_scorers(dataset: Dataset) -> list[int]:
    """Return the ids of the ScorerVersions of today in a dataset's project."""
    _, policy = policy_of(dataset.project)
    return sorted(scorer_versions(options_of(dataset.project, policy)).values())


def screened(dataset: Dataset, by: User | None = None) -> Job:
    """Screen a dataset to the end in this process, duplicates and all; return the screening."""
    job = done(screening_start(dataset=dataset, by=by))
    done(grouping_start(project=dataset.project, by=by))
    return job


def done(job: Job) -> Job:
    """Do a job to its end in this process."""
    job_work(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.DONE, job.error
    return job


def sampled(dataset: Dataset, count: int = 3, by: User | None = None, overlap: float = 0.0) -> Sample:
    """Return the drawn sample of a new import of so many good examples, measured without a job.

    So much of it is labelled twice: nothing, unless a test is about that.
    """
    ReviewRules.objects.update_or_create(project=dataset.project, defaults={"overlap": overlap})
    source = imported(dataset, count)
    measure(Example.objects.filter(source_import=source))
    return sample_draw(dataset=dataset, source_import=source, by=by)


def classifier_version(project: Project, number: int = 1, **fields: Any) -> ClassifierVersion:
    """Store a version that no training made, without a model: not measured, unless `evaluation` says how it does."""
    figures: dict[str, Any] = {
        "labels": 60, "count": 0, "bad": 0, "left_out": 0, "auc": None, "auc_interval": None, "length_auc": None,
        "gain": None, "gain_interval": None, "average_precision": None, "brier": None, "ece": None,
        "is_scaled": False, "curve": [], "bins": [], "slices": {}, "beats_length": False, "base_rate": None,
        "confusion": {"threshold": 0.5, "kept_good": 0, "kept_bad": 0, "dropped_good": 0, "dropped_bad": 0},
        "standing": "Not measured: too few good and bad labels from the random sample.",
    }  # fmt: skip
    values: dict[str, Any] = {
        "step": "words", "good": 40, "bad": 20, "labels_digest": "0" * 64, "digest": f"{number:064}",
        "artefact": b"", "card": "{}", "held_out": b"", "seconds": 1.0,
    }  # fmt: skip
    figures |= fields.pop("evaluation", {})
    return ClassifierVersion.objects.create(
        project=project, number=number, evaluation=figures, **values | fields
    )


def selected(version: ClassifierVersion, examples: Sequence[Example], **fields: Any) -> Selection:
    """Store a finished selection of these examples in this order, which no job made."""
    profile = {
        "topics": [{"words": ["bread", "yeast"], "pool": 5, "chosen": len(examples)}],
        "scores": {"pool": [0, 5], "chosen": [0, len(examples)]},
    }
    values: dict[str, Any] = {
        "name": "Best", "size": len(examples), "pool": 5, "alike": 0, "unscored": 0, "examples": len(examples),
        "digest": "d" * 64, "policy_version": 1, "profile": profile, "done_at": timezone.now(),
    }  # fmt: skip
    made = Selection.objects.create(project=version.project, classifier=version, **values | fields)
    made.datasets.set({example.dataset for example in examples})
    SelectionItem.objects.bulk_create(
        SelectionItem(
            selection=made, position=place, example=example, revision=example.revision, topic=0, score=0.75,
            value=1.0,
        )
        for place, example in enumerate(examples, start=1)
    )  # fmt: skip
    return made


def queue_of(sample: Sample) -> list[QueueItem]:
    """Return the seats at a sample's items in the order in which they are handed out."""
    seats = QueueItem.objects.filter(sample_item__sample=sample).select_related("sample_item__sample")
    return list(seats.order_by("key", "pk"))


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


def words(response: Any) -> str:
    """Return the words of a page, tags left out."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())
