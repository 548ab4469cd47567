"""A made-up site in front of a real browser: the style guide's pages and modules, and a test's own answers."""

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
from playwright.sync_api import BrowserContext, Page, Route

from config.styleguide import styleguide

STATIC = Path(settings.STATICFILES_DIRS[0])
POLICY: dict[str, Any] = settings.SECURE_CSP
ADDRESS = "http://winnow.test"


class Site:
    """Answers the browser: the style guide, static files, and what a test says about anything posted."""

    def __init__(self) -> None:
        self.posted: list[tuple[str, list[tuple[str, str]]]] = []
        self.answers: dict[str, Callable[[Route], Any]] = {}

    def answer(self, route: Route) -> None:
        address = urlsplit(route.request.url)
        if route.request.method == "POST":
            self.posted.append((address.path, fields(route)))
            self.answers.get(address.path, taken)(route)
        elif address.path.startswith(settings.STATIC_URL):
            file = STATIC / address.path.removeprefix(settings.STATIC_URL)
            route.fulfill(path=file, content_type=mimetypes.guess_type(file)[0] or "text/plain")
        else:
            request = RequestFactory().get(address.path, parse_qs(address.query))
            request.user = AnonymousUser()
            headers = {"Content-Security-Policy": str(build_policy(POLICY))}
            route.fulfill(body=styleguide(request).content, content_type="text/html", headers=headers)


def taken(route: Route) -> None:
    route.fulfill(body="taken", content_type="text/html")


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
    """Return the values of one field in what was posted last."""
    return [value for key, value in site.posted[-1][1] if key == name]
