"""Coming in by a link, a password set on the way, and a job watched to its end, in a real browser."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Request, expect

from accounts.models import OneTimeLink, User
from accounts.services import link_create, person_deactivate, person_invite
from jobs.kinds import KINDS, Kind
from jobs.models import Job
from jobs.services import job_start
from jobs.work import job_work, worker_seen
from tests.browser.conftest import Complaints
from tests.cast import Cast

PASSWORD = "four plain words walk home"


@pytest.fixture
def stranger(new_context: Callable[..., BrowserContext], live_server: Any) -> Page:
    """A browser in which nobody is signed in."""
    return new_context(base_url=live_server.url).new_page()


@pytest.fixture
def referrers(stranger: Page) -> list[str]:
    """What the stranger's browser tells of the page it came from."""
    told: list[str] = []

    def note(request: Request) -> None:
        told.append(request.headers.get("referer", ""))

    stranger.on("request", note)
    return told


def test_a_link_is_followed_by_keys_alone_and_its_token_stays_on_the_page(
    stranger: Page, referrers: list[str], cast: Cast
) -> None:
    _, token = link_create(user=cast.manager, kind=OneTimeLink.Kind.SIGN_IN)
    stranger.goto(f"/accounts/link/{token}/?next=/accounts/me/")
    expect(stranger.get_by_text("manager@winnow.example")).to_be_visible()
    stranger.get_by_role("button", name="Sign in").focus()
    stranger.keyboard.press("Enter")
    expect(stranger).to_have_url(re.compile(r"/accounts/me/$"))
    assert len(referrers) > 3 and not [told for told in referrers if token in told]


def test_an_invited_person_comes_in_with_a_name_and_a_password_and_back_with_them(
    stranger: Page, cast: Cast, complaints: Complaints
) -> None:
    user, token = person_invite(email="new@winnow.example", by=cast.manager)
    stranger.goto(f"/accounts/link/{token}/")
    stranger.get_by_label("Your name").fill("Noor")
    stranger.get_by_label("Password").fill("too short")
    stranger.keyboard.press("Enter")
    expect(stranger.get_by_role("alert")).to_contain_text("at least 12 characters")
    stranger.get_by_label("Password").fill(PASSWORD)
    stranger.keyboard.press("Enter")
    expect(stranger.get_by_role("button", name="Noor")).to_be_visible()
    stranger.goto("/accounts/me/")
    stranger.get_by_role("main").get_by_role("button", name="Sign out").click()
    stranger.get_by_label("E-mail address").fill("New@winnow.example")
    stranger.get_by_label("Password").fill(PASSWORD)
    stranger.keyboard.press("Enter")
    expect(stranger.get_by_role("button", name="Noor")).to_be_visible()
    assert User.objects.get(pk=user.pk).is_active
    complaints.clear()  # of the answer to the short password


@pytest.fixture
def job(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Job:
    """A job that waits, and that everybody may see and cancel."""

    def everybody(user: Any, job: Job) -> bool:
        return True

    kind = Kind("watched", lambda run: None, lambda job: {}, may_see=everybody, may_cancel=everybody)
    monkeypatch.setitem(KINDS, kind.slug, kind)
    return job_start(kind=kind.slug, subject="test:1", label="Import of bread", by=None, payload={})


def test_a_job_is_watched_to_its_end_and_its_page_hears_of_it(
    page_of: Callable[..., Page], cast: Cast, job: Job
) -> None:
    page = page_of(cast.manager)
    page.goto(f"/jobs/{job.public_id}/progress/")
    expect(page.get_by_text("waiting: no worker is running", exact=True)).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("no worker is running")
    page.evaluate(
        "document.body.addEventListener('job-over', event => { document.title = event.detail.state })"
    )
    worker_seen()
    expect(page.get_by_text("waiting for a worker")).to_be_visible()
    job_work(job.pk)
    expect(page.get_by_text("done", exact=True)).to_be_visible()
    expect(page).to_have_title("done")
    assert page.locator("[hx-trigger='every 1s']").count() == 0


def test_a_session_that_ends_is_said_so_and_the_page_stays(
    page_of: Callable[..., Page], cast: Cast, job: Job
) -> None:
    page = page_of(cast.manager)
    page.clock.install()
    page.goto(f"/jobs/{job.public_id}/progress/")
    expect(page.get_by_text("waiting: no worker is running", exact=True)).to_be_visible()
    asked: list[str] = []
    person_deactivate(user=cast.manager, by=cast.manager)
    page.clock.run_for(1500)
    expect(page.get_by_role("alert").filter(has_text="You are signed out")).to_be_visible()
    page.on("request", lambda request: asked.append(request.url))
    expect(page.get_by_role("heading", name="Import of bread")).to_be_visible()
    page.clock.run_for(5000)
    assert asked == [], "it goes on asking"


def test_a_job_is_cancelled_with_a_click(page_of: Callable[..., Page], cast: Cast, job: Job) -> None:
    page = page_of(cast.manager)
    page.goto(f"/jobs/{job.public_id}/progress/")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("Cancelled by Manager.")).to_be_visible()
