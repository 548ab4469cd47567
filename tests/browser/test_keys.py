"""The keys of a page in a real browser, without server or database."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.site import Site, open_page, sent, site

__all__ = ["open_page", "site"]


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
        page.evaluate(
            "addEventListener('click', (e) => { e.preventDefault(); window.n = (window.n ?? 0) + 1 })"
        )
        page.keyboard.down("a")
        page.keyboard.down("a")
        assert page.evaluate("window.n") == 1

    def test_x_then_a_digit_says_bad_with_that_reason(
        self, open_page: Callable[..., Page], site: Site
    ) -> None:
        page = open_page("review")
        page.keyboard.press("2")
        assert page.locator("[name=reasons]:checked").count() == 0
        page.keyboard.press("x")
        expect(page.locator("[data-mode=reasons]")).to_have_attribute("aria-pressed", "true")
        with page.expect_navigation():
            page.keyboard.press("2")
        assert (sent(site, "verdict"), sent(site, "reasons")) == (["bad"], ["incomplete"])

    def test_shift_and_digits_pick_several_and_enter_saves(
        self, open_page: Callable[..., Page], site: Site
    ) -> None:
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
        expect(sheet).to_contain_text("X, 1\N{EN DASH}6")
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
