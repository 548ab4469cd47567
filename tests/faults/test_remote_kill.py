"""A worker is killed while another server judges texts; after a restart everything is judged, little of it twice."""

from collections.abc import Iterator
from functools import partial

import pytest

from annotate.models import Dataset
from jobs.models import Job
from review.models import Measurement, RemoteScore
from review.services.remote import CHUNK, remote_start
from tests.faults.conftest import RealWorker, over, until
from tests.faults.environment import worker_environment
from tests.review.remote.server import Server, serving
from tests.review.remote.test_guards import verdicts_of
from tests.review.remote.test_scoring import choose
from tests.review.scene import imported

pytestmark = pytest.mark.faults

MORE = 20
COUNT = CHUNK + MORE


@pytest.fixture
def guard() -> Iterator[Server]:
    with serving(verdicts_of) as server:
        yield server


def test_killed_before_a_commit(
    real_worker: RealWorker, guard: Server, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    operators = partial(worker_environment, GUARD_URL=guard.url, GUARD_MODEL="guard-1")
    monkeypatch.setitem(RealWorker.start.__globals__, "worker_environment", operators)
    monkeypatch.setattr(
        "django.conf.settings.REMOTE_ENDPOINTS", {"guard": {"url": guard.url, "model": "guard-1", "key": ""}}
    )
    choose(dataset)
    imported(dataset, COUNT)
    job = remote_start(dataset=dataset, by=None)
    assert job
    real_worker.start("score-remotely.before_commit:2")
    real_worker.wait_for_death()
    real_worker.restart()
    until(lambda: over(job), f"the job is over; the worker said:\n{real_worker.said()[-3000:]}")
    assert job.state == Job.State.DONE, job.error
    assert Measurement.objects.filter(toxicity=0.0).count() == COUNT
    assert RemoteScore.objects.count() == 2 * COUNT
    # Only the chunk whose answers were lost is asked about again, and the two texts that each part begins with.
    assert 2 * COUNT + 2 * MORE <= len(guard.asked) <= 2 * COUNT + 2 * MORE + 4
