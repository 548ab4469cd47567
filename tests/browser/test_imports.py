"""An import in a real browser: chosen, looked at, started, followed to its end."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from annotate.models import Dataset, Import
from jobs.work import job_work
from tests.browser.conftest import Complaints
from tests.cast import Cast

UPLOAD = "/p/kitchen/d/baking/import/"
PageOf = Callable[..., Page]


@pytest.fixture
def file(dataset: Dataset, live_server: Any, settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.JOB_FOLLOW_UPS = {}
    path = tmp_path / "facts.jsonl"
    good = '{"instruction": "Why does bread rise?", "output": "Yeast makes gas."}\n'
    path.write_text(good * 3 + "[1]\n")
    return path


def upload(page: Page, file: Path) -> None:
    page.goto(UPLOAD)
    page.set_input_files('input[type="file"]', file)
    page.get_by_role("button", name="Upload and look at it").click()


@pytest.mark.parametrize("java_script_enabled", [True, False])
def test_a_file_goes_in(page_of: PageOf, file: Path, cast: Cast, java_script_enabled: bool) -> None:
    page = page_of(cast.manager, java_script_enabled=java_script_enabled)
    upload(page, file)
    expect(page.get_by_role("group", name="Conversation").first).to_contain_text("Yeast makes gas.")
    expect(page.locator("main")).to_contain_text("1 cannot")
    page.get_by_role("button", name="Import this file").click()
    expect(page.locator(".job")).to_contain_text("waiting")
    job = Import.objects.get().job
    assert job is not None
    job_work(job.pk)
    if not java_script_enabled:
        page.reload()
    expect(page.locator("#import")).to_contain_text("Records per second")
    expect(page.locator("#import")).to_contain_text("The record is a list")
    with page.expect_download() as download:
        page.get_by_role("link", name="All as JSONL").click()
    assert download.value.path().read_text().startswith('{"line": 4, "reason": ')


def test_a_file_is_dropped_on_the_page(page_of: PageOf, file: Path, cast: Cast) -> None:
    page = page_of(cast.manager)
    page.goto(UPLOAD)
    page.evaluate(
        """(text) => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([text], "dropped.jsonl"));
            const zone = document.querySelector("[data-dropzone]");
            zone.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
        }""",
        file.read_text(),
    )
    expect(page.locator("[data-file-name]")).to_contain_text("dropped.jsonl")
    page.get_by_role("button", name="Upload and look at it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("dropped.jsonl")


def test_a_file_that_is_none_is_refused_where_it_was_chosen(
    page_of: PageOf, file: Path, cast: Cast, complaints: Complaints
) -> None:
    file.write_text("")
    page = page_of(cast.manager)
    upload(page, file)
    expect(page.get_by_role("alert")).to_contain_text("facts.jsonl is empty")
    assert not Import.objects.exists()
    complaints.clear()  # the browser counts every 422 as an error
