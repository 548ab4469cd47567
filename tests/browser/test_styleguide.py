"""The style guide in a real browser: narrow screens, themes, messages, dialogs, files; without server or database."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from config.styleguide import PAGES
from tests.browser.site import Site, open_page, site

__all__ = ["open_page", "site"]


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_page_fits_its_window(open_page: Callable[..., Page], name: str, width: int) -> None:
    page = open_page(name, viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("[style]").count() == 0


def test_theme_is_kept_and_comes_before_the_page_is_painted(open_page: Callable[..., Page]) -> None:
    page = open_page("review", color_scheme="light")
    page.get_by_role("button", name="menu").click()
    page.get_by_role("button", name="Dark").click()
    page.add_init_script(
        "new MutationObserver(() => { window.early ??= document.body && document.documentElement.dataset.theme })"
        ".observe(document, { childList: true, subtree: true })"
    )
    page.reload()
    assert page.evaluate("window.early") == "dark"
    assert page.evaluate("getComputedStyle(document.body).colorScheme") == "dark"


def test_a_message_is_shown_when_the_server_sends_one(open_page: Callable[..., Page]) -> None:
    page = open_page("review")
    detail = json.dumps({"text": "Labelled good.", "tone": "good", "url": "/undo", "action": "Undo"})
    page.evaluate(f"document.dispatchEvent(new CustomEvent('toast', {{ detail: {detail} }}))")
    toast = page.locator("#toasts .toast")
    expect(toast).to_contain_text("Labelled good. Undo")
    toast.get_by_role("button", name="Close").click()
    expect(toast).to_have_count(0)


def test_a_dialog_asks_before_it_sends(open_page: Callable[..., Page], site: Site) -> None:
    page = open_page("dataset")
    page.get_by_role("button", name="Accept dataset").click()
    dialog = page.get_by_role("dialog", name="Accept school-maths?")
    expect(dialog.get_by_role("button", name="Cancel")).to_be_focused()
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    page.get_by_role("button", name="Accept dataset").click()
    with page.expect_navigation():
        dialog.get_by_role("button", name="Accept dataset").click()
    assert site.posted[-1][0] == "/nowhere"


def test_drop_zone_names_the_file_and_refuses_another_kind(open_page: Callable[..., Page]) -> None:
    page = open_page("components")
    box, name = page.locator("#file-2"), page.locator("[data-file-name]")
    box.set_input_files({"name": "orders.jsonl", "mimeType": "text/plain", "buffer": b"x" * 2_500})
    expect(name).to_have_text("orders.jsonl, 2.5 kB")
    box.set_input_files({"name": "photo.png", "mimeType": "image/png", "buffer": b"x"})
    expect(name).to_contain_text("photo.png is not one of")
    assert box.evaluate("one => one.validity.customError")
