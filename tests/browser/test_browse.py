"""The table of examples in a real browser: filters kept by the address, pages by keys, all without JavaScript too."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from annotate.models import Dataset, Example
from tests.cast import Cast, conversation

BROWSE = "/p/kitchen/browse/"
PageOf = Callable[..., Page]


@pytest.fixture
def many(dataset: Dataset, cast: Cast, live_server: Any) -> None:
    """Sixty examples; every tenth is about salt."""
    texts = [
        conversation(f"Question {number}?", "Salt." if number % 10 == 0 else "Flour.") for number in range(60)
    ]
    Example.objects.bulk_create(
        Example(dataset=dataset, turns=text.as_json(), content_hash=text.content_hash()) for text in texts
    )


def rows(page: Page) -> Any:
    return page.locator("#rows tbody tr")


def test_typing_narrows_the_table_and_back_undoes_it(page_of: PageOf, many: None, cast: Cast) -> None:
    page = page_of(cast.reviewer)
    page.goto(BROWSE)
    expect(rows(page)).to_have_count(50)
    page.keyboard.press("/")
    page.keyboard.type("salt")
    expect(rows(page)).to_have_count(6)
    expect(page).to_have_url(re.compile(r"\?q=salt$"))
    expect(page.locator("#found")).to_have_text("6 examples")
    expect(page.locator("mark").first).to_have_text("Salt")
    expect(page.get_by_placeholder("Search the text")).to_be_focused()
    page.go_back()
    expect(rows(page)).to_have_count(50)


def test_pages_turn_by_keys_and_can_be_sent_to_a_colleague(page_of: PageOf, many: None, cast: Cast) -> None:
    page = page_of(cast.reviewer)
    page.goto(f"{BROWSE}?size=25")
    page.keyboard.press("j")
    expect(rows(page).first).to_contain_text("Question 25?")
    page.keyboard.press("ArrowRight")
    expect(rows(page).first).to_contain_text("Question 50?")
    expect(page.get_by_label("Rows")).to_have_value("25")
    colleague = page_of(cast.manager)
    colleague.goto(page.url)
    expect(rows(colleague).first).to_contain_text("Question 50?")
    page.keyboard.press("k")
    expect(rows(page).first).to_contain_text("Question 25?")


def test_filters_work_without_javascript(page_of: PageOf, many: None, cast: Cast) -> None:
    page = page_of(cast.reviewer, java_script_enabled=False)
    page.goto(BROWSE)
    page.get_by_placeholder("Search the text").fill("salt")
    page.get_by_label("Rows").select_option("25")
    page.get_by_role("button", name="Search").click()
    expect(rows(page)).to_have_count(6)
    page.goto(f"{BROWSE}?size=25")
    page.get_by_role("link", name="Next").click()
    expect(rows(page).first).to_contain_text("Question 25?")


def test_an_empty_table_leads_back_to_all(page_of: PageOf, many: None, cast: Cast) -> None:
    page = page_of(cast.reviewer)
    page.goto(f"{BROWSE}?q=zebra")
    page.get_by_role("link", name="Show all examples").click()
    expect(rows(page)).to_have_count(50)


def test_what_is_picked_stays_picked_and_is_sent_to_targeted_review(
    page_of: PageOf, many: None, cast: Cast
) -> None:
    page = page_of(cast.manager)
    page.goto(BROWSE)
    page.get_by_placeholder("Search the text").fill("salt")
    expect(rows(page)).to_have_count(6)
    boxes = page.locator("#rows tbody input[type=checkbox]")
    boxes.nth(1).click()
    boxes.nth(4).click(modifiers=["Shift"])
    expect(page.locator("[data-pick-count]")).to_have_text("4 picked")
    page.get_by_role("button", name="Send to targeted review").click()
    expect(page.get_by_text("4 examples are queued for targeted review.")).to_be_visible()
    expect(page).to_have_url(re.compile(r"browse/\?q=salt$"))
    page.get_by_label("All on this page").check()
    page.get_by_role("button", name="Send to targeted review").click()
    expect(page.get_by_text("2 examples are queued for targeted review. 4 were not")).to_be_visible()
