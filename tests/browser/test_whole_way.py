"""The whole way of the data, as a person goes it: a real start, real files, three roles, mouse and keys."""

import gzip
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from config.environ import ROOT

START_SECONDS = 120
SLOW = 60_000
SAMPLES = os.environ.get("WINNOW_SAMPLES", "")

pytestmark = pytest.mark.skipif(not SAMPLES, reason="WINNOW_SAMPLES names no folder of sample files")


@pytest.fixture
def links(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Start Winnow with its demo data in an empty home; yield the address (`at`) and each role's one-time link."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("WINNOW_", "DJANGO_"))}
    for name in ("DATABASE_URL", "BROKER_URL", "SECRET_KEY", "ALLOWED_HOSTS"):
        kept.pop(name, None)
    log = tmp_path / "up.log"
    command = [sys.executable, "manage.py", "up", "--demo", "--port", "8600"]
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env=kept | {"WINNOW_HOME": str(tmp_path / "home")}, stdout=out, stderr=out
        )
    try:
        yield _links(process, log)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)


def _links(process: subprocess.Popen[bytes], log: Path) -> dict[str, str]:
    deadline = time.monotonic() + START_SECONDS
    while "Ctrl-C stops" not in log.read_text():
        assert process.poll() is None and time.monotonic() < deadline, log.read_text()
        time.sleep(0.2)
    text = log.read_text()
    at = re.findall(r"Winnow is at (\S+)", text)
    return dict(re.findall(r"^\s+(\w+)\s+(http\S+)", text, re.MULTILINE)) | {"at": at[0]}


@pytest.fixture
def sign_in(links: dict[str, str], new_context: Callable[..., BrowserContext]) -> Callable[[str], Page]:
    def enter(role: str) -> Page:
        page = new_context(base_url=links["at"]).new_page()
        page.goto(links[role])
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url(f"{links['at']}/")
        return page

    return enter


def new_project(page: Page) -> None:
    page.goto("/projects/new/")
    page.get_by_label("Name").fill("School")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/p/school/")
    page.get_by_role("link", name="People", exact=True).click()
    page.get_by_label("E-mail").fill("reviewer@winnow.example")
    page.locator("form[action$='/invite/']").get_by_label("Role").select_option("reviewer")
    page.get_by_role("button", name="Invite").click()
    expect(page.get_by_role("row", name=re.compile("reviewer@winnow.example"))).to_be_visible()


def import_file(page: Page, dataset: str, path: Path, records: str) -> None:
    page.goto("/p/school/datasets/new/")
    page.get_by_label("Name").fill(dataset)
    page.get_by_label("Licence").fill("MIT")
    page.get_by_role("button", name="Create dataset").click()
    page.set_input_files("input[type=file]", path)
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Import this file").click()
    opening = page.get_by_role("link", name="Open the dataset")
    expect(opening).to_be_visible(timeout=SLOW)
    expect(page.locator(".tiles")).to_contain_text(records)
    opening.click()
    expect(page.get_by_role("link", name="Review now").first).to_be_visible(timeout=SLOW)


def label(page: Page, *keys: str) -> str:
    """Decide the example on the screen by keys; return its question once another one is there."""
    question = page.locator("#decision .turn").first.inner_text()
    item = page.locator("form#decision").get_attribute("action") or ""
    for key in keys:
        page.keyboard.press(key)
    expect(page.locator("form#decision")).not_to_have_attribute("action", item)
    return question.split("\n")[-1]


def accept(page: Page, slug: str) -> None:
    page.goto(f"/p/school/d/{slug}/")
    page.get_by_label("Note").fill("Good enough for a first release.")
    page.locator("#decision").get_by_role("button", name="Accept").click()
    expect(page.locator("#decision")).to_contain_text("ccepted")


def make_release(page: Page, folder: Path) -> dict[str, bytes]:
    """Release everything that is approved as ShareGPT; return the downloaded files by name."""
    page.goto("/p/school/releases/")
    page.get_by_label("Format").select_option("sharegpt")
    page.get_by_role("button", name="Make the release").click()
    downloads = page.locator("a[download]")
    expect(downloads.first).to_be_visible(timeout=SLOW)
    files = {}
    for link in downloads.all():
        with page.expect_download() as started:
            link.click()
        path = folder / started.value.suggested_filename
        started.value.save_as(path)
        files[path.name] = path.read_bytes()
    return files


def test_from_two_files_to_a_release(sign_in: Callable[[str], Page], tmp_path: Path) -> None:
    maths = tmp_path / "gsm8k_alpaca.json"
    maths.write_bytes(gzip.decompress((Path(SAMPLES) / "instruct/gsm8k_alpaca.json.gz").read_bytes()))
    manager = sign_in("manager")
    new_project(manager)
    import_file(manager, "School maths", maths, "7,473")
    import_file(manager, "Identity", Path(SAMPLES) / "chat/fastchat_dummy_conversation.json", "500")
    expect(manager.locator("main")).to_contain_text("What the limits keep")

    reviewer = sign_in("reviewer")
    reviewer.goto("/p/school/review/")
    expect(reviewer.locator("form#decision")).to_be_visible()
    label(reviewer, "a")
    bad = [label(reviewer, "x", "1"), label(reviewer, "x", "Shift+2", "Shift+5", "Enter")]
    undone = label(reviewer, "x", "3")
    label(reviewer, "u")
    assert undone in reviewer.locator("#decision").inner_text()
    label(reviewer, "a")
    for _ in range(6):
        label(reviewer, "a")

    accept(manager, "school-maths")
    expect(manager.locator("main")).to_contain_text("2 of 10 reviewed are bad")
    files = make_release(manager, tmp_path)
    manifest = json.loads(files.pop("manifest.json"))
    assert {entry["path"]: entry["sha256"] for entry in manifest["files"]} == {
        name: hashlib.sha256(data).hexdigest() for name, data in files.items()
    }
    assert (
        f"{manifest['counts']['examples']:,} examples in the ShareGPT format" in files["README.md"].decode()
    )
    (data,) = (data for name, data in files.items() if name.endswith(".jsonl"))
    released = [json.loads(line) for line in data.splitlines()]
    assert len(released) == manifest["counts"]["examples"] == manifest["files"][0]["examples"] > 5_000
    questions = {record["conversations"][0]["value"] for record in released}
    assert not questions & set(bad)
    assert undone in questions
