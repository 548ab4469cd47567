"""Two reviewers differ, a manager settles it, looks again at what is doubted and decides; what leaves in releases."""

import hashlib
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from annotate.models import Dataset, Example, Membership, Project
from jobs.models import Job
from jobs.work import job_work
from review.http import item_code
from review.models import QueueItem, ReviewRules
from review.services.samples import sample_draw
from review.services.second_looks import second_looks_fill
from tests.cast import Cast
from tests.review.doubts import doubting
from tests.review.scene import imported, measure, queue_of

PageOf = Callable[..., Page]
DATASET, STREAM = "/p/kitchen/d/baking/", "/p/kitchen/review/"

# What the two press on the examples of the sample in their order; the sixth nobody decides.
FIRST = (("a",), ("x", "1"), ("a",), ("x", "3"), ("a",))
SECOND = (("a",), ("x", "Shift+Digit1", "Shift+Digit2", "Enter"), ("x", "2"), ("a",), ("x", "6"))


@pytest.fixture
def second(project: Project, cast: Cast) -> User:
    person = User.objects.create_user("second@winnow.example", display_name="Second")
    Membership.objects.create(project=project, user=person, role="reviewer")
    return person


@pytest.fixture
def seats(dataset: Dataset, cast: Cast, live_server: Any) -> list[list[QueueItem]]:
    """Both seats of each of six sampled examples, in their order; of four more three are kept and one is dropped."""
    ReviewRules.objects.create(project=dataset.project, overlap=1.0, rate=0.01, minimum=6)
    source = imported(dataset, 10)
    measure(Example.objects.filter(source_import=source))
    measure(Example.objects.filter(source_import=source, line_number=10), tokens=1)
    found = queue_of(sample_draw(dataset=dataset, source_import=source, by=None))
    return [found[at : at + 2] for at in range(0, len(found), 2)]


def shows(page: Page, seats: list[QueueItem]) -> None:
    codes = "|".join(str(item_code(seat)) for seat in seats)
    expect(page.locator("#decision")).to_have_attribute("action", re.compile(f"/item/({codes})/label/$"))


def decide(page: Page, seats: list[QueueItem], keys: tuple[str, ...]) -> None:
    shows(page, seats)
    for key in keys:
        page.keyboard.press(key)


def settles(page: Page, example: Example) -> None:
    """Wait until a dispute is before the manager, and its page listens to keys."""
    expect(page.get_by_role("heading", name="Who is right?")).to_be_visible()
    turn = page.locator(".turn").first
    expect(turn).to_contain_text(example.conversation.turns[0].content)
    expect(turn).to_be_focused()


def decide_dataset(page: Page, button: str, then: str) -> None:
    page.goto(DATASET)
    page.get_by_label("Note").fill(f"{button} it.")
    page.locator("#decision").get_by_role("button", name=button, exact=True).click()
    expect(page.locator("#standing")).to_contain_text(then)


def make_release(page: Page, name: str) -> tuple[dict[str, Any], list[str]]:
    """Make a release; return its manifest and the first turn of each line of its file, as they are downloaded."""
    page.goto("/p/kitchen/releases/")
    page.get_by_label("Format").select_option("messages")
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Make the release").click()
    expect(page.locator(".job")).to_be_visible()
    job_work(Job.objects.filter(kind="release").latest("pk").pk)
    page.reload()  # it would follow its job by itself, some seconds later
    data, stated = (downloaded(page, file) for file in (f"{name}.jsonl", "manifest.json"))
    manifest = json.loads(stated)
    assert manifest["files"][0]["sha256"] == hashlib.sha256(data).hexdigest()
    return manifest, [json.loads(line)["messages"][0]["content"] for line in data.splitlines()]


def downloaded(page: Page, name: str) -> bytes:
    with page.expect_download() as download:
        page.get_by_role("link", name=name).click()
    path: Path = download.value.path()
    return path.read_bytes()


def test_what_two_disagree_on_is_settled_and_a_decision_releases_exactly_the_rest(
    page_of: PageOf, cast: Cast, second: User, seats: list[list[QueueItem]], settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    both_good, both_bad, then_good, then_bad, unsettled, undecided = [pair[0].example for pair in seats]

    # Each has what the other has, side by side, and neither is shown what the other said.
    pages = [page_of(cast.reviewer), page_of(second)]
    for page in pages:
        page.goto(STREAM)
    for at, presses in enumerate(zip(FIRST, SECOND, strict=True)):
        for page, keys in zip(pages, presses, strict=True):
            decide(page, seats[at], keys)
    for page in pages:
        shows(page, seats[5])
        expect(page.locator('.bar .state[data-state="saving"]')).to_have_count(0)
    pages[0].goto("/p/kitchen/adjudication/")
    expect(pages[0].locator("#main")).to_contain_text("Nothing to settle for you")

    manager = page_of(cast.manager)
    manager.goto("/p/kitchen/adjudication/")
    expect(manager.get_by_role("heading", name="3 examples with two different labels")).to_be_visible()
    manager.keyboard.press("Enter")
    settles(manager, then_good)
    expect(manager.get_by_role("region", name="Reviewer says good")).to_be_visible()
    expect(manager.get_by_role("region", name="Second says bad")).to_contain_text("incomplete")
    manager.keyboard.press("x")
    manager.keyboard.press("2")
    settles(manager, then_bad)
    manager.keyboard.press("u")
    settles(manager, then_good)
    manager.keyboard.press("a")
    expect(manager.locator("body")).to_contain_text("Settled as good.")
    settles(manager, then_bad)
    manager.locator("#note").fill("It answers another question.")
    manager.locator("#reasons label", has_text="ignores the instruction").click()
    manager.get_by_role("button", name="Bad", exact=True).click()
    settles(manager, unsettled)
    manager.keyboard.press("s")
    manager.keyboard.press("s")
    expect(manager.get_by_role("heading", name="Nothing to settle for you")).to_be_visible()

    decide_dataset(manager, "Hold", "held")
    expect(manager.locator("#main")).to_contain_text("2 of 4 reviewed are bad: 50.0 %")
    stated, released = make_release(manager, "held")
    assert released == asked(both_good, then_good)
    # Undecided are the sampled one without a label and the three that were not sampled.
    rest = {"bad": 2, "disputed": 1, "undecided": 4}
    assert (stated["counts"]["examples"], stated["counts"]["held_back"]) == (2, rest)
    assert {slug: count for slug, count in stated["counts"]["dropped"].items() if count} == {"length": 1}

    # Both called it bad, and the classifier doubts it.
    doubting(seats[0][0].project, {both_bad.pk: 0.99})
    assert second_looks_fill(project=seats[0][0].project) == 1
    manager.goto("/p/kitchen/second-look/")
    expect(manager.get_by_role("heading", name="1 label that the classifier doubts")).to_be_visible()
    manager.keyboard.press("Enter")
    settles(manager, both_bad)
    expect(manager.get_by_role("region", name="Second says bad")).to_be_visible()
    expect(manager.get_by_role("region", name="The classifier says good")).to_be_visible()
    manager.keyboard.press("a")
    expect(manager.locator("#settled")).to_contain_text("1 of 1 otherwise than labelled")
    manager.keyboard.press("u")
    settles(manager, both_bad)
    manager.keyboard.press("a")
    expect(manager.locator("#settled")).to_contain_text(both_bad.conversation.turns[0].content)

    # The decision brings in what nobody labelled, and nothing that is bad, disputed or dropped; the estimate stays.
    decide_dataset(manager, "Accept", "accepted")
    expect(manager.locator("#main")).to_contain_text("2 of 4 reviewed are bad: 50.0 %")
    stated, released = make_release(manager, "accepted")
    dropped = Example.objects.get(line_number=10)
    stays = {then_bad, unsettled, dropped}
    assert released == asked(*(example for example in Example.objects.order_by("pk") if example not in stays))
    assert undecided.conversation.turns[0].content in released
    assert (stated["counts"]["examples"], stated["counts"]["held_back"]) == (7, {"bad": 1, "disputed": 1})
    assert [each["decision"] for each in stated["decisions"]] == ["accepted"]


def asked(*examples: Example) -> list[str]:
    """Return the questions of examples in the order in which a release holds them."""
    return [each.conversation.turns[0].content for each in sorted(examples, key=lambda each: each.pk)]
