"""Reviewing in earnest in a real browser: many by keys alone, a list, a search, keys of one's own, the time it took."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from annotate.models import Dataset, Example
from review.http import item_code
from review.models import Label, QueueItem, ReviewRules, Skip
from tests.browser.conftest import Complaints
from tests.browser.test_review import STREAM, PageOf, labels, saved, shows
from tests.cast import Cast
from tests.review.scene import measure, queue_of, sampled

type Items = list[QueueItem]
LONG = "Flour and water. " * 300


@pytest.fixture
def thirty(dataset: Dataset, cast: Cast, live_server: Any) -> Items:
    """Thirty examples and one more, in the order in which they are handed out."""
    drawn = sampled(dataset, 31)
    ReviewRules.objects.update(gold_rate=0.0)
    return queue_of(drawn)


@pytest.fixture
def listed(page_of: PageOf, cast: Cast, thirty: Items) -> Page:
    """The reviewer's page with a list of ten."""
    page = page_of(cast.reviewer, viewport={"width": 1000, "height": 700})
    page.goto(STREAM)
    shows(page, thirty[0])
    page.get_by_role("button", name="List of 10").click()
    expect(page.locator(".entry")).to_have_count(10)
    expect(entry(page, thirty[0])).to_be_focused()
    return page


def entry(page: Page, item: QueueItem) -> Any:
    return page.locator(f"#entry-{item_code(item)}")


def test_a_reviewer_labels_thirty_by_keys_alone_and_takes_one_back(
    page_of: PageOf, cast: Cast, thirty: Items
) -> None:
    page = page_of(cast.reviewer)
    page.goto(STREAM)
    for place, item in enumerate(thirty[:30]):
        shows(page, item)
        if place % 5 == 4:
            page.keyboard.press("x")
            page.keyboard.press(str(1 + place % 7))
        else:
            page.keyboard.press("a")
        if place == 11:
            shows(page, thirty[12])
            page.keyboard.press("u")
            shows(page, item)
            page.keyboard.press("x")
            page.keyboard.press("6")
    shows(page, thirty[30])
    saved(page)
    expect(page.locator("[data-today]")).to_have_text("30")
    expect(page.locator("#last summary")).to_contain_text("bad: incomplete")
    verdicts = [verdict for verdict, _ in labels()]
    assert (len(verdicts), verdicts.count("undone")) == (32, 1)
    assert QueueItem.objects.exclude(decided_at=None).count() == 30
    assert Label.objects.latest("pk").reasons == ["incomplete"]
    assert all(label.seconds is not None for label in Label.objects.exclude(verdict="undone"))


def test_a_list_is_decided_where_it_stands(listed: Page, thirty: Items, cast: Cast) -> None:
    page = listed
    page.keyboard.press("a")
    expect(entry(page, thirty[0])).to_have_class(re.compile("decided"))
    expect(entry(page, thirty[0])).to_contain_text("good")
    expect(entry(page, thirty[1])).to_be_focused()
    page.keyboard.press("j")
    page.evaluate("document.activeElement.blur()")  # as after a press beside everything
    page.keyboard.press("x")
    page.keyboard.press("7")
    expect(entry(page, thirty[2])).to_contain_text("bad: duplicate")
    page.keyboard.press("k")
    page.keyboard.press("k")
    expect(entry(page, thirty[1])).to_be_focused()
    page.keyboard.press("s")
    page.keyboard.press("Enter")
    expect(entry(page, thirty[1])).to_contain_text("skipped")
    page.keyboard.press("u")
    expect(entry(page, thirty[2])).to_be_focused()
    expect(entry(page, thirty[2])).not_to_have_class(re.compile("decided"))
    expect(page.locator("[data-left]")).to_have_text("8 of these are not decided yet.")
    for item in (thirty[2], *thirty[3:10]):
        expect(entry(page, item)).to_be_focused()
        page.keyboard.press("a")
    expect(page.locator("[data-left]")).to_have_text("All of these are decided.")
    saved(page)
    page.get_by_role("button", name="The next 10").click()
    expect(entry(page, thirty[10])).to_be_focused()
    assert QueueItem.objects.exclude(decided_at=None).count() == 9
    assert Skip.objects.get().item == thirty[1]
    assert QueueItem.objects.open().filter(claimed_by=cast.reviewer).count() == 10


def test_what_of_a_list_cannot_be_saved_is_asked_again_where_it_stands(
    listed: Page, thirty: Items, cast: Cast, complaints: Complaints
) -> None:
    page = listed
    QueueItem.objects.filter(pk=thirty[1].pk).update(claimed_by=cast.manager)
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(entry(page, thirty[1]).get_by_role("alert")).to_contain_text("somebody else has it")
    page.context.set_offline(True)
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(entry(page, thirty[2]).get_by_role("alert")).to_contain_text("no connection")
    page.context.set_offline(False)
    page.keyboard.press("a")
    expect(entry(page, thirty[2])).to_contain_text("what the filters said")
    assert labels() == [("good", [])]
    complaints.clear()  # the browser's own lines about the connection and status 409


def test_a_long_text_is_searched_read_as_markdown_and_its_findings_open_after_the_decision(
    page_of: PageOf, cast: Cast, thirty: Items
) -> None:
    turns = [
        {"role": "user", "content": "Why **yeast**?"},
        {"role": "assistant", "content": f"Yeast. {LONG} More yeast."},
    ]
    Example.objects.filter(pk=thirty[0].example_id).update(turns=turns)
    measure([thirty[0].example], toxicity=0.97)
    page = page_of(cast.reviewer)
    page.goto(STREAM)
    shows(page, thirty[0])
    page.keyboard.press("/")
    page.keyboard.type("yeast")
    expect(page.locator("[data-find-count]")).to_have_text("1 of 3")
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+N")
    expect(page.locator("mark.at")).to_have_text("yeast")
    expect(page.locator("mark.at")).to_be_in_viewport()  # what was folded over it is open
    expect(page.locator("[data-find-count]")).to_have_text("3 of 3")
    page.locator("#note").fill("typed before")
    page.keyboard.press("Escape")
    page.keyboard.press("m")
    expect(page.locator(".said strong", has_text="yeast")).to_be_visible()
    expect(page.locator("#note")).to_have_value("typed before")
    expect(page.get_by_text("Toxicity")).to_have_count(0)
    saved(page)
    page.keyboard.press("a")
    shows(page, thirty[1])
    expect(page.locator("mark")).to_have_count(0)
    page.locator("#last summary").click()
    expect(page.locator("#last")).to_contain_text("Toxicity")
    page.keyboard.press("a")
    shows(page, thirty[2])
    expect(page.locator("#last details[open]")).to_contain_text("The example and its history")


def test_keys_are_moved_by_pressing_them_and_a_reason_that_needs_a_note_asks_for_it(
    page_of: PageOf, cast: Cast, thirty: Items, complaints: Complaints
) -> None:
    page = page_of(cast.reviewer)
    page.goto("/accounts/me/keys/")
    page.locator("#key-good").focus()
    page.keyboard.press("x")
    expect(page.get_by_role("alert")).to_contain_text("already")
    expect(page.locator("#key-good")).to_be_focused()
    page.keyboard.press("g")
    expect(page.locator(".toast")).to_contain_text("“Good, and next” is on G.")
    page.goto(STREAM)
    shows(page, thirty[0])
    page.keyboard.press("a")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Change keys")
    expect(page.get_by_role("dialog").locator("kbd", has_text=re.compile("^G$"))).to_be_visible()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.keyboard.press("g")
    shows(page, thirty[1])
    page.keyboard.press("x")
    page.keyboard.press("8")
    expect(page.locator("#note")).to_be_focused()
    page.keyboard.type("An advertisement.")
    page.keyboard.press("Control+Enter")
    shows(page, thirty[2])
    saved(page)
    assert labels() == [("good", []), ("bad", ["other"])]
    complaints.clear()  # the browser's own line about status 422


def test_the_time_spent_leaves_out_what_was_idle_and_what_was_loaded_ahead(
    page_of: Callable[..., Page], cast: Cast, thirty: Items
) -> None:
    page = page_of(cast.reviewer)
    page.clock.install()
    page.goto(STREAM)
    shows(page, thirty[0])
    for _ in range(4):
        page.clock.run_for(10_000)
        page.mouse.move(200, 300)
        page.mouse.move(210, 310)
    page.clock.run_for(300_000)  # away: thirty seconds of it count
    page.keyboard.press("a")
    shows(page, thirty[1])
    page.clock.run_for(5_000)
    page.keyboard.press("a")
    shows(page, thirty[2])
    saved(page)
    first, second = Label.objects.order_by("pk").values_list("seconds", flat=True)
    assert first == pytest.approx(70, abs=2)
    assert second == pytest.approx(5, abs=2)
