"""A project's own tokenizer, from the file to the count, by what the page shows."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from annotate.models import Project
from review.services.tokenizers import chosen_tokenizer
from tests.cast import Cast
from tests.review.test_tokenizers import tokenizer_json

pytestmark = pytest.mark.django_db(transaction=True)
PAGE = "/p/kitchen/tokenizers/"


def test_a_tokenizer_is_uploaded_and_chosen(
    page_of: Callable[..., Page], cast: Cast, project: Project
) -> None:
    page = page_of(cast.manager, viewport={"width": 360, "height": 800})
    page.goto(PAGE)
    expect(page.get_by_text("No tokenizer of your own yet")).to_be_visible()
    page.get_by_label("Name").fill("Words")
    page.locator("input[type=file]").set_input_files(
        {"name": "tokenizer.json", "mimeType": "application/json", "buffer": tokenizer_json()}
    )
    expect(page.locator("[data-file-name]")).to_contain_text("tokenizer.json, ")
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_text("Words can be chosen now.")).to_be_visible()
    page.get_by_label("Words tokenizer.json of").check()
    page.get_by_role("button", name="Use it").click()
    expect(page.get_by_text("counts now")).to_be_visible()
    assert len(chosen_tokenizer(project)) == 64
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
