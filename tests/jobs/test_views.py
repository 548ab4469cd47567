"""The progress of a job, its cancel button and the banner, as people of each role see them."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.template import Context, Template
from django.test import Client, RequestFactory

from jobs.models import Job, JobPart
from jobs.work import job_work, part_claim, worker_seen
from tests.cast import Cast, ClientOf
from tests.jobs.conftest import Clock, MakeKind, StartJob

HTMX = {"HX-Request": "true"}
PATHS = {"progress": "/jobs/{}/progress/", "cancel": "/jobs/{}/cancel/"}


@pytest.fixture
def job(start: StartJob, make_kind: MakeKind, cast: Cast) -> Job:
    """A job that the manager and the reviewer see and the manager can cancel."""
    make_kind(
        may_see=lambda user, job: user in (cast.manager, cast.reviewer),
        may_cancel=lambda user, job: user == cast.manager,
        page=lambda job: "/p/kitchen/d/baking/",
        plural="Imports",
    )
    return start(label="Import of <b>bread</b>.jsonl", total=1200, by=cast.manager)


def ask(client: Client, what: str, job: Job, htmx: bool = True) -> HttpResponse:
    call: Callable[..., Any] = client.get if what == "progress" else client.post
    answer: HttpResponse = call(PATHS[what].format(job.public_id), headers=HTMX if htmx else {})
    return answer


@pytest.mark.parametrize(
    ("what", "role", "status"),
    [
        ("progress", "manager", 200),
        ("progress", "reviewer", 200),
        ("progress", "annotator", 404),
        ("progress", "outsider", 404),
        ("progress", "anonymous", 302),
        ("cancel", "manager", 200),
        ("cancel", "reviewer", 404),
        ("cancel", "annotator", 404),
        ("cancel", "outsider", 404),
        ("cancel", "anonymous", 302),
    ],
)
def test_allows_and_denies(client_of: ClientOf, job: Job, what: str, role: str, status: int) -> None:
    response = ask(client_of(role), what, job)
    assert response.status_code == status
    job.refresh_from_db()
    assert job.cancel_requested is (what == "cancel" and status == 200)
    if status != 200:
        assert b"bread" not in response.content


@pytest.mark.parametrize(("role", "status"), [("manager", 200), ("outsider", 200), ("anonymous", 302)])
def test_the_banner_is_for_whoever_is_signed_in(
    client_of: ClientOf, job: Job, role: str, status: int
) -> None:
    assert client_of(role).get("/jobs/banner/").status_code == status


def test_a_job_that_does_not_exist_and_one_of_an_unknown_kind_look_the_same(
    client_of: ClientOf, job: Job
) -> None:
    Job.objects.update(kind="unknown")
    client = client_of("manager")
    unknown = client.get(PATHS["progress"].format(job.public_id))
    missing = client.get(PATHS["progress"].format(uuid.uuid4()))
    assert unknown.status_code == missing.status_code == 404


@pytest.mark.parametrize(("method", "what"), [("post", "progress"), ("get", "cancel"), ("post", "banner")])
def test_reading_never_writes(client_of: ClientOf, job: Job, method: str, what: str) -> None:
    path = PATHS[what].format(job.public_id) if what in PATHS else "/jobs/banner/"
    assert getattr(client_of("manager"), method)(path).status_code == 405


def test_a_running_job_shows_how_far_it_is_and_looks_again(
    client_of: ClientOf, job: Job, clock: Clock
) -> None:
    part_claim(job.pk)
    clock.advance(seconds=6)
    JobPart.objects.update(done=300)
    worker_seen()
    response = ask(client_of("manager"), "progress", job)
    page = response.content.decode()
    assert "Import of &lt;b&gt;bread&lt;/b&gt;.jsonl" in page and "<b>bread" not in page
    assert "300 of 1,200 records" in page and "50 per second" in page and "0:00:18" in page
    assert 'hx-trigger="every 1s"' in page and PATHS["cancel"].format(job.public_id) in page
    assert "<html" not in page and "HX-Trigger" not in response


def test_who_cannot_cancel_sees_no_button(client_of: ClientOf, job: Job) -> None:
    assert "Cancel" not in ask(client_of("reviewer"), "progress", job).content.decode()


def test_a_job_that_is_over_stops_looking_and_says_so_to_its_page(client_of: ClientOf, job: Job) -> None:
    job_work(job.pk)
    response = ask(client_of("manager"), "progress", job)
    page = response.content.decode()
    assert json.loads(response["HX-Trigger"]) == {"job-over": {"job": str(job.public_id), "state": "done"}}
    assert "every 1s" not in page and "Cancel" not in page
    assert "/p/kitchen/d/baking/" in page


def test_a_failed_job_says_why(client_of: ClientOf, job: Job) -> None:
    Job.objects.update(state="failed", error="Line 3 is <cut> off. Send the file again.")
    page = ask(client_of("manager"), "progress", job).content.decode()
    assert "Line 3 is &lt;cut&gt; off. Send the file again." in page


def test_without_javascript_it_is_a_page_that_can_be_loaded_again(client_of: ClientOf, job: Job) -> None:
    client = client_of("manager")
    response = ask(client, "progress", job, htmx=False)
    page = response.content.decode()
    assert "<html" in page and f'href="{PATHS["progress"].format(job.public_id)}">Reload' in page
    assert "HX-Request" in response["Vary"] and "HX-Trigger" not in response
    cancelled = ask(client, "cancel", job, htmx=False)
    assert (cancelled.status_code, cancelled["Location"]) == (302, PATHS["progress"].format(job.public_id))
    over = ask(client, "progress", job, htmx=False).content.decode()
    assert "Reload" not in over and "cancelled" in over and "Cancelled by Manager." in over


def test_going_back_gets_the_page_again_not_its_part(client_of: ClientOf, job: Job) -> None:
    headers = HTMX | {"HX-History-Restore-Request": "true"}
    page = client_of("manager").get(PATHS["progress"].format(job.public_id), headers=headers).content.decode()
    assert "<html" in page


def test_cancelling_what_is_over_leaves_it_as_it_ended(client_of: ClientOf, job: Job) -> None:
    job_work(job.pk)
    response = ask(client_of("manager"), "cancel", job)
    job.refresh_from_db()
    assert (response.status_code, job.state, job.cancel_requested) == (200, "done", False)


def test_the_button_needs_its_token(cast: Cast, job: Job) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.manager)
    assert ask(client, "cancel", job).status_code == 403


def test_any_page_can_embed_a_job(cast: Cast, job: Job) -> None:
    request = RequestFactory().get("/")
    template = Template('{% load jobs %}{% job_progress job result_url="/done/" result="See it" %}')
    shown: dict[bool, str] = {}
    for over in (False, True):
        request.user = cast.manager
        shown[over] = template.render(Context({"request": request, "job": job, "csrf_token": "token"}))
        job_work(job.pk)
        job.refresh_from_db()
    assert (
        f'hx-get="{PATHS["progress"].format(job.public_id)}"' in shown[False] and "See it" not in shown[False]
    )
    assert 'value="token"' in shown[False]
    assert "hx-get" not in shown[True] and '<a href="/done/">See it</a>' in shown[True]


def test_the_banner_says_what_waits_and_what_to_do(client_of: ClientOf, job: Job, cast: Cast) -> None:
    client = client_of("annotator")
    page = client.get("/jobs/banner/").content.decode()
    assert "Imports are waiting: no worker is running." in page and 'role="alert"' in page
    assert "tell a site admin" in page
    cast.annotator.is_staff = cast.annotator.is_superuser = True
    cast.annotator.save()
    assert "make run" in client.get("/jobs/banner/").content.decode()
    worker_seen()
    assert client.get("/jobs/banner/").content.strip() == b""


def test_the_banner_is_empty_when_nothing_waits(client_of: ClientOf) -> None:
    assert client_of("annotator").get("/jobs/banner/").content.strip() == b""
