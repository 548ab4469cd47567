"""The review stream in a real browser: keys, mouse, touch, no JavaScript, no connection."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from annotate.models import Dataset
from annotate.services.examples import example_submit
from review.http import item_code
from review.models import Label, QueueItem, Sample, Skip
from tests.browser.conftest import Complaints
from tests.cast import Cast, conversation
from tests.review.scene import queue_of, sampled

STREAM = "/p/kitchen/review/"
PageOf = Callable[..., Page]


@pytest.fixture
def items(dataset: Dataset, cast: Cast, live_server: Any) -> list[QueueItem]:
    """Six examples in the order in which they are handed out."""
    return queue_of(sampled(dataset, 6))


def shows(page: Page, item: QueueItem) -> None:
    """Wait until an example is before the reviewer."""
    expect(page.locator("#decision")).to_have_attribute(
        "action", re.compile(f"/item/{item_code(item)}/label/$")
    )


def says(page: Page, words: str) -> None:
    """Wait until a screen reader has been told."""
    expect(page.locator("[data-announce]")).to_have_text(words)


def saved(page: Page) -> None:
    """Wait until nothing is on its way to the server any more."""
    expect(page.locator('.bar .state[data-state="saving"]')).to_have_count(0)


def labels() -> list[tuple[str, list[str]]]:
    return [(label.verdict, label.reasons) for label in Label.objects.order_by("pk")]


def test_a_reviewer_decides_by_keys_alone(page_of: PageOf, cast: Cast, items: list[QueueItem]) -> None:
    page = page_of(cast.reviewer)
    page.goto(STREAM)
    shows(page, items[0])  # taken without a press
    page.keyboard.press("a")
    shows(page, items[1])
    says(page, "Saved as good.")
    page.keyboard.press("x")
    expect(page.locator("#reasons")).to_have_attribute("data-mode-on", "")
    page.keyboard.press("1")
    shows(page, items[2])
    says(page, "Saved as bad: incorrect.")
    page.keyboard.press("x")
    page.keyboard.press("Shift+Digit2")
    page.keyboard.press("Shift+Digit6")
    page.keyboard.press("Enter")
    shows(page, items[3])
    page.keyboard.press("s")
    page.keyboard.press("2")
    shows(page, items[4])
    page.keyboard.press("a")
    shows(page, items[5])
    page.keyboard.press("u")
    shows(page, items[4])
    says(page, "Undone: decide again.")
    assert labels() == [
        ("good", []), ("bad", ["incorrect"]), ("bad", ["incomplete", "unsafe"]), ("good", []), ("undone", []),
    ]  # fmt: skip
    skip = Skip.objects.get()
    assert (skip.item, skip.reason) == (items[3], "A language I do not read well enough")


def test_the_focus_follows_the_example_and_the_page_goes_back_up(
    page_of: PageOf, cast: Cast, items: list[QueueItem]
) -> None:
    page = page_of(cast.reviewer, viewport={"width": 1000, "height": 320})
    page.goto(STREAM)
    shows(page, items[0])
    assert page.evaluate("scrollTo(0, 400), scrollY") > 0
    page.keyboard.press("a")
    shows(page, items[1])
    expect(page.locator(".turn").first).to_be_focused()
    saved(page)
    assert page.evaluate("scrollY") == 0


def test_a_key_that_is_held_decides_once(page_of: PageOf, cast: Cast, items: list[QueueItem]) -> None:
    page = page_of(cast.reviewer)
    page.goto(STREAM)
    shows(page, items[0])
    page.keyboard.down("a")
    shows(page, items[1])
    for _ in range(5):
        page.keyboard.down("a")
    page.keyboard.up("a")
    page.keyboard.press("s")
    page.keyboard.press("s")
    shows(page, items[2])
    saved(page)
    assert labels() == [("good", [])]


def test_two_presses_on_one_example_are_one_decision(
    page_of: PageOf, cast: Cast, items: list[QueueItem]
) -> None:
    page = page_of(cast.reviewer)
    page.goto(STREAM)
    shows(page, items[0])
    page.evaluate("""() => {
        const good = document.querySelector('[data-key="a"]');
        good.click();
        good.click();
    }""")
    shows(page, items[1])
    saved(page)
    assert labels() == [("good", [])]


def test_the_next_example_is_there_before_the_server_has_answered(
    page_of: PageOf, cast: Cast, items: list[QueueItem]
) -> None:
    page = page_of(cast.reviewer)
    page.goto(STREAM)
    shows(page, items[0])
    on_their_way: list[Route] = []

    def hold(route: Route) -> None:
        on_their_way.append(route)
        if len(on_their_way) > 1:
            route.continue_()

    page.route("**/label/", hold)
    page.keyboard.press("a")
    shows(page, items[1])
    expect(page.locator(".bar .state")).to_have_text("Saving…")
    page.locator("#note").fill("typed meanwhile")
    page.keyboard.press("Escape")
    page.keyboard.press("x")
    page.keyboard.press("7")  # waits for the first
    assert len(on_their_way) == 1
    on_their_way[0].continue_()
    shows(page, items[2])
    saved(page)
    assert labels() == [("good", []), ("bad", ["duplicate"])]
    assert Label.objects.latest("pk").note == "typed meanwhile"


def test_leaving_at_once_saves_the_decision_all_the_same(
    page_of: PageOf, cast: Cast, items: list[QueueItem]
) -> None:
    page = page_of(cast.reviewer)
    page.goto(STREAM)
    shows(page, items[0])
    page.keyboard.press("a")
    page.goto("/p/kitchen/")
    page.goto(STREAM)
    shows(page, items[1])
    assert labels() == [("good", [])]


def test_typing_a_note_presses_no_key(page_of: PageOf, cast: Cast, items: list[QueueItem]) -> None:
    page = page_of(cast.reviewer)
    page.goto(STREAM)
    shows(page, items[0])
    page.locator("#note").click()
    page.keyboard.type("axsu 123?")
    expect(page.locator("#note")).to_have_value("axsu 123?")
    expect(page.locator("dialog")).to_have_count(0)
    page.keyboard.press("Escape")
    page.keyboard.press("x")
    page.keyboard.press("5")
    shows(page, items[1])
    saved(page)
    label = Label.objects.get()
    assert (label.reasons, label.note) == (["format_or_style"], "axsu 123?")


def test_ctrl_enter_in_the_note_saves_the_picked_reason(
    page_of: PageOf, cast: Cast, items: list[QueueItem]
) -> None:
    page = page_of(cast.reviewer)
    page.goto(STREAM)
    shows(page, items[0])
    page.keyboard.press("x")
    page.keyboard.press("Shift+Digit8")
    page.keyboard.press("Enter")  # asks for the note instead of saving
    expect(page.locator("#note")).to_be_focused()
    page.keyboard.type("It is an advertisement.")
    page.keyboard.press("Control+Enter")
    shows(page, items[1])
    saved(page)
    assert (Label.objects.get().reasons, Label.objects.get().note) == (["other"], "It is an advertisement.")


def test_a_lease_that_runs_out_says_so(page_of: PageOf, cast: Cast, items: list[QueueItem]) -> None:
    page = page_of(cast.reviewer)
    page.clock.install()
    page.goto(STREAM)
    shows(page, items[0])
    page.clock.fast_forward("21:00")
    expect(page.locator("[data-lease]")).to_contain_text("Your time is over")


def test_enter_on_a_reason_saves_it_as_bad_and_never_as_good(
    page_of: PageOf, cast: Cast, items: list[QueueItem]
) -> None:
    page = page_of(cast.reviewer)
    page.goto(STREAM)
    shows(page, items[0])
    page.locator('#reasons [value="unsafe"]').focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Now the reason")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator('#reasons [value="unsafe"]').focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    shows(page, items[1])
    saved(page)
    assert labels() == [("bad", ["unsafe"])]


def test_by_mouse_bad_asks_for_the_reason_and_one_press_saves_it(
    page_of: PageOf, cast: Cast, items: list[QueueItem]
) -> None:
    page = page_of(cast.reviewer)
    page.goto(STREAM)
    shows(page, items[0])
    page.get_by_role("button", name="Bad").click()
    expect(page.get_by_text("Now the reason")).to_be_visible()
    page.locator("#reasons label", has_text="duplicate").click()
    shows(page, items[1])
    for reason in ("incorrect", "unsafe"):
        page.locator("#reasons label", has_text=reason).click()
    page.get_by_role("button", name="Bad").click()
    shows(page, items[2])
    saved(page)
    assert labels() == [("bad", ["duplicate"]), ("bad", ["incorrect", "unsafe"])]


def test_without_a_connection_the_choice_stays_and_can_be_sent_again(
    page_of: PageOf, cast: Cast, items: list[QueueItem], complaints: Complaints
) -> None:
    page = page_of(cast.reviewer)
    page.goto(STREAM)
    shows(page, items[0])
    page.locator("#note").fill("Wrong sum.")
    page.context.set_offline(True)
    page.keyboard.press("Escape")
    page.keyboard.press("x")
    page.keyboard.press("1")
    expect(page.get_by_role("alert").filter(has_text="Not saved: no connection")).to_be_visible()
    expect(page.locator(".bar .state")).to_contain_text("Not saved")
    expect(page.locator(".toast")).to_have_count(0)
    shows(page, items[0])
    page.context.set_offline(False)
    page.get_by_role("button", name="Try again").click()
    shows(page, items[1])
    saved(page)
    label = Label.objects.get()
    assert (label.item, label.verdict, label.reasons, label.note) == (
        items[0],
        "bad",
        ["incorrect"],
        "Wrong sum.",
    )
    complaints.clear()  # the browser's own line about the connection


def test_who_was_signed_out_finds_the_choice_again(
    page_of: PageOf, cast: Cast, items: list[QueueItem]
) -> None:
    page = page_of(cast.reviewer)
    page.goto(STREAM)
    shows(page, items[0])
    cookies = page.context.cookies()
    page.context.clear_cookies(name=re.compile("session"))
    page.locator("#note").fill("Wrong sum.")
    page.keyboard.press("Escape")
    page.keyboard.press("x")
    page.keyboard.press("2")
    expect(page.get_by_role("alert").filter(has_text="you are signed out")).to_be_visible()
    page.context.add_cookies(cookies)  # type: ignore[arg-type]
    page.on("dialog", lambda dialog: dialog.accept())
    page.reload()
    expect(page.get_by_role("alert").filter(has_text="was not saved before")).to_be_visible()
    expect(page.locator("#note")).to_have_value("Wrong sum.")
    page.get_by_role("button", name="Try again").click()
    shows(page, items[1])
    saved(page)
    assert labels() == [("bad", ["incomplete"])]


def test_a_text_that_changed_under_the_reviewer_is_read_out_and_the_choice_kept(
    page_of: PageOf, cast: Cast, items: list[QueueItem], complaints: Complaints
) -> None:
    page = page_of(cast.reviewer)
    page.goto(STREAM)
    shows(page, items[0])
    example_submit(
        example=items[0].example,
        conversation=conversation(answer="Another answer."),
        based_on=1,
        by=cast.annotator,
    )
    page.keyboard.press("x")
    page.keyboard.press("3")
    expect(page.get_by_role("alert").filter(has_text="at revision 2 now")).to_be_focused()
    expect(page.get_by_text("Another answer.")).to_be_visible()
    expect(page.locator('[value="ignores_instruction"]')).to_be_checked()
    page.keyboard.press("x")
    page.keyboard.press("Enter")
    shows(page, items[1])
    saved(page)
    assert Label.objects.get().revision == 2
    complaints.clear()  # the browser's own line about status 409


def test_an_example_that_went_to_somebody_else_leads_on_to_the_next(
    page_of: PageOf, cast: Cast, items: list[QueueItem], complaints: Complaints
) -> None:
    page = page_of(cast.reviewer)
    page.goto(STREAM)
    shows(page, items[0])
    QueueItem.objects.filter(pk=items[0].pk).update(claimed_by=cast.manager)
    page.keyboard.press("a")
    expect(page.get_by_role("alert").filter(has_text="somebody else has it")).to_be_visible()
    page.get_by_role("button", name="Next example").click()
    shows(page, items[1])
    saved(page)
    assert labels() == []
    complaints.clear()  # the browser's own line about status 409


def test_the_whole_way_without_javascript(
    page_of: PageOf, cast: Cast, items: list[QueueItem], complaints: Complaints
) -> None:
    page = page_of(cast.reviewer, java_script_enabled=False)
    page.goto(STREAM)
    page.get_by_role("button", name="Start reviewing").click()
    shows(page, items[0])
    page.get_by_role("button", name="Bad").click()
    expect(page.get_by_text("pick at least one reason")).to_be_visible()
    page.locator("#reasons label", has_text="unsafe").click()
    page.get_by_role("button", name="Bad").click()
    shows(page, items[1])
    page.get_by_role("button", name="Good").click()
    shows(page, items[2])
    page.get_by_role("button", name="Undo").click()
    shows(page, items[1])
    page.get_by_role("button", name="Skip").click()
    shows(page, items[2])
    saved(page)
    assert labels() == [("bad", ["unsafe"]), ("good", []), ("undone", [])]
    complaints.clear()  # the browser's own line about status 422


def test_at_the_end_the_queue_says_so_and_undo_still_works(
    page_of: PageOf, cast: Cast, items: list[QueueItem]
) -> None:
    page = page_of(cast.reviewer)
    page.goto(STREAM)
    for item in items:
        shows(page, item)
        page.keyboard.press("a")
    expect(page.get_by_role("heading", name="All reviewed")).to_be_visible()
    page.keyboard.press("u")
    shows(page, items[-1])
    # Answers bring no tabs and no progress; those of the page stay.
    ways = page.get_by_role("navigation", name="Review", exact=True).get_by_role("link")
    expect(ways).to_have_text(["Stream", "Adjudication", "Second look", "How I review"])
    expect(page.locator(".bar [data-progress]")).to_be_visible()


def test_on_a_small_screen_the_buttons_are_at_hand_and_big_enough(
    page_of: PageOf, cast: Cast, items: list[QueueItem]
) -> None:
    page = page_of(cast.reviewer, viewport={"width": 360, "height": 640}, has_touch=True)
    page.goto(STREAM)
    shows(page, items[0])
    for name in ("Good", "Bad", "Skip"):
        button = page.get_by_role("button", name=name)
        expect(button).to_be_in_viewport(ratio=1)
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 44, name
        assert box["width"] >= 44, name
    assert page.evaluate("document.documentElement.scrollWidth") == 360
    page.get_by_role("button", name="Bad").tap()
    choice = page.locator("#reasons label", has_text="incorrect")
    expect(choice).to_be_in_viewport(ratio=1)
    choice.tap()
    shows(page, items[1])


def test_turns_of_a_long_conversation_are_reached_by_keys(
    page_of: PageOf, cast: Cast, dataset: Dataset, sample_of_chat: Sample
) -> None:
    page = page_of(cast.reviewer)
    page.goto(STREAM)
    expect(page.locator(".turn").first).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".turn").nth(2)).to_be_focused()
    page.keyboard.press("k")
    expect(page.locator(".turn").nth(1)).to_be_focused()


@pytest.fixture
def sample_of_chat(dataset: Dataset, cast: Cast, live_server: Any) -> Sample:
    sample = sampled(dataset, 1)
    example = sample.items.get().example
    turns = [
        {"role": ("user", "assistant")[place % 2], "content": f"Turn {place}. " * 40} for place in range(6)
    ]
    type(example).objects.filter(pk=example.pk).update(turns=turns)
    return sample
