"""The components in a real browser: keys, turns, autosave, themes and narrow screens, without server or database."""

import json
import mimetypes
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.test import RequestFactory
from django.utils.csp import build_policy
from playwright.sync_api import BrowserContext, Page, Route, expect

from config.styleguide import PAGES, styleguide

STATIC = Path(settings.STATICFILES_DIRS[0])
ADDRESS = "http://winnow.test"


class Site:
    """Answers the browser: the style guide, static files, and what a test says about anything posted."""

    def __init__(self) -> None:
        self.posted: list[tuple[str, list[tuple[str, str]]]] = []
        self.answers: dict[str, Callable[[Route], None]] = {}

    def answer(self, route: Route) -> None:
        address = urlsplit(route.request.url)
        if route.request.method == "POST":
            self.posted.append((address.path, fields(route)))
            self.answers.get(address.path, lambda r: r.fulfill(body="taken", content_type="text/html"))(route)
        elif address.path.startswith(settings.STATIC_URL):
            file = STATIC / address.path.removeprefix(settings.STATIC_URL)
            route.fulfill(path=file, content_type=mimetypes.guess_type(file)[0] or "text/plain")
        else:
            request = RequestFactory().get(address.path, parse_qs(address.query))
            request.user = AnonymousUser()
            headers = {"Content-Security-Policy": build_policy(settings.SECURE_CSP)}
            route.fulfill(body=styleguide(request).content, content_type="text/html", headers=headers)


def fields(route: Route) -> list[tuple[str, str]]:
    """Return what a form sent, in its order, whichever way it was encoded."""
    body = route.request.post_data or ""
    kind = route.request.headers.get("content-type", "")
    if "multipart" not in kind:
        return parse_qsl(body, keep_blank_values=True)
    parts = [part.partition("\r\n\r\n") for part in body.split("--" + kind.split("boundary=")[1])[1:-1]]
    return [(head.split('name="')[1].split('"')[0], value.removesuffix("\r\n")) for head, _, value in parts]


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def open_page(new_context: Callable[..., BrowserContext], site: Site) -> Callable[..., Page]:
    def make(name: str, **options: Any) -> Page:
        context = new_context(**options)
        context.route("**/*", site.answer)
        page = context.new_page()
        page.goto(f"{ADDRESS}/styleguide/?page={name}")
        return page

    return make


def sent(site: Site, name: str) -> list[str]:
    return [value for key, value in site.posted[-1][1] if key == name]


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_page_fits_its_window(open_page: Callable[..., Page], name: str, width: int) -> None:
    page = open_page(name, viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("[style]").count() == 0


class TestKeys:
    def test_a_letter_clicks_its_button(self, open_page: Callable[..., Page], site: Site) -> None:
        page = open_page("review")
        with page.expect_navigation():
            page.keyboard.press("a")
        assert sent(site, "verdict") == ["good"]

    def test_a_letter_in_a_text_box_is_text_and_escape_leaves_it(
        self, open_page: Callable[..., Page], site: Site
    ) -> None:
        page = open_page("review")
        page.locator("#note").click()
        page.keyboard.type("as ")
        expect(page.locator("#note")).to_have_value("as ")
        assert site.posted == []
        page.keyboard.press("Escape")
        expect(page.locator("#note")).not_to_be_focused()

    def test_a_held_key_counts_once(self, open_page: Callable[..., Page]) -> None:
        page = open_page("review")
        page.evaluate("addEventListener('click', (e) => { e.preventDefault(); window.n = (window.n ?? 0) + 1 })")
        page.keyboard.down("a")
        page.keyboard.down("a")
        assert page.evaluate("window.n") == 1

    def test_x_then_a_digit_says_bad_with_that_reason(self, open_page: Callable[..., Page], site: Site) -> None:
        page = open_page("review")
        page.keyboard.press("2")
        assert page.locator("[name=reasons]:checked").count() == 0
        page.keyboard.press("x")
        expect(page.locator("[data-mode=reasons]")).to_have_attribute("aria-pressed", "true")
        with page.expect_navigation():
            page.keyboard.press("2")
        assert (sent(site, "verdict"), sent(site, "reasons")) == (["bad"], ["incomplete"])

    def test_shift_and_digits_pick_several_and_enter_saves(self, open_page: Callable[..., Page], site: Site) -> None:
        page = open_page("review")
        for key in ("x", "Shift+Digit1", "Shift+Digit3", "Shift+Digit4", "Shift+Digit4"):
            page.keyboard.press(key)
        assert site.posted == []
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert sent(site, "reasons") == ["incorrect", "ignores the instruction"]

    def test_escape_ends_the_choice_of_a_reason(self, open_page: Callable[..., Page], site: Site) -> None:
        page = open_page("review")
        page.keyboard.press("x")
        page.keyboard.press("Escape")
        page.keyboard.press("2")
        expect(page.locator("[data-mode=reasons]")).to_have_attribute("aria-pressed", "false")
        assert site.posted == []

    def test_ctrl_enter_works_inside_a_text_box(self, open_page: Callable[..., Page], site: Site) -> None:
        page = open_page("desk")
        page.locator("[name=turn_content]").first.click()
        with page.expect_navigation():
            page.keyboard.press("Control+Enter")
        assert sent(site, "do") == ["submit"]

    def test_the_sheet_lists_the_keys_of_the_page(self, open_page: Callable[..., Page]) -> None:
        page = open_page("review")
        page.keyboard.press("?")
        sheet = page.get_by_role("dialog", name="Keys on this page")
        expect(sheet).to_contain_text("Fix and accept")
        expect(sheet).to_contain_text("X, 1–6")
        page.keyboard.press("?")
        expect(sheet).to_have_count(0)

    def test_letters_can_be_switched_off(self, open_page: Callable[..., Page], site: Site) -> None:
        page = open_page("review")
        page.keyboard.press("?")
        page.get_by_label("Keys without Ctrl or Alt").uncheck()
        page.keyboard.press("Escape")
        page.keyboard.press("a")
        page.keyboard.press("?")
        expect(page.get_by_role("dialog")).to_be_visible()
        assert site.posted == []


class TestTurns:
    def roles(self, page: Page) -> list[str]:
        return page.locator("[data-turns-list] > .turn").evaluate_all("all => all.map(one => one.dataset.role)")

    def test_alt_and_an_arrow_move_the_turn_of_the_cursor(self, open_page: Callable[..., Page]) -> None:
        page = open_page("desk")
        box = page.locator("[name=turn_content]").nth(1)
        box.click()
        page.keyboard.press("Alt+ArrowDown")
        assert self.roles(page) == ["system", "assistant", "user"]
        expect(page.locator("[name=turn_content]").nth(2)).to_be_focused()
        page.keyboard.press("Alt+ArrowUp")
        assert self.roles(page) == ["system", "user", "assistant"]

    def test_a_new_turn_follows_in_the_other_role(self, open_page: Callable[..., Page]) -> None:
        page = open_page("desk")
        page.keyboard.press("Alt+n")
        assert self.roles(page) == ["system", "user", "assistant", "user"]
        expect(page.locator("[name=turn_content]").last).to_be_focused()

    def test_what_is_sent_has_the_order_shown(self, open_page: Callable[..., Page], site: Site) -> None:
        page = open_page("desk")
        page.get_by_role("button", name="Move down").first.click()
        page.on("dialog", lambda dialog: dialog.accept())
        page.get_by_role("button", name="Remove").last.click()
        page.keyboard.press("Alt+n")
        page.keyboard.type("Thank you.")
        with page.expect_navigation():
            page.keyboard.press("Control+Enter")
        assert sent(site, "turn_role") == ["user", "system", "user"]
        assert sent(site, "turn_was") == ["1", "0", ""]
        assert sent(site, "turn_content")[2] == "Thank you."
        assert len(sent(site, "turn_input")) == 3


class TestAutosave:
    SAVE = "/nowhere"

    def write(self, page: Page, text: str) -> None:
        page.locator("[name=turn_content]").last.fill(text)

    def state(self, page: Page) -> Any:
        return page.locator("[data-save-text]")

    def test_saves_by_itself_and_says_when(self, open_page: Callable[..., Page], site: Site) -> None:
        site.answers[self.SAVE] = lambda route: route.fulfill(json={"saved_at": "14:02", "version": "7"})
        page = open_page("desk")
        self.write(page, "Written")
        expect(self.state(page)).to_have_text("Saved 14:02")
        assert sent(site, "turn_content")[-1] == "Written"
        expect(page.locator("[name=version]")).to_have_value("7")

    def test_what_is_not_saved_is_kept_and_can_be_put_back(
        self, open_page: Callable[..., Page], site: Site, complaints: list[str]
    ) -> None:
        site.answers[self.SAVE] = lambda route: route.abort()
        page = open_page("desk")
        page.keyboard.press("Alt+n")
        page.keyboard.type("Typed on a train")
        expect(self.state(page)).to_have_text("Not saved: no connection. Kept in this browser.")
        page.on("dialog", lambda dialog: dialog.accept())
        page.reload()
        page.get_by_role("button", name="Put it back").click()
        expect(page.locator("[name=turn_content]")).to_have_count(4)
        expect(page.locator("[name=turn_content]").last).to_have_value("Typed on a train")
        complaints.clear()

    def test_kept_text_can_be_forgotten(
        self, open_page: Callable[..., Page], site: Site, complaints: list[str]
    ) -> None:
        site.answers[self.SAVE] = lambda route: route.fulfill(status=500)
        page = open_page("desk")
        self.write(page, "Not wanted")
        expect(self.state(page)).to_have_text("Not saved (500). Kept in this browser.")
        page.on("dialog", lambda dialog: dialog.accept())
        page.reload()
        page.get_by_role("button", name="Forget it").click()
        assert page.evaluate("localStorage.length") == 0
        complaints.clear()

    def test_a_conflict_leads_to_its_page_with_the_text(
        self, open_page: Callable[..., Page], site: Site, complaints: list[str]
    ) -> None:
        site.answers[self.SAVE] = lambda route: route.fulfill(status=409, body="both texts", content_type="text/html")
        page = open_page("desk")
        with page.expect_navigation():
            self.write(page, "Mine")
        expect(page.locator("body")).to_have_text("both texts")
        assert sent(site, "turn_content")[-1] == "Mine"
        complaints.clear()

    def test_a_submit_waits_for_the_save_under_way(self, open_page: Callable[..., Page], site: Site) -> None:
        held: list[Route] = []
        site.answers[self.SAVE] = held.append
        page = open_page("desk")
        self.write(page, "Soon")
        expect(self.state(page)).to_have_text("Saving…")
        page.keyboard.press("Control+Enter")
        assert len(site.posted) == 1
        with page.expect_navigation():
            held[0].fulfill(json={"saved_at": "14:02", "version": "8"})
        assert sent(site, "version") == ["8"]
        assert sent(site, "do") == ["submit"]

    def test_saves_at_once_on_ctrl_s(self, open_page: Callable[..., Page], site: Site) -> None:
        site.answers[self.SAVE] = lambda route: route.fulfill(json={"saved_at": "14:03", "version": "2"})
        page = open_page("desk")
        with page.expect_response(f"**{self.SAVE}"):
            page.keyboard.press("Control+s")
        expect(self.state(page)).to_have_text("Saved 14:03")


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
