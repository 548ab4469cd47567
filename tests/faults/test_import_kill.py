"""A worker is killed at every step of an import; after a restart the rows are the file's, none doubled, none lost."""

import io
import json
from functools import partial
from pathlib import Path

import pytest

from annotate.models import Dataset, Example, Import
from annotate.services.imports import import_create, import_start
from jobs.models import Job
from jobs.work import MAX_ATTEMPTS
from tests.faults.conftest import RealWorker, over, until

pytestmark = pytest.mark.faults

RECORDS = 1_200
BAD = {3, 601, 1_199}


@pytest.fixture
def started(transactional_db: None, dataset: Dataset, settings: object, tmp_path: Path) -> Job:
    """Store a file of three chunks where the worker looks for it, and ask for its import."""
    settings.MEDIA_ROOT = tmp_path / "files"  # type: ignore[attr-defined]
    data = b"".join(_line(number) for number in range(1, RECORDS + 1))
    source_import = import_create(dataset=dataset, file=io.BytesIO(data), name="facts.jsonl", by=None)
    return import_start(source_import=source_import, by=None)


def _line(number: int) -> bytes:
    if number in BAD:
        return b"not a record\n"
    return json.dumps({"instruction": f"Name fact {number}.", "output": f"Fact {number}."}).encode() + b"\n"


@pytest.mark.parametrize(
    "failpoint",
    [
        "import.before_checkpoint",
        "import.before_commit:2",
        "import.after_commit:2",
        "import.before_end",
        "job.before_part_done",
        "job.before_finish",
        "job.after_finish",
    ],
)
def test_killed_at(real_worker: RealWorker, started: Job, failpoint: str) -> None:
    real_worker.start(failpoint)
    real_worker.wait_for_death()
    assert Example.objects.count() <= RECORDS - len(BAD)
    real_worker.restart()
    until(lambda: over(started), f"the import is over; the worker said:\n{real_worker.said()[-3000:]}")
    _is_whole(started)


def test_killed_again_and_again_it_still_comes_to_its_end(real_worker: RealWorker, started: Job) -> None:
    """More deaths than attempts: each came after a chunk more was written, so none counts against the import."""
    for deaths in range(1, MAX_ATTEMPTS + 1):
        real_worker.restart("import.after_commit")
        until(partial(_has_died, real_worker, deaths), f"death number {deaths}")
    real_worker.restart()
    until(lambda: over(started), f"the import is over; the worker said:\n{real_worker.said()[-3000:]}")
    _is_whole(started)


def _has_died(worker: RealWorker, times: int) -> bool:
    return worker.said().count("signal 9 (SIGKILL)") >= times


def _is_whole(job: Job) -> None:
    source_import = Import.objects.get(job=job)
    numbers = list(Example.objects.visible().order_by("pk").values_list("line_number", flat=True))
    assert job.state == Job.State.DONE, job.error
    assert numbers == [number for number in range(1, RECORDS + 1) if number not in BAD]
    assert set(source_import.line_errors.values_list("line_number", flat=True)) == BAD
    assert (source_import.examples, source_import.errors) == (RECORDS - len(BAD), len(BAD))
