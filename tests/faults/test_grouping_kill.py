"""A worker is killed in the middle of a grouping; after a restart every value is as if it had not been."""

import pytest

from annotate.models import Dataset
from jobs.models import Job
from review.services.grouping import grouping_start
from tests.faults.conftest import RealWorker, over, until
from tests.review.grouped import SEVERAL, check, family, measured, stored

pytestmark = pytest.mark.faults


@pytest.fixture
def started(transactional_db: None, dataset: Dataset) -> Job:
    """Ask for a grouping of a few texts of every kind."""
    stored(dataset, [*SEVERAL, *family(4), *family(4), *family(5, 1)])
    measured(dataset)
    return grouping_start(project=dataset.project, by=None)


@pytest.mark.parametrize("failpoint", ["group.lookup", "group.before_marked"])
def test_killed_at(real_worker: RealWorker, started: Job, failpoint: str) -> None:
    real_worker.start(failpoint)
    real_worker.wait_for_death()
    real_worker.restart()
    until(lambda: over(started), f"the grouping is over; the worker said:\n{real_worker.said()[-3000:]}")
    assert (started.state, started.result["grouped"]) == (Job.State.DONE, 14), started.error
    check()
