"""A worker is killed in every scorer and at the ends of a screening; what is stored is as if it had not been."""

from unittest.mock import Mock

import pytest

from annotate.models import Dataset, Example
from jobs.models import Job, JobPart
from jobs.work import job_work
from review.models import Measurement, Sample, SampleItem
from review.queries.funnels import funnel
from review.scorers import SCORERS, measure
from review.scorers.base import DETAILS
from review.services import screening
from review.services.screening import screening_start
from tests.faults.conftest import RealWorker, over, until
from tests.faults.forked import dies_in
from tests.review.scene import SHORT, imported, unlike

pytestmark = pytest.mark.faults

GOOD, BAD = 900, 100
BATCH = 50
NTH_BATCH = 4  # with two batches to the chunk, one chunk is done before


@pytest.fixture
def started(transactional_db: None, dataset: Dataset) -> Job:
    """Ask for a screening of ten chunks."""
    imported(dataset, GOOD)
    imported(dataset, BAD, text=SHORT)
    return screening_start(dataset=dataset, by=None)


def finished(real_worker: RealWorker, job: Job) -> None:
    """Wait until the screening and the search for duplicates after it are done."""
    told = "the screening is over; the worker said:\n"
    until(lambda: over(job), f"{told}{real_worker.said()[-3000:]}")
    assert job.state == Job.State.DONE, job.error
    until(lambda: not Job.objects.active().exists(), f"{told}{real_worker.said()[-3000:]}")


def check(dataset: Dataset, job: Job) -> None:
    """Compare everything that is stored with what the scorers find of each text here and now."""
    assert job.result["measured"] == GOOD + BAD
    rows = list(Example.objects.select_related("measurement").order_by("pk"))
    for row, found in zip(rows, measure([row.conversation for row in rows]), strict=True):
        stored = row.measurement
        for field, value in found.items():
            assert _plain(getattr(stored, field)) == value or field == DETAILS, (row.pk, field)
        assert (stored.details or {}) == found.get(DETAILS, {})
    assert Measurement.objects.filter(exact_copy=1).count() == BAD - 1
    assert (funnel(dataset).stale, funnel(dataset).kept) == (0, GOOD)
    assert (Sample.objects.get().size, SampleItem.objects.count()) == (60, 60)


def _plain(value: object) -> object:
    return getattr(value, "hex", value) if not isinstance(value, float) else value


def test_killed_in_every_scorer(
    transactional_db: None, started: Job, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screening, "CHUNK", 2 * BATCH)
    monkeypatch.setattr(screening, "BATCH", BATCH)
    monkeypatch.setattr("jobs.services.current_app", Mock())
    measure([unlike(0)])
    for scorer in SCORERS:
        done = JobPart.objects.get(job=started).done
        dies_in(f"screen.in.{scorer.slug}", started, NTH_BATCH)
        # The chunk before the one it died in is stored, and no more.
        assert JobPart.objects.get(job=started).done == done + 2 * BATCH
    while job := Job.objects.active().first():
        job_work(job.pk)
    started.refresh_from_db()
    check(dataset, started)


@pytest.mark.parametrize("failpoint", ["screen.before_commit:2", "job.before_finish"])
def test_killed_at(real_worker: RealWorker, started: Job, dataset: Dataset, failpoint: str) -> None:
    real_worker.start(failpoint)
    real_worker.wait_for_death()
    real_worker.restart()
    finished(real_worker, started)
    check(dataset, started)
