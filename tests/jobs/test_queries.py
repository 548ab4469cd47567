"""How far a job is, and whether anybody works."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import RequestFactory

from accounts.models import User
from jobs.context import workers
from jobs.kinds import LEASE
from jobs.models import Job, JobPart, WorkerHeartbeat
from jobs.queries import progress_of, waiting_kinds
from jobs.work import part_claim, worker_gone, worker_seen
from tests.jobs.conftest import SLUG, Clock, MakeKind, StartJob


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("done", "total", "seconds", "rate", "share", "left"),
    [
        ([0], None, None, None, None, None),
        ([0], 100, None, None, 0, None),
        ([0], 100, 10, None, 0, None),
        ([50], 100, 10, 5, 50, 10),
        ([30, 20], 100, 10, 5, 50, 10),
        ([50], None, 10, 5, None, None),
        ([100], 100, 10, 10, 100, None),
        ([130], 100, 10, 13, 100, None),
        ([1], 3, 1, 1, 100 / 3, 2),
        ([0], 0, 1, None, None, None),
    ],
)
def test_progress(
    start: StartJob, clock: Clock, done: list[int], total: int | None, seconds: int | None,
    rate: float | None, share: float | None, left: int | None,
) -> None:  # fmt: skip
    job = start(parts=len(done), total=total)
    for number, units in enumerate(done):
        JobPart.objects.filter(number=number).update(done=units)
    if seconds is not None:
        job.started_at = clock()
        clock.advance(seconds=seconds)
    progress = progress_of(job)
    remaining = None if left is None else timedelta(seconds=left)
    assert (progress.done, progress.rate, progress.remaining) == (sum(done), rate, remaining)
    assert progress.share == (None if share is None else pytest.approx(share))


@pytest.mark.django_db
def test_a_job_that_is_over_has_no_end_ahead_and_its_rate_stands_still(start: StartJob, clock: Clock) -> None:
    job = start(total=100)
    JobPart.objects.update(done=50)
    job.started_at = clock()
    clock.advance(seconds=10)
    job.finished_at, job.state = clock(), Job.State.FAILED
    clock.advance(seconds=1000)
    progress = progress_of(job)
    assert (progress.rate, progress.remaining, progress.waits_for_worker) == (5, None, False)


@pytest.mark.django_db
@pytest.mark.parametrize(("seconds_ago", "up"), [(0, 1), (59, 1), (60, 0), (3600, 0)])
def test_a_worker_counts_for_a_minute_after_its_last_beat(clock: Clock, seconds_ago: int, up: int) -> None:
    worker_seen()
    clock.advance(seconds=seconds_ago)
    assert WorkerHeartbeat.count_up() == up


@pytest.mark.django_db
def test_a_worker_has_one_row_and_a_forgotten_one_none(clock: Clock) -> None:
    WorkerHeartbeat.objects.create(name="elsewhere:1:1", seen_at=clock())
    clock.advance(hours=25)
    worker_seen()
    worker_seen()
    assert WorkerHeartbeat.objects.get().seen_at == clock()
    worker_gone()
    assert not WorkerHeartbeat.objects.exists()


@pytest.mark.django_db
def test_what_waits_is_named_only_while_nobody_works(
    start: StartJob, make_kind: MakeKind, clock: Clock
) -> None:
    make_kind(plural="Imports")
    make_kind(slug="other", plural="Releases")
    assert waiting_kinds() == []
    job, other = start(), start(kind="other")
    assert waiting_kinds() == ["Imports", "Releases"]
    Job.objects.filter(pk=other.pk).update(state="done")
    assert waiting_kinds() == ["Imports"] and progress_of(job).waits_for_worker
    part_claim(job.pk)
    assert waiting_kinds() == [] and not progress_of(job).waits_for_worker, "a command works on it"
    clock.advance(seconds=LEASE.total_seconds() + 1)
    assert waiting_kinds() == ["Imports"] and progress_of(job).waits_for_worker
    worker_seen()
    assert waiting_kinds() == [] and not progress_of(job).waits_for_worker
    clock.advance(seconds=60)
    assert waiting_kinds() == ["Imports"] and progress_of(job).waits_for_worker


@pytest.mark.django_db
def test_a_page_asks_once_for_the_workers_and_its_parts_never(django_assert_num_queries: Any) -> None:
    request = RequestFactory().get("/")
    request.user = User.objects.create_user("somebody@winnow.example")
    with django_assert_num_queries(0):
        context = workers(request)
    with django_assert_num_queries(1):
        assert [context["workers_up"]() for _ in range(3)] == [0, 0, 0]
    assert context["banner_url"] == "/jobs/banner/"


@pytest.mark.django_db
def test_one_kind_is_registered_once(make_kind: MakeKind) -> None:
    from jobs.kinds import register

    kind = make_kind()
    with pytest.raises(ValueError, match=SLUG):
        register(kind)
