"""Where the time of a decision goes, in this process: processor time by part, and every query it makes."""

import io
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import wraps
from importlib import import_module
from typing import Any
from unittest.mock import patch
from urllib.parse import urlencode

from bench.review_client import ITEM, KNOWN, Reviewer

WARM, ROUNDS = 20, 300
# (words, module that uses it, its name there); a part's time leaves out the parts inside it.
PARTS = (
    ("session", "django.contrib.sessions.backends.db.SessionStore", "load"),
    ("person", "django.contrib.auth", "get_user"),
    ("CSRF", "django.middleware.csrf.CsrfViewMiddleware", "process_view"),
    ("project and role", "annotate.http", "access_to"),
    ("item", "review.views.stream", "item_of"),
    ("rules", "review.queries.rules", "rules_read"),
    ("form", "review.views.stream", "label_form"),
    ("form", "review.forms.LabelForm", "is_valid"),
    ("decide", "review.views.stream", "label_add"),
    ("claim", "review.views.stream", "claim_next"),
    ("text of the next", "review.views.stream", "items_shown"),
    ("what the bar says", "review.views.cards", "bar_context"),
    ("what a card says", "review.views.cards", "text_context"),
    ("template", "review.views.cards", "render"),
    ("template", "review.views.cards", "render_to_string"),
)


class Clock:
    """Adds up processor time by part; what runs inside another part is that part's no longer."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self.inside: list[str] = []
        self.since = 0.0

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        self._turn()
        self.inside.append(name)
        try:
            yield
        finally:
            self._turn()
            self.inside.pop()

    def _turn(self) -> None:
        now = time.thread_time()
        if self.inside:
            self.spent[self.inside[-1]] += now - self.since
        self.since = now

    def timed(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(call)
        def wrapped(*args: Any, **kwargs: Any) -> Any:
            with self.part(name):
                return call(*args, **kwargs)

        return wrapped


class Server:
    """The web application as gunicorn calls it, without the network."""

    def __init__(self, who: Reviewer) -> None:
        from config.wsgi import application

        self.application, self.who = application, who

    def post(self, path: str, words: dict[str, str]) -> str:
        """Send a form as the page's script does; return the answer's text."""
        body = urlencode(words).encode()
        environ = {
            "REQUEST_METHOD": "POST", "PATH_INFO": path, "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1", "wsgi.url_scheme": "http", "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(), "CONTENT_LENGTH": str(len(body)), "HTTP_HOST": "127.0.0.1",
            "CONTENT_TYPE": "application/x-www-form-urlencoded", "HTTP_HX_REQUEST": "true",
            "HTTP_COOKIE": f"winnow-session={self.who.session}; winnow-csrf={self.who.csrf}",
            "HTTP_X_CSRFTOKEN": self.who.csrf,
        }  # fmt: skip
        status: list[str] = []
        answer: Any = self.application(environ, lambda line, *_: status.append(line) or len)
        text = b"".join(answer).decode()
        answer.close()
        assert status[0].startswith("200"), f"{status[0]}: {text[:300]}"
        return text


def profile(who: Reviewer, address: str) -> None:
    """Decide some hundred examples one after the other and print where the time went."""
    server, clock = Server(who), Clock()
    queries: dict[str, list[float]] = defaultdict(list)
    text = server.post(f"{address}next/", {})
    shown, behind = (*ITEM.findall(text), None, None)[:2]
    # The database's answer is waited for, so a query's wall-clock time counts as well as ours.
    with ExitStack() as stack:
        for number in range(WARM + ROUNDS):
            if number == WARM:
                _watch(stack, clock, queries)
                started, sizes = time.thread_time(), 0
            assert shown
            words = {"revision": shown[1], "verdict": "good", "seconds": "1"}
            if behind:
                words["shown"] = behind[0]
            with clock.part("the rest"):
                text = server.post(f"{address}item/{shown[0]}/label/", words)
            items = ITEM.findall(text)
            shown, behind = (*([behind, *items] if KNOWN.search(text) else items), None, None)[:2]
            if number >= WARM:
                sizes += len(text)
    _print(clock, queries, time.thread_time() - started, sizes)


def _watch(stack: ExitStack, clock: Clock, queries: dict[str, list[float]]) -> None:
    from django.db import connection

    from review.services import claims, labels

    clock.spent.clear()
    for words, place, name in PARTS:
        owner: Any = _found(place)
        stack.enter_context(patch.object(owner, name, clock.timed(words, getattr(owner, name))))

    def counted(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            queries[_words_of(sql)].append(time.perf_counter() - started)

    stack.enter_context(connection.execute_wrapper(counted))
    for module, label in ((claims, "claim (prepared)"), (labels, "decide (prepared)")):
        stack.enter_context(patch.object(module, "returning", _noted(module.returning, queries[label])))


def _noted(call: Callable[..., Any], waits: list[float]) -> Callable[..., Any]:
    def noted(*args: Any) -> Any:
        started = time.perf_counter()
        try:
            return call(*args)
        finally:
            waits.append(time.perf_counter() - started)

    return noted


def _found(place: str) -> Any:
    try:
        return import_module(place)
    except ModuleNotFoundError:
        module, name = place.rsplit(".", 1)
        return getattr(import_module(module), name)


def _words_of(sql: str) -> str:
    verb, _, rest = sql.partition(" ")
    table = rest.partition(' FROM "')[2].partition('"')[0] or rest.partition('"')[2].partition('"')[0]
    return f"{verb.lower()} {table}".strip()


def _print(clock: Clock, queries: dict[str, list[float]], took: float, sizes: int) -> None:
    print(f"\n{'processor time of a decision, ms':<44}{'':>8}")
    for name, seconds in sorted(clock.spent.items(), key=lambda pair: -pair[1]):
        print(f"  {name:<42}{seconds / ROUNDS * 1000:>8.2f}")
    total = f"{took / ROUNDS * 1000:>8.2f}"
    print(f"  {'in all, of this process':<42}{total}   (≤ 8); {sizes / ROUNDS:,.0f} bytes")
    print(f"\n{'queries of a decision':<44}{'times':>8}{'ms, waiting included':>24}")
    for name, waits in sorted(queries.items(), key=lambda pair: -sum(pair[1])):
        print(f"  {name:<42}{len(waits) / ROUNDS:>8.2f}{sum(waits) / ROUNDS * 1000:>24.2f}")
    count = sum(map(len, queries.values())) / ROUNDS
    print(f"  {'in all':<42}{count:>8.2f}{sum(map(sum, queries.values())) / ROUNDS * 1000:>24.2f}")
