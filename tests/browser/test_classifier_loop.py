"""The whole loop of the quality classifier in a real browser, with a real worker: from labels to a release."""

import json
import re
import shutil
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from annotate.models import Dataset, Example
from jobs.models import Job
from review.management.commands import load_demo
from review.models import ClassifierVersion, Label, PolicyVersion, QueueItem, Release
from review.models.reviewing import default_reasons
from review.services.decisions import decision_record
from tests.faults.conftest import RealWorker, nursery, over, real_worker, until

__all__ = ["nursery", "real_worker"]

HOME = "/p/everyday-helper"
SLOW = 30_000
SAMPLED, TARGETED = 60, 6
KEYS = {reason["slug"]: str(place) for place, reason in enumerate(default_reasons(), start=1)}
PAINTED = """() => [...document.querySelectorAll(".canvas canvas")].map((canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.some((value) => value > 0);
})"""
# What a reviewer sees of the example before them: its question, which no other example has.
QUESTION = "document.querySelector('#decision .turn .said, #decision .turn')?.innerText ?? ''"
ANOTHER = f"(shown) => {{ const now = {QUESTION}; return now !== shown }}"


@pytest.fixture
def demo(real_worker: RealWorker, live_server: Any, tmp_path: Path) -> Dataset:
    """Load the part of the demo that waits for whoever tries it, and start a worker."""
    folder = tmp_path / "demo"
    folder.mkdir()
    told = json.loads((load_demo.DEMO / "project.json").read_text("utf-8"))
    told["datasets"] = told["datasets"][:1]
    (folder / "project.json").write_text(json.dumps(told), "utf-8")
    for name in ("faults.json", told["datasets"][0]["file"]):
        shutil.copy(load_demo.DEMO / name, folder)
    call_command("load_demo", folder=folder, stdout=StringIO())
    real_worker.start()
    return Dataset.objects.get()


@pytest.fixture
def faults(demo: Dataset) -> dict[str, str]:
    """Return the reason for which each bad example is bad, by its question."""
    found = load_demo.demo_faults()
    file = demo.imports.get().name
    rows = {example.line_number: example.conversation for example in Example.objects.all()}
    return {talk.turns[0].text: found[file, line] for line, talk in rows.items() if (file, line) in found}


def person(role: str) -> User:
    return User.objects.get(email=f"{role}@winnow.example")


def label(page: Page, faults: dict[str, str], count: int) -> None:
    """Decide so many examples by keys, as somebody would who sees every fault that was planted."""
    page.goto(f"{HOME}/review/")
    expect(page.locator("form#decision")).to_be_visible()
    for _ in range(count):
        shown = page.evaluate(QUESTION)
        reasons = [reason for question, reason in faults.items() if question in shown]
        for key in ("x", KEYS[reasons[0]]) if reasons else ("a",):
            page.keyboard.press(key)
        page.wait_for_function(ANOTHER, arg=shown)
    expect(page.locator('.bar .state[data-state="saving"]')).to_have_count(0)


def worked(worker: RealWorker, kind: str) -> Job:
    """Wake the worker for the newest job of a kind, as the web server's message would, and wait until it is done."""
    job = until(lambda: Job.objects.filter(kind=kind).order_by("pk").last(), f"a {kind} job was started")
    worker.wake(job)
    until(lambda: over(job), f"{kind} is over; the worker said:\n{worker.said()[-3000:]}")
    assert job.state == Job.State.DONE, job.error
    return job


def estimate(page: Page, demo: Dataset) -> dict[str, Any]:
    """Return all that the report of the dataset's sample states."""
    sample = demo.samples.get()
    answer = page.request.get(f"{HOME}/d/{demo.slug}/sample/{sample.pk}/report.json")
    values: dict[str, Any] = answer.json()
    # The database adds scores in any order, which shows in the last digit of their sum.
    powered = {
        name: round(v, 9) if isinstance(v, float) else v for name, v in (values["powered"] or {}).items()
    }
    return values | {"powered": powered}


def test_from_sixty_labels_to_a_release_that_says_what_decided(
    page_of: Callable[..., Page], demo: Dataset, faults: dict[str, str], real_worker: RealWorker
) -> None:
    reviewer, manager = page_of(person("reviewer")), page_of(person("manager"))
    label(reviewer, faults, SAMPLED)
    assert Label.objects.count() == SAMPLED
    train(manager, real_worker)
    activate(manager, real_worker)
    minimum = set_limit(manager)
    before = estimate(manager, demo)
    fill_targeted(manager, real_worker)
    label(reviewer, faults, TARGETED)
    train_again(manager, real_worker)
    assert estimate(manager, demo) == before
    decision_record(dataset=demo, verdict="accepted", by=person("manager"))
    release(manager, real_worker, minimum)


def train(page: Page, worker: RealWorker) -> None:
    page.goto(f"{HOME}/classifier/")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_text(f"Training on {SAMPLED} labels")).to_be_visible()
    worked(worker, "train-classifier")
    # The page hears that the job is over, and shows the version without being loaded again.
    version = page.locator("#version")
    expect(version.get_by_text("Better than length")).to_be_visible(timeout=SLOW)
    assert page.evaluate(PAINTED) == [True, True]
    page.locator("#reliability .u-over").hover()
    expect(page.locator("#reliability [data-readout]")).to_contain_text("predicted")
    for figure in page.locator(".figures details").all():
        if figure.get_attribute("open") is None:  # one that has nothing to draw yet shows its table
            figure.locator("summary").click()
        expect(figure.get_by_role("row").nth(1)).to_be_visible()


def activate(page: Page, worker: RealWorker) -> None:
    page.locator("#version").get_by_role("button", name="Activate version 1").click()
    worked(worker, "score-quality")
    scored = Example.objects.filter(measurement__quality__isnull=False).count()
    expect(page.locator("#limit").get_by_text(f"{scored} scored")).to_be_visible(timeout=SLOW)


def set_limit(page: Page) -> float:
    """Move the limit by keys, look at what it would do, and save it."""
    limit, slider = page.locator("#limit"), page.get_by_role("slider", name="Least score that is kept")
    kept, caught = limit.locator("[data-said='0']"), limit.locator("[data-said='3']")
    slider.focus()
    page.keyboard.press("Home")
    expect(caught).to_have_text("0 %")
    everything = number(kept)
    for _ in range(4):
        page.keyboard.press("PageUp")
    page.keyboard.press("ArrowRight")
    least = page.get_by_label("At least")
    expect(least).not_to_have_value("0")
    expect(slider).to_have_value(f"{round(100 * float(least.input_value()))}")
    assert number(kept) < everything
    assert number(caught) > 50
    minimum = float(least.input_value())
    page.get_by_role("button", name="Set this limit").click()
    expect(limit.get_by_text(f"at least {minimum:g}", exact=True)).to_be_visible()
    assert PolicyVersion.objects.latest("version").note == f"Quality classifier at least {minimum:g}"
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.set_viewport_size({"width": 1280, "height": 900})
    return minimum


def number(tile: Locator) -> int:
    found = re.search(r"\d+", tile.inner_text())
    assert found
    return int(found[0])


def fill_targeted(page: Page, worker: RealWorker) -> None:
    rules = page.locator("form#rules")
    rules.locator("[name='targeted']").fill(str(TARGETED))
    rules.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. Examples are picked within a minute.")).to_be_visible()
    worker.catch_up()
    waiting = QueueItem.objects.open().filter(queue="targeted")
    until(lambda: waiting.count() == TARGETED, "the targeted queue is full")


def train_again(page: Page, worker: RealWorker) -> None:
    page.goto(f"{HOME}/classifier/")
    page.get_by_role("button", name="Train again").click()
    worked(worker, "train-classifier")
    second, first = ClassifierVersion.objects.all()
    assert (first.good + first.bad, second.good + second.bad) == (SAMPLED, SAMPLED + TARGETED)
    assert first.evaluation["count"] == second.evaluation["count"] == SAMPLED
    assert first.is_active


def release(page: Page, worker: RealWorker, minimum: float) -> None:
    page.goto(f"{HOME}/releases/")
    page.get_by_label("Format").select_option("messages")
    page.get_by_role("button", name="Make the release").click()
    worked(worker, "release")
    page.reload()
    made, version = Release.objects.get(), ClassifierVersion.objects.get(number=1)
    found, told = version.evaluation, downloaded(page, "manifest.json")
    stated = json.loads(told)
    assert 0 < made.examples < Example.objects.count()
    assert stated["classifier"] | {"labels_digest": ""} == {
        "version": 1, "digest": version.digest, "labels": SAMPLED, "labels_digest": "", "auc": found["auc"],
        "auc_low": found["auc_interval"]["low"], "auc_high": found["auc_interval"]["high"],
        "length_auc": found["length_auc"], "decides": True, "minimum": minimum, "sampled": SAMPLED,
        "base_rate": found["base_rate"], "brier": found["brier"], "ece": found["ece"], "imported": 0,
    }  # fmt: skip
    assert stated["counts"]["dropped"]["quality"] > 0
    card = downloaded(page, "README.md")
    assert f"What scores less than {minimum:g} of 1 was kept out." in card
    assert f"| Ranking (ROC-AUC) | {found['auc']:.2f} | 95 % interval" in card
    page.get_by_text("Dataset card").click()
    shown = page.locator(".release-card")
    expect(shown.get_by_text(f"Version 1 was in use, fitted to {SAMPLED} labels")).to_be_visible()
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def downloaded(page: Page, name: str) -> str:
    with page.expect_download() as download:
        page.get_by_role("link", name=name).click()
    return download.value.path().read_text("utf-8")
