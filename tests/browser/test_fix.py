"""Fix and accept, reject, mend: two people in a real browser, and what leaves in the release in the end."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from annotate.models import Dataset, Example, Project
from review.http import item_code
from review.models import Label, QueueItem
from review.queries.policies import policy_of
from review.queries.releases import RELEASED, with_standing
from tests.cast import Cast
from tests.review.scene import measure, queue_of, sampled

PageOf = Callable[..., Page]
STREAM = "/p/kitchen/review/"


@pytest.fixture
def items(dataset: Dataset, cast: Cast, live_server: object) -> list[QueueItem]:
    """Four examples of the annotator's in the order in which they are handed out."""
    items = queue_of(sampled(dataset, 4))
    Example.objects.update(author=cast.annotator, edited_by=cast.annotator)
    return items


def without_checks(page: Page) -> Page:
    """Answer the checks of what is typed at once: they are not what this is about."""
    page.route("**/check/**", lambda route: route.fulfill(body="<p></p>"))
    return page


def shows(page: Page, item: QueueItem) -> None:
    expect(page.locator("#decision")).to_have_attribute("action", re.compile(f"/{item_code(item)}/label/$"))


def add_words(page: Page, words: str) -> None:
    """Write at the end of the answer, which has the cursor."""
    expect(page.locator("form[data-beside]")).to_be_visible()
    page.keyboard.press("Control+End")
    page.keyboard.type(words)


def test_what_is_fixed_and_what_is_mended_is_released_and_not_what_was_bad(
    page_of: PageOf, cast: Cast, items: list[QueueItem], dataset: Dataset, project: Project
) -> None:
    good, fixed, mended, last = items
    page = without_checks(page_of(cast.reviewer))
    page.goto(STREAM)
    shows(page, good)
    page.keyboard.press("a")
    shows(page, fixed)

    # The editor stands in the place of the example; what was typed is there again after a look at it.
    page.keyboard.press("e")
    add_words(page, " Fixed by a reviewer.")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator("#decision")).to_be_visible()
    page.keyboard.press("e")
    expect(page.locator("#fix [name=turn_content]").last).to_have_value(re.compile("Fixed by a reviewer"))
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-why]")).to_contain_text("Why is it bad?")
    page.keyboard.press("1")
    shows(page, mended)

    page.keyboard.press("r")
    expect(page.locator("#reject textarea")).to_be_focused()
    page.keyboard.type("Name the gas.")
    page.keyboard.press("Escape")
    page.keyboard.press("2")
    page.keyboard.press("Control+Enter")
    shows(page, last)
    page.keyboard.press("x")
    page.keyboard.press("3")
    expect(page.locator("[data-empty]")).to_be_visible()
    expect(page.locator('.bar .state[data-state="saving"]')).to_have_count(0)
    assert [label.verdict for label in Label.objects.order_by("pk")] == ["good", "bad", "good", "bad", "bad"]
    assert [label.seconds is not None for label in Label.objects.filter(verdict="bad")] == [True] * 3

    author = without_checks(page_of(cast.annotator))
    author.goto("/p/kitchen/write/")
    author.get_by_role("link", name="Name the gas.").click()
    expect(author.locator("#main")).to_contain_text("Returned to you")
    box = author.locator("[name=turn_content]").last
    box.fill(f"{box.input_value()} It is carbon dioxide.")
    author.get_by_role("button", name="Submit and next").click()
    expect(author.locator("#main")).not_to_contain_text("Returned to you")

    page.get_by_role("link", name="Look again").click()
    page.locator("[data-mended]").wait_for()
    expect(page.locator("[data-mended] ins")).to_contain_text("It is carbon dioxide.")
    page.keyboard.press("a")
    expect(page.locator("[data-empty]")).to_be_visible()

    author.goto("/p/kitchen/write/")
    expect(author.locator("#desk")).to_contain_text("returned, accepted")
    expect(author.locator("#desk")).to_contain_text("fixed, accepted")

    measure(Example.objects.all())  # as the next screening does
    released = with_standing([dataset], policy_of(project)[1]).filter(standing=RELEASED)
    texts = {example.pk: example.conversation.text() for example in released}
    assert set(texts) == {good.example_id, fixed.example_id, mended.example_id}
    assert texts[fixed.example_id].endswith("Fixed by a reviewer.")
    assert texts[mended.example_id].endswith("It is carbon dioxide.")
