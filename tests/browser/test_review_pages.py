"""Dataset and release pages in a real browser: they follow their jobs, ask first, and hand over what they say."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from annotate.models import Dataset
from jobs.models import Job
from jobs.work import job_work
from review.models import DatasetDecision, Release, Sample
from review.services.labels import label_add
from tests.cast import Cast
from tests.review.scene import imported, queue_of, sampled

PAGE = "/p/kitchen/d/baking/"
PageOf = Callable[..., Page]


@pytest.fixture
def reviewed(dataset: Dataset, cast: Cast, live_server: Any) -> Dataset:
    """Four examples, all reviewed, one of them bad."""
    for number, item in enumerate(queue_of(sampled(dataset, 4))):
        said = {"verdict": "bad", "reasons": ["unsafe"]} if number == 0 else {"verdict": "good"}
        label_add(item=item, by=cast.reviewer, revision=1, **said)
    return dataset


def test_the_funnel_and_the_sample_appear_when_the_screening_ends(
    page_of: PageOf, cast: Cast, dataset: Dataset, live_server: Any
) -> None:
    imported(dataset, 5)
    page = page_of(cast.manager)
    page.goto(PAGE)
    page.get_by_role("button", name="Screen now").click()
    expect(page.locator(".job")).to_be_visible()
    page.locator("#id_note").fill("half a thought")
    job_work(Job.objects.get(kind="screen").pk)
    expect(page.locator(".job")).to_contain_text("Duplicates in Kitchen science")
    job_work(Job.objects.get(kind="group").pk)
    expect(page.get_by_role("row", name="Length")).to_be_visible()
    expect(page.locator(".job")).to_have_count(0)
    expect(page.get_by_role("heading", name="Random sample: 0 of 5 reviewed")).to_be_visible()
    expect(page.locator("#id_note")).to_have_value("half a thought")
    assert Sample.objects.get().size == 5


def test_accepting_asks_first_and_says_what_the_sample_said(
    page_of: PageOf, cast: Cast, reviewed: Dataset
) -> None:
    page = page_of(cast.manager)
    page.goto(PAGE)
    page.get_by_role("button", name="Accept dataset").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("1 of 4 reviewed is bad: 25.0 %")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Accept dataset").click()
    dialog.get_by_role("button", name="Accept dataset").click()
    expect(page.locator("#standing")).to_contain_text("accepted")
    assert DatasetDecision.objects.get().by == cast.manager


def test_a_release_is_made_watched_and_downloaded(
    page_of: PageOf, cast: Cast, reviewed: Dataset, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    page = page_of(cast.manager)
    page.goto("/p/kitchen/releases/")
    page.get_by_label("Format").select_option("messages")
    page.get_by_label("Name").fill("Kitchen 1")
    page.get_by_role("button", name="Make the release").click()
    expect(page.locator(".job")).to_be_visible()
    job_work(Job.objects.get(kind="release").pk)
    link = page.get_by_role("link", name="kitchen-1.jsonl")
    expect(link).to_be_visible()
    with page.expect_download() as download:
        link.click()
    content = download.value.path().read_bytes()
    assert [list(json.loads(line)) for line in content.splitlines()] == [["messages"]] * 3
    expect(page.locator("code.hash").first).to_have_text(hashlib.sha256(content).hexdigest())
    assert Release.objects.get().examples == 3


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_is_wider_than_the_screen(
    page_of: PageOf, cast: Cast, reviewed: Dataset, width: int, scheme: str
) -> None:
    Dataset.objects.filter(pk=reviewed.pk).update(
        name="A-name-that-has-no-place-to-break-" * 3, licence="L" * 80
    )
    page = page_of(cast.manager, viewport={"width": width, "height": 800}, color_scheme=scheme)
    for address in (PAGE, "/p/kitchen/review/", "/p/kitchen/releases/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
