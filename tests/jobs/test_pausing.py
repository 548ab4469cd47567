"""A paused job keeps what it has done, is taken up by nobody, and goes on where it was."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from jobs.kinds import Rate, Run
from jobs.models import Job, JobPart
from jobs.queries import progress_of, waiting_kinds
from jobs.services import job_cancel, job_pause, job_resume
from jobs.work import job_work, part_claim, part_run, sweep
from tests.jobs.conftest import Clock, MakeKind, StartJob, leave, left, part_of

pytestmark = pytest.mark.django_db


def three_steps(run: Run) -> None:
    """Save after each of three steps; a person pauses after the first."""
    for step in range(run.checkpoint.get("step", 0), 3):
        with transaction.atomic():
            leave(f"step {step}")
            run.save(checkpoint={"step": step + 1}, done=step + 1)
        if step == 0:
            job_pause(job=run.job)


def test_the_worker_stops_at_the_next_checkpoint_and_goes_on_from_the_last(
    start: StartJob, make_kind: MakeKind, wakes: list[int], django_capture_on_commit_callbacks: Any
) -> None:
    make_kind(run=three_steps)
    job = start()
    job_work(job.pk)
    assert (left("step"), part_of(job).checkpoint, part_of(job).state) == (["step 0"], {"step": 1}, "waiting")
    job_work(job.pk)
    assert left("step") == ["step 0"]
    with django_capture_on_commit_callbacks(execute=True):
        job_resume(job=job)
    assert wakes[-1] == job.pk
    job_work(job.pk)
    job.refresh_from_db()
    assert (left("step"), job.state) == (["step 0", "step 1", "step 2"], "done")


def test_pausing_costs_no_attempt(start: StartJob, make_kind: MakeKind) -> None:
    def asked_to_wait(run: Run) -> None:
        job_pause(job=run.job)
        with transaction.atomic():
            run.renew()

    make_kind(run=asked_to_wait)
    job = start()
    for _ in range(5):
        part = part_claim(job.pk)
        assert part
        part_run(part)
        job_resume(job=job)
    assert (part_of(job).attempts, part_of(job).error) == (0, "")


def test_nobody_is_told_of_a_paused_job_and_none_is_missed_for_it(
    start: StartJob, wakes: list[int], clock: Clock
) -> None:
    job = job_pause(job=start())
    clock.advance(minutes=10)
    assert (sweep(starting=True), sweep(), waiting_kinds()) == (0, 0, [])
    assert not progress_of(job).waits_for_worker


def test_a_paused_job_is_not_finished_by_others(start: StartJob) -> None:
    job = job_pause(job=start())
    job.parts.update(state=JobPart.State.DONE)
    job_work(job.pk)
    assert Job.objects.get().state == "queued"


def test_pauses_are_no_working_time(start: StartJob, clock: Clock) -> None:
    job = start()
    part_claim(job.pk)
    clock.advance(seconds=10)
    job_pause(job=job)
    clock.advance(minutes=5)
    assert Job.objects.get().working == timedelta(seconds=10)
    job_resume(job=job)
    clock.advance(seconds=5)
    assert Job.objects.get().working == timedelta(seconds=15)


def test_a_paused_job_can_be_cancelled_and_one_that_is_over_cannot_be_paused(start: StartJob) -> None:
    job = job_cancel(job=job_pause(job=start()), by="Mara")
    assert job.state == "cancelled"
    ended = job_cancel(job=start(), by="Mara")
    assert job_pause(job=ended).paused_at is None
    assert job_resume(job=job).state == "cancelled"


@pytest.mark.parametrize("htmx", [True, False])
def test_the_buttons(
    client: Client, django_user_model: type[User], start: StartJob, make_kind: MakeKind, htmx: bool
) -> None:
    make_kind(rates=lambda job: [Rate("Length", 1_200, 0.5)])
    job = start()
    client.force_login(django_user_model.objects.create_user("mara@winnow.example"))
    url, headers = reverse("jobs:pause", args=[job.public_id]), {"HX-Request": "true"} if htmx else {}
    page = client.post(url, headers=headers, follow=True).content.decode()
    assert "paused" in page and "Resume" in page and "2,400" in page
    page = client.post(url, {"resume": "1"}, headers=headers, follow=True).content.decode()
    assert "Pause" in page and "Resume" not in page


def test_who_may_not_cancel_may_not_pause(
    client: Client, django_user_model: type[User], start: StartJob, make_kind: MakeKind
) -> None:
    make_kind(may_cancel=lambda user, job: False)
    job = start()
    client.force_login(django_user_model.objects.create_user("mara@winnow.example"))
    assert client.post(reverse("jobs:pause", args=[job.public_id])).status_code == 404
    assert Job.objects.get().paused_at is None
