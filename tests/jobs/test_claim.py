"""Who holds a part: one worker at a time, for a lease, and nobody writes without the hold."""

import threading
import time
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from jobs.kinds import LEASE, JobCancelled, LeaseLost, Run
from jobs.models import Job, JobPart
from jobs.work import part_claim
from tests.jobs.conftest import Clock, StartJob, in_threads, leave, left, part_of


@pytest.mark.django_db(transaction=True)
def test_twenty_claimants_never_get_the_same_part(start: StartJob) -> None:
    job = start(parts=60)

    def claim_all() -> list[int]:
        numbers = []
        while part := part_claim(job.pk):
            numbers.append(part.number)
        return numbers

    claimed = [number for numbers in in_threads(20, claim_all) for number in numbers]
    assert sorted(claimed) == list(range(60))


@pytest.mark.django_db(transaction=True)
def test_of_twenty_claimants_of_one_part_nineteen_get_nothing_and_nobody_waits(start: StartJob) -> None:
    job = start()
    claimed = in_threads(20, lambda: part_claim(job.pk))
    assert sum(part is not None for part in claimed) == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("state", "lease_seconds_left", "free"),
    [
        ("waiting", None, True),
        ("held", 1, False),
        ("held", 0, False),
        ("held", -1, True),
        ("done", None, False),
        ("done", -1, False),
    ],
)
def test_a_part_is_free_when_it_waits_or_its_lease_has_run_out(
    start: StartJob, clock: Clock, state: str, lease_seconds_left: int | None, free: bool
) -> None:
    job = start()
    left = None if lease_seconds_left is None else clock() + timedelta(seconds=lease_seconds_left)
    JobPart.objects.update(state=state, lease_until=left)
    assert (part_claim(job.pk) is not None) is free


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["done", "failed", "cancelled"])
def test_nothing_of_a_job_that_is_over_is_claimed(start: StartJob, state: str) -> None:
    job = start()
    Job.objects.update(state=state)
    assert part_claim(job.pk) is None


@pytest.mark.django_db
def test_a_claim_starts_the_job_and_says_who_holds_it_until_when(start: StartJob, clock: Clock) -> None:
    job = start()
    part = part_claim(job.pk)
    job.refresh_from_db()
    assert part and part.holder and part.lease_until == clock() + LEASE
    assert (job.state, job.started_at, part.fence, part.attempts) == ("running", clock(), 1, 1)


@pytest.mark.django_db
def test_an_expired_lease_hands_the_part_over_and_counts_the_attempt(start: StartJob, clock: Clock) -> None:
    job = start()
    first = part_claim(job.pk)
    clock.advance(seconds=LEASE.total_seconds() + 1)
    second = part_claim(job.pk)
    assert first and second
    assert (second.pk, second.fence, second.attempts) == (first.pk, first.fence + 1, 2)


@pytest.mark.django_db(transaction=True)
def test_the_old_holder_can_write_nothing_and_its_work_is_undone(start: StartJob, clock: Clock) -> None:
    job = start()
    old = part_claim(job.pk)
    clock.advance(seconds=LEASE.total_seconds() + 1)
    new = part_claim(job.pk)
    assert old and new
    with pytest.raises(LeaseLost):
        _write(old, "the old holder's")
    assert left() == []
    _write(new, "the new holder's")
    part = part_of(job)
    assert (left(), part.checkpoint, part.done) == (["the new holder's"], {"by": "the new holder's"}, 1)


@transaction.atomic
def _write(part: JobPart, mark: str) -> None:
    leave(mark)
    Run(part).save(checkpoint={"by": mark}, done=1)


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["waiting", "done"])
def test_a_part_that_is_no_longer_held_takes_no_writes(start: StartJob, state: str) -> None:
    run = Run(part_claim(start().pk))  # type: ignore[arg-type]
    JobPart.objects.update(state=state)
    with pytest.raises(LeaseLost):
        run.save(done=1)


@pytest.mark.django_db
def test_a_save_keeps_the_checkpoint_renews_the_lease_and_forgives_earlier_attempts(
    start: StartJob, clock: Clock
) -> None:
    job = start()
    for _ in range(2):
        part = part_claim(job.pk)
        clock.advance(seconds=LEASE.total_seconds() + 1)
    assert part and part.attempts == 2
    Run(part).save(done=5, total=20)
    assert (part_of(job).attempts, part_of(job).lease_until) == (2, clock() + LEASE)
    run = Run(part)
    run.save(checkpoint={"line": 5}, done=6)
    after = part_of(job)
    assert (after.attempts, after.checkpoint, after.done, after.job.total) == (1, {"line": 5}, 6, 20)
    assert (run.checkpoint, run.done) == ({"line": 5}, 6)


@pytest.mark.django_db
def test_a_long_step_renews_its_lease_without_saving_anything(start: StartJob, clock: Clock) -> None:
    job = start()
    part = part_claim(job.pk)
    assert part
    clock.advance(seconds=LEASE.total_seconds() - 1)
    Run(part).renew()
    clock.advance(seconds=LEASE.total_seconds() - 1)
    assert part_claim(job.pk) is None
    Job.objects.update(cancel_requested=True)
    with pytest.raises(JobCancelled):
        Run(part).renew()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("asked", [{}, {"cancel_requested": True}], ids=["", "cancelled"])
def test_a_long_transaction_keeps_its_lease_where_others_see_it(
    start: StartJob, monkeypatch: pytest.MonkeyPatch, asked: dict[str, bool]
) -> None:
    monkeypatch.setattr("jobs.kinds.BEAT", timedelta(milliseconds=10))
    job = start()
    run = Run(part_claim(job.pk))  # type: ignore[arg-type]

    def run_out() -> None:
        JobPart.objects.update(lease_until=timezone.now() - LEASE)
        Job.objects.update(**asked)

    with run.kept(), transaction.atomic():
        leave("part 0")
        in_threads(1, run_out)
        until = time.monotonic() + 20
        while in_threads(1, lambda: part_of(job).lease_until)[0] < timezone.now():
            assert time.monotonic() < until, "the lease is not kept"
    assert left() == ["part 0"]


@pytest.mark.django_db(transaction=True)
def test_a_lease_is_kept_from_nobody_who_has_the_part_now(
    start: StartJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("jobs.kinds.BEAT", timedelta(milliseconds=1))
    job = start()
    run = Run(part_claim(job.pk))  # type: ignore[arg-type]
    JobPart.objects.update(fence=run.fence + 1)
    before = part_of(job).lease_until
    run._beat(threading.Event())
    assert part_of(job).lease_until == before


@pytest.mark.django_db(transaction=True)
def test_progress_is_saved_only_together_with_the_work_it_speaks_of(start: StartJob) -> None:
    run = Run(part_claim(start().pk))  # type: ignore[arg-type]
    with pytest.raises(transaction.TransactionManagementError):
        run.save(done=1)
