"""The desk in a real browser: by keys alone, without JavaScript, in two windows at once."""

import re
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from annotate.models import Dataset, Draft, Example
from annotate.services.examples import draft_start, example_submit
from tests.browser.conftest import Complaints
from tests.cast import ANSWER, QUESTION, Cast, conversation, make_example

DESK = "/p/kitchen/write/"
PageOf = Callable[..., Page]


@pytest.fixture
def draft(dataset: Dataset, cast: Cast, live_server: Any) -> Example:
    return draft_start(dataset=dataset, by=cast.annotator)


def edit_url(example: Example) -> str:
    return f"/p/kitchen/e/{example.public_id}/edit/"


def instruction(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Instruction", exact=True)


def is_saved(page: Page) -> None:
    """Wait until the page says that everything typed has reached the server."""
    expect(page.locator("[data-save-state]")).to_have_attribute("data-state", "saved")


def kept(example: Example) -> list[str]:
    return [turn["content"] for turn in Draft.objects.get(example=example).turns]


def test_an_example_is_written_by_keys_alone(page_of: PageOf, dataset: Dataset, cast: Cast) -> None:
    page = page_of(cast.annotator)
    page.goto(DESK)
    page.keyboard.press("n")
    expect(instruction(page)).to_be_focused()
    page.keyboard.type(QUESTION)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Output")).to_be_focused()
    page.keyboard.type("Yeast, and steam.")
    page.keyboard.press("Control+s")
    is_saved(page)
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-toast]")).to_contain_text("Submitted: Why does bread rise")
    expect(instruction(page)).to_be_focused()
    expect(instruction(page)).to_have_value("")
    done = Example.objects.get(state=Example.State.SUBMITTED)
    assert [turn.content for turn in done.conversation.turns] == [QUESTION, "Yeast, and steam."]


def test_what_is_typed_is_saved_and_there_after_a_reload(page_of: PageOf, draft: Example, cast: Cast) -> None:
    page = page_of(cast.annotator)
    page.goto(edit_url(draft))
    instruction(page).fill("Half a")
    is_saved(page)
    page.reload()
    expect(instruction(page)).to_have_value("Half a")
    expect(page.locator("[data-save-text]")).to_have_text(re.compile(r"Saved \d\d:\d\d"))


def test_times_are_those_of_the_readers_clock(page_of: PageOf, draft: Example, cast: Cast) -> None:
    page = page_of(cast.annotator, timezone_id="Asia/Kathmandu")  # 5 hours and 45 minutes ahead
    page.goto(edit_url(draft))
    instruction(page).fill("What is the time?")
    is_saved(page)
    said = page.locator("[data-save-text]").inner_text()
    there = timezone.localtime(Draft.objects.get().saved_at, ZoneInfo("Asia/Kathmandu"))
    assert said == f"Saved {there:%H:%M}"
    page.reload()
    expect(page.locator("[data-save-text]")).to_have_text(said)


def test_the_shape_changes_back_and_forth_with_every_word(
    page_of: PageOf, draft: Example, cast: Cast
) -> None:
    page = page_of(cast.annotator)
    page.goto(edit_url(draft))
    instruction(page).fill("Sum up.")
    page.get_by_label("Input").fill("A long text.")
    page.get_by_label("Output").fill("Short.")
    page.get_by_role("button", name="Turns", exact=True).click()
    expect(page.get_by_label("Text of turn 1")).to_have_value("Sum up.")
    expect(page.get_by_label("Input of turn 1")).to_have_value("A long text.")
    expect(page.get_by_label("Text of turn 2")).to_have_value("Short.")
    page.get_by_role("button", name="Instruction and output").click()
    expect(page.get_by_label("Input")).to_have_value("A long text.")
    page.get_by_role("button", name="Turns", exact=True).click()
    page.get_by_role("button", name="Add turn").click()
    page.get_by_label("Text of turn 3").fill("And then?")
    page.get_by_role("button", name="Instruction and output").click()
    expect(page.locator(".banner.boxed")).to_contain_text("It stays as turns")
    expect(page.get_by_label("Text of turn 3")).to_have_value("And then?")


def test_moved_turns_keep_their_labels_and_tags(page_of: PageOf, dataset: Dataset, cast: Cast) -> None:
    example = make_example(dataset, author=cast.annotator)
    example.turns[1]["tag"] = "gpt-4"
    example.save()
    page = page_of(cast.annotator)
    page.goto(f"{edit_url(example)}?shape=turns")
    page.get_by_label("Text of turn 2").click()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.get_by_label("Text of turn 1")).to_have_value(ANSWER)
    is_saved(page)
    page.get_by_label("Text of turn 1").click()
    page.keyboard.press("Alt+ArrowDown")
    page.get_by_label("Text of turn 2").fill("Steam.")
    is_saved(page)
    page.keyboard.press("Control+Enter")
    expect(page).to_have_url(re.compile(r"/e/[^/]+/$"))
    example.refresh_from_db()
    assert [(turn.role, turn.content, turn.tag) for turn in example.conversation.turns] == [
        ("user", QUESTION, ""),
        ("assistant", "Steam.", "gpt-4"),
    ]


def test_a_text_that_is_not_ready_says_so_where_the_focus_goes(
    page_of: PageOf, draft: Example, cast: Cast, complaints: Complaints
) -> None:
    page = page_of(cast.annotator)
    page.goto(edit_url(draft))
    instruction(page).fill(QUESTION)
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-problem]")).to_be_focused()
    expect(page.get_by_label("Output")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Output")).to_have_accessible_description(re.compile("Turn 2 .* is empty"))
    expect(instruction(page)).to_have_value(QUESTION)
    complaints.clear()  # the browser counts every 422 as an error


def test_two_windows_meet_on_the_conflict_page(
    page_of: PageOf, draft: Example, cast: Cast, complaints: Complaints
) -> None:
    first, second = page_of(cast.annotator), page_of(cast.annotator)
    for page in (first, second):
        page.goto(edit_url(draft))
    instruction(first).fill("Written in the first")
    is_saved(first)
    instruction(second).fill("Written in the second")
    expect(second.get_by_role("heading", level=1)).to_have_text("Two texts, one example")
    expect(second.locator("body")).to_contain_text("Another window of yours saved this draft")
    assert kept(draft)[0] == "Written in the first"
    second.get_by_role("button", name="Merge by hand").click()
    expect(second.get_by_role("region", name="The other text, to merge from")).to_contain_text(
        "Written in the first"
    )
    instruction(second).fill("Written in both")
    is_saved(second)
    assert kept(draft)[0] == "Written in both"
    complaints.clear()


def test_an_edit_by_somebody_else_is_shown_and_mine_goes_on_top(
    page_of: PageOf, dataset: Dataset, cast: Cast, complaints: Complaints
) -> None:
    example = make_example(dataset, author=cast.annotator)
    page = page_of(cast.annotator)
    page.goto(edit_url(example))
    page.get_by_label("Output").fill("Mine.")
    example_submit(example=example, conversation=conversation(answer="Theirs."), based_on=1, by=cast.manager)
    page.keyboard.press("Control+Enter")
    expect(page.locator("main")).to_contain_text("saved revision 2")
    page.get_by_role("button", name="Keep mine, as revision 3").click()
    expect(page).to_have_url(re.compile(r"/e/[^/]+/$"))
    example.refresh_from_db()
    assert (example.revision, example.turns[1]["content"]) == (3, "Mine.")
    complaints.clear()


def test_a_draft_is_thrown_away_after_a_question(page_of: PageOf, draft: Example, cast: Cast) -> None:
    page = page_of(cast.annotator)
    page.goto(edit_url(draft))
    instruction(page).fill("Not wanted")
    is_saved(page)
    page.get_by_role("button", name="Discard draft").click()
    expect(page.get_by_role("button", name="Cancel")).to_be_focused()
    page.get_by_role("button", name="Throw it away").click()
    expect(page.locator("[data-toast]")).to_contain_text("The draft is thrown away.")
    assert not Example.objects.exists()


def test_everything_works_without_javascript(page_of: PageOf, draft: Example, cast: Cast) -> None:
    page = page_of(cast.annotator, java_script_enabled=False)
    page.goto(f"{edit_url(draft)}?shape=turns")
    page.get_by_label("Text of turn 1").fill(QUESTION)
    page.get_by_role("button", name="Add turn").click()
    page.get_by_label("Text of turn 2").fill("And once more?")
    page.get_by_label("Text of turn 3").fill(ANSWER)
    page.get_by_role("button", name="Remove").nth(1).click()
    page.get_by_label("Role of turn 2").select_option("assistant")
    page.get_by_role("button", name="Submit and next").click()
    done = Example.objects.get(state=Example.State.SUBMITTED)
    assert [(turn.role, turn.content) for turn in done.conversation.turns] == [
        ("user", QUESTION),
        ("assistant", ANSWER),
    ]


def test_the_desk_fits_a_telephone(page_of: PageOf, draft: Example, cast: Cast) -> None:
    page = page_of(cast.annotator, viewport={"width": 360, "height": 720})
    page.goto(f"{edit_url(draft)}?shape=turns")
    assert page.evaluate("document.documentElement.scrollWidth") == 360
