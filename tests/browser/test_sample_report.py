"""The report of a sample in a real browser: its plots are there by day, by night and on paper, and lead somewhere."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from annotate.models import Dataset, Example
from review.models import ReviewRules, Sample
from review.services.labels import label_add
from review.services.samples import sample_draw
from tests.cast import Cast
from tests.review.scene import imported, measure, queue_of

DAY, NIGHT = "29,32,36,255", "231,232,234,255"
# Whether the plot is soon painted in an ink and not in the other; asked frame by frame, as it is drawn in one of them.
PAINTED = """async ([wanted, other]) => {
  for (let frame = 0; frame < 300; frame += 1) {
    const canvas = document.querySelector("#growth canvas");
    const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
    const found = { [wanted]: 0, [other]: 0 };
    for (let at = 0; at < data.length; at += 4) found[data.slice(at, at + 4)] += 1;
    if (found[wanted] > 100 && !found[other]) return true;
    await new Promise(requestAnimationFrame);
  }
  return false;
}"""


@pytest.fixture
def reviewed(dataset: Dataset, cast: Cast, live_server: Any) -> Sample:
    """Twelve of sixteen sampled ones are reviewed, two of them bad."""
    ReviewRules.objects.create(project=dataset.project, overlap=0.0, rate=0.01, minimum=16)
    source = imported(dataset, 40)
    every = Example.objects.filter(source_import=source)
    measure(every.filter(line_number__lte=20), language="de")
    measure(every.filter(line_number__gt=20), language="en")
    sample = sample_draw(dataset=dataset, source_import=source, by=None)
    for number, seat in enumerate(queue_of(sample)[:12]):
        said = {"verdict": "bad", "reasons": ["unsafe"]} if number in (2, 7) else {"verdict": "good"}
        label_add(item=seat, by=cast.reviewer, revision=1, **said)
    return sample


def test_the_plots_are_drawn_and_lead_to_examples(
    page_of: Callable[..., Page], cast: Cast, reviewed: Sample
) -> None:
    page = page_of(cast.manager, color_scheme="light")
    page.goto("/p/kitchen/d/baking/")
    page.get_by_role("link", name="Sample report").click()
    expect(page.get_by_text("2 of 12 reviewed are bad: 16.7 %")).to_be_visible()
    assert page.evaluate(PAINTED, [DAY, NIGHT])
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(PAINTED, [NIGHT, DAY])
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.evaluate(PAINTED, [DAY, NIGHT])
    page.locator("#growth .u-over").hover(position={"x": 4, "y": 60})
    expect(page.locator("[data-readout]")).to_contain_text("After 1 reviewed: 0.0 % bad")
    assert page.locator("#verdict svg.track .limit").count() == 3
    page.get_by_role("row", name="unsafe").get_by_role("link", name="2", exact=True).click()
    page.wait_for_url("**/items/?outcome=bad&reason=unsafe")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.go_back()
    page.get_by_role("button", name="Draw more").click()
    page.get_by_label("How many more").fill("5")
    page.get_by_role("button", name="Draw them").click()
    expect(page.get_by_role("heading", name="21 sampled")).to_be_visible()
    page.set_viewport_size({"width": 360, "height": 800})
    page.wait_for_function("document.documentElement.scrollWidth <= 360")  # once the plot is drawn anew
