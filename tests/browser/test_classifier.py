"""The classifier's page in a real browser: trained by a button, activated, and its limit moved with a preview."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from annotate.models import Dataset
from jobs.models import Job
from review.models import PolicyVersion
from tests.cast import Cast
from tests.review.scene import done
from tests.review.test_classifiers import many

__all__ = ["many"]

PAINTED = """() => [...document.querySelectorAll(".canvas canvas")].map((canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.some((value) => value > 0);
})"""


def test_a_manager_trains_activates_and_sets_a_limit_by_its_preview(
    page_of: Callable[..., Page], cast: Cast, many: Dataset, live_server: Any
) -> None:
    page = page_of(cast.manager)
    page.goto("/p/kitchen/classifier/")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_text("Training on 60 labels")).to_be_visible()
    done(Job.objects.get(kind="train-classifier"))
    # The page hears that the job is over, and shows the version without being loaded again.
    page.locator("#version").get_by_role("button", name="Activate version 1").click()
    done(Job.objects.get(kind="score-quality"))
    limit = page.locator("#limit")
    expect(limit.get_by_text("70 scored")).to_be_visible()
    assert page.evaluate(PAINTED) == [True, True]
    page.locator("#reliability .u-over").hover()
    expect(page.locator("#reliability [data-readout]")).to_contain_text("predicted")
    slider, least = page.get_by_role("slider", name="Least score that is kept"), page.get_by_label("At least")
    slider.fill("0")
    expect(limit.locator("[data-said='0']")).to_have_text("70")
    slider.focus()
    page.keyboard.press("ArrowRight")
    expect(least).to_have_value("0.01")
    least.fill("0.5")
    expect(slider).to_have_value("50")
    expect(limit.locator("[data-said='3']")).to_have_text("100 %")
    page.get_by_role("button", name="Set this limit").click()
    expect(limit.get_by_text("at least 0.5", exact=True)).to_be_visible()
    assert PolicyVersion.objects.latest("version").note == "Quality classifier at least 0.5"
    limit.get_by_text("As a table").click()
    page.get_by_role("button", name="Set 0.25").click()
    expect(limit.get_by_text("at least 0.25", exact=True)).to_be_visible()
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
