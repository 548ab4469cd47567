"""The turns editor and its autosave in a real browser, without server or database."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.browser.site import Site, open_page, sent, site

__all__ = ["open_page", "site"]


class TestTurns:
    def roles(self, page: Page) -> list[str]:
        turns = page.locator("[data-turns-list] > .turn")
        return [turn.get_attribute("data-role") or "" for turn in turns.all()]

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
        page.keyboard.press("Alt+n")
        assert self.roles(page) == ["system", "user", "assistant", "user", "assistant"]
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
        site.answers[self.SAVE] = lambda route: route.fulfill(
            json={"saved_at": "2026-11-20T14:02:00Z", "version": "7"}
        )
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

    def test_text_that_was_submitted_is_offered_again_only_where_it_did_not_arrive(
        self, open_page: Callable[..., Page], site: Site
    ) -> None:
        page = open_page("desk")
        self.write(page, "Submitted")
        with page.expect_navigation():
            page.keyboard.press("Control+Enter")
        page.goto(page.url)
        expect(page.get_by_role("button", name="Put it back")).to_be_visible()
        kept = "Object.keys(localStorage).find((key) => key.startsWith('winnow:kept:'))"
        page.evaluate(f'localStorage[{kept}] = localStorage[{kept}].replace(\'"stamp":"1\', \'"stamp":"0\')')
        page.goto(page.url)
        expect(page.get_by_role("button", name="Put it back")).to_have_count(0)

    def test_a_conflict_leads_to_its_page_with_the_text(
        self, open_page: Callable[..., Page], site: Site, complaints: list[str]
    ) -> None:
        site.answers[self.SAVE] = lambda route: route.fulfill(
            status=409, body="both texts", content_type="text/html"
        )
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
            held[0].fulfill(json={"saved_at": "2026-11-20T14:02:00Z", "version": "8"})
        assert sent(site, "version") == ["8"]
        assert sent(site, "do") == ["submit"]

    def test_saves_at_once_on_ctrl_s(self, open_page: Callable[..., Page], site: Site) -> None:
        site.answers[self.SAVE] = lambda route: route.fulfill(
            json={"saved_at": "2026-11-20T14:03:00Z", "version": "2"}
        )
        page = open_page("desk")
        with page.expect_response(f"**{self.SAVE}"):
            page.keyboard.press("Control+s")
        expect(self.state(page)).to_have_text("Saved 14:03")
