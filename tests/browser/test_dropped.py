"""Examples by reason and duplicates in a real browser: picked, kept and taken back by keys."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from annotate.models import Dataset, Example
from review.models import DuplicateCluster, Measurement, Ruling
from tests.cast import Cast, conversation, make_example
from tests.review.clusters import clustered
from tests.review.scene import imported, measure

PageOf = Callable[..., Page]


def kept() -> list[int]:
    return list(Measurement.objects.filter(ruling=1).order_by("pk").values_list("pk", flat=True))


def test_examples_are_picked_kept_and_given_back_by_keys(
    page_of: PageOf, cast: Cast, dataset: Dataset, live_server: Any
) -> None:
    imported(dataset, 5)
    rows = list(Example.objects.order_by("pk"))
    measure(rows, tokens=3)
    page = page_of(cast.manager)
    page.goto("/p/kitchen/d/baking/")
    page.get_by_role("row", name="Length").get_by_role("link", name="5").click()
    page.wait_for_url("**/dropped/?by=length")
    for key in "jxjjx":
        page.keyboard.press(key)
    expect(page.locator("[data-pick-count]")).to_have_text("2 picked")
    page.keyboard.press("a")  # refused by the browser: nobody said why
    expect(page.locator('[name="note"]')).to_be_focused()
    page.keyboard.type("Axioms are short.")  # its letters are no keys here
    expect(page.locator("[data-pick-count]")).to_have_text("2 picked")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Kept: 2 examples. “Axioms are short.”")).to_be_visible()
    assert kept() == [rows[0].pk, rows[2].pk]
    page.keyboard.press("u")
    expect(page.get_by_text("Taken back: 2 examples are as before.")).to_be_visible()
    assert kept() == []


def test_a_stretch_is_picked_with_shift_and_all_pages_at_once(
    page_of: PageOf, cast: Cast, dataset: Dataset, live_server: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr("review.queries.reasons.PAGE_SIZE", 4)
    imported(dataset, 6)
    measure(Example.objects.all(), tokens=3)
    page = page_of(cast.manager)
    page.goto("/p/kitchen/d/baking/dropped/?by=length")
    boxes = page.locator('[name="example"]')
    boxes.nth(3).click()
    boxes.nth(1).click(modifiers=["Shift"])
    expect(page.locator("[data-pick-count]")).to_have_text("3 picked")
    boxes.nth(0).click()
    expect(page.locator("[data-pick-page]")).to_be_checked()
    page.locator("[data-pick-page]").uncheck()
    page.locator('[name="note"]').fill("All of them.")
    page.get_by_role("button", name="Keep anyway").click()
    expect(page.locator("[data-pick-count]")).to_have_text("Pick at least one example")
    page.get_by_label("All 6, on every page").check()
    expect(boxes.nth(0)).to_be_disabled()
    page.get_by_role("button", name="Keep anyway").click()
    expect(page.get_by_text("Kept: 6 examples.")).to_be_visible()
    expect(page.get_by_role("heading", name="This limit finds nothing")).to_be_visible()


def test_duplicates_are_walked_and_decided_by_keys(
    page_of: PageOf, cast: Cast, dataset: Dataset, live_server: Any
) -> None:
    made = [
        clustered([make_example(dataset, text=conversation(f"Number {size}?")) for _ in range(size)])
        for size in (4, 3)
    ]
    page = page_of(cast.manager)
    page.goto("/p/kitchen/duplicates/")
    page.keyboard.press("j")
    page.wait_for_url(f"**cluster={made[1].pk}")
    page.keyboard.press("c")  # nothing is before the reader yet
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("c")
    expect(page.get_by_text("This one is kept now")).to_be_visible()
    last = made[1].members.order_by("pk").last()
    assert last is not None
    assert DuplicateCluster.objects.get(pk=made[1].pk).keeper == last.example
    page.keyboard.press("n")
    page.keyboard.type("All are fine.")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Kept: 3 examples.")).to_be_visible()
    page.keyboard.press("d")
    expect(page.get_by_text("Left to the limits: 3 examples.")).to_be_visible()
    assert Ruling.objects.count() == 2
    page.keyboard.press("k")
    page.wait_for_url(f"**cluster={made[0].pk}")
