"""The policy page in a real browser: a slider moves the mark and previews; nothing is kept before it is saved."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from annotate.models import Dataset, Example
from review.models import PolicyVersion
from review.queries.policies import policy_of
from tests.browser.conftest import Complaints
from tests.cast import Cast
from tests.review.scene import imported, measure

PAGE = "/p/kitchen/policy/"
PageOf = Callable[..., Page]


@pytest.fixture
def spread(dataset: Dataset, live_server: Any) -> Dataset:
    """Six examples of 100 to 600 tokens."""
    imported(dataset, 6)
    for number, example in enumerate(Example.objects.order_by("pk"), start=1):
        measure([example], tokens=100 * number)
    return dataset


def test_a_slider_previews_and_ctrl_enter_saves(page_of: PageOf, cast: Cast, spread: Dataset) -> None:
    page = page_of(cast.manager)
    page.goto(PAGE)
    slider, field = page.get_by_role("slider", name="Length, upper bound"), page.locator("#id_length-maximum")
    length = page.get_by_role("group", name="Length", exact=True)
    mark = length.locator('[data-mark="maximum"]')
    before = mark.get_attribute("x1")
    slider.focus()
    for _ in range(20):
        slider.press("ArrowLeft")
    expect(field).to_have_value("400")
    assert mark.get_attribute("x1") != before
    expect(page.locator("#moved")).to_have_text("6 → 4 kept")
    expect(page.locator("#preview")).to_contain_text("2 no longer kept")
    expect(slider).to_be_focused()
    expect(slider).to_have_attribute("aria-valuetext", "400")
    assert not PolicyVersion.objects.exists()

    field.fill("250")
    expect(page.locator("#moved")).to_have_text("6 → 2 kept")
    length.get_by_label("On").uncheck()
    expect(page.locator("#moved")).to_have_text("6 kept, as now")
    slider.press("ArrowRight")
    expect(length.get_by_label("On")).to_be_checked()
    expect(field).to_have_value("280")

    page.get_by_label("Values of", exact=True).select_option("baking")
    expect(page.locator("#id_dataset")).to_have_value("baking")
    expect(field).to_have_value("280")
    page.get_by_placeholder("What this version is for").fill("Shorter.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("Saved as version 2.")).to_be_visible()
    limit = policy_of(spread.project)[1].limit("length")
    assert limit
    assert (limit.minimum, limit.maximum) == (50, 280)
    assert PolicyVersion.objects.get(version=2).note == "Shorter."


def test_bounds_do_not_cross_and_what_is_wrong_is_said(
    page_of: PageOf, cast: Cast, spread: Dataset, complaints: Complaints
) -> None:
    page = page_of(cast.manager)
    page.goto(PAGE)
    page.get_by_role("slider", name="Length, upper bound").press("Home")
    expect(page.locator("#id_length-maximum")).to_have_value("50")
    page.get_by_role("slider", name="Length, lower bound").press("End")
    expect(page.locator("#id_length-maximum")).to_have_value("4500")
    page.locator("#id_length-maximum").fill("10")
    expect(page.locator("#preview")).to_contain_text("The lower bound is over the upper one.")
    expect(page.locator("#moved")).to_have_text("Mend what is marked first")
    assert ["422" in words for words in complaints] == [True]
    complaints.clear()


@pytest.mark.parametrize("role", ["manager", "reviewer"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_is_wider_than_a_telephone(
    page_of: PageOf, cast: Cast, spread: Dataset, role: str, scheme: str
) -> None:
    page = page_of(cast[role], viewport={"width": 360, "height": 740}, color_scheme=scheme)
    for address in (PAGE, f"{PAGE}versions/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, address


def test_without_javascript_a_button_previews(page_of: PageOf, cast: Cast, spread: Dataset) -> None:
    page = page_of(cast.manager, java_script_enabled=False)
    page.goto(PAGE)
    page.locator("#id_length-maximum").fill("250")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#moved")).to_have_text("6 → 2 kept")
    page.get_by_role("button", name="Save as version 2").click()
    expect(page.get_by_text("Saved as version 2.")).to_be_visible()
