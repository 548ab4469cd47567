"""An installed Chromium for the tests that need one; where there is none they are skipped and say so."""

import os
import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from accounts.models import User
from review.scorers import measure

# Playwright keeps an event loop in this thread; Django would refuse the database in it, though nothing is awaited.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
# Chromium hears the last list only, so the first two lines repeat what Playwright turns off. The third saves two thirds
# of the work of opening a window: no hidden pages for the address bar, and no process kept ready for what may come.
OFF = (
    "AimEnabled,DestroyProfileOnBrowserClose,HttpsFirstBalancedModeAutoEnable,HttpsUpgrades,LensOverlay,MediaRouter",
    "NetworkTimeServiceQuerying,OptimizationHints,PaintHolding,PreconnectToSearch,ThirdPartyStoragePartitioning",
    "WebUIOmniboxPopup,WebUIOmniboxAimPopup,SpareRendererForSitePerProcess",
)
QUIET = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", f"--disable-features={','.join(OFF)}",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = pytest.mark.skip(reason="Chromium is not installed, so browser tests were skipped")
    for item in items:
        if "/tests/browser/" in str(item.path):
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(missing)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    # The editor's checks are then quick; one still under way when a test ends would meet the emptying of its tables.
    measure([])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        yield browser
        browser.close()


class Complaints(list[str]):
    """What the browser's console complained of; a test that expects some clears it."""

    def hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" or "Content Security Policy" in message.text:
            self.append(message.text)


@pytest.fixture
def complaints() -> Iterator[Complaints]:
    """Fail the test at its end if the console complained, for example of a breach of the CSP."""
    heard = Complaints()
    yield heard
    assert heard == []


@pytest.fixture
def new_context(chromium: Browser, complaints: Complaints) -> Iterator[Callable[..., BrowserContext]]:
    opened: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        context = chromium.new_context(**({"viewport": {"width": 1280, "height": 900}} | options))
        context.set_default_timeout(10_000)
        context.on("console", complaints.hear)
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()


@pytest.fixture
def page_of(new_context: Callable[..., BrowserContext], live_server: Any) -> Callable[..., Page]:
    """Return a page of the live server's, with `user` signed in."""

    def make(user: User, **options: Any) -> Page:
        client = Client()
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        context = new_context(base_url=live_server.url, **options)
        context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        return context.new_page()

    return make
