"""A worker is killed at every step of a screening; after a restart everything is measured once and sampled once."""

import pytest

from annotate.models import Dataset
from jobs.models import Job
from review.models import Measurement, Sample, SampleItem
from review.queries.funnels import funnel
from review.services.screening import screening_start
from tests.faults.conftest import RealWorker, over, until
from tests.review.scene import SHORT, imported

pytestmark = pytest.mark.faults

GOOD, BAD = 2_400, 100


@pytest.fixture
def started(transactional_db: None, dataset: Dataset) -> Job:
    """Ask for a screening of three chunks."""
    imported(dataset, GOOD)
    imported(dataset, BAD, text=SHORT)
    return screening_start(dataset=dataset, by=None)


@pytest.mark.parametrize(
    "failpoint",
    [
        "screen.before_commit:2",
        "screen.after_commit:2",
        "job.before_part_done",
        "job.before_finish",
        "job.after_finish",
    ],
)
def test_killed_at(real_worker: RealWorker, started: Job, dataset: Dataset, failpoint: str) -> None:
    real_worker.start(failpoint)
    real_worker.wait_for_death()
    real_worker.restart()
    until(lambda: over(started), f"the screening is over; the worker said:\n{real_worker.said()[-3000:]}")
    assert started.state == Job.State.DONE, started.error
    assert (started.result["measured"], started.result["kept"]) == (GOOD + BAD, GOOD)
    assert Measurement.objects.count() == GOOD + BAD
    assert funnel(dataset).stale == 0
    assert (Sample.objects.get().size, SampleItem.objects.count()) == (120, 120)
