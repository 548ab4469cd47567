"""Servers and clients of the tests of remote providers."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date

import pytest

from review.remote.client import Client, Clock, Endpoint
from review.remote.providers import Site
from tests.review.remote.server import Answers, FakeClock, Reply, Server, serving

DAY = date(2026, 11, 23)
Serve = Callable[[Answers | list[Reply]], Server]
Connect = Callable[..., Client]


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as opened:
        yield opened


@pytest.fixture
def serve(stack: ExitStack) -> Serve:
    return lambda answers: stack.enter_context(serving(answers))


@pytest.fixture
def time() -> FakeClock:
    return FakeClock()


@pytest.fixture
def connect(stack: ExitStack, time: FakeClock) -> Connect:
    """Make clients that wait for no real time and are closed at the end."""
    clock = Clock(time.sleep, time.monotonic, lambda: 0.0)
    return lambda url, **options: stack.enter_context(Client(url, **{"clock": clock, **options}))


@pytest.fixture
def site(time: FakeClock) -> Callable[..., Site]:
    """Make a site whose endpoints are given by provider, `guard=` for instance."""

    def make(guard_format: str = "", **endpoints: Endpoint) -> Site:
        clock = Clock(time.sleep, time.monotonic, lambda: 0.0)
        named = {slug.replace("_", "-"): endpoint for slug, endpoint in endpoints.items()}
        return Site(named, guard_format, clock=clock, attempts=3)

    return make
