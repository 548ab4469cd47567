"""A small HTTP client: posts JSON, waits as it is told to, tries again a stated number of times."""

import json
import random
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from functools import cache
from ssl import SSLContext
from types import TracebackType
from typing import Any, Self

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt
from tenacity.wait import wait_random_exponential

from review.remote.errors import BadAnswer, EndpointRefused, Stopped, TextRefused, Unavailable

ATTEMPTS = 6
BACKOFF = wait_random_exponential(multiplier=0.5, max=30)
# A server that asks for a longer wait is taken for one that does not answer.
LONGEST_WAIT = 120.0
ANSWER_LIMIT = 64_000_000
TICK = 5.0

TRY_AGAIN = {408, 425, 429}
TEXT_IS_REFUSED = {400, 413, 422}
HINTS = {401: "check its key", 403: "check its key", 404: "check its address and model"}
REDIRECTED = "it redirects elsewhere; name the address it redirects to"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a server is, the model to ask for, and the key that it wants, if any."""

    url: str
    model: str = ""
    key: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Clock:
    """Time as a client sees it: `sleep` None waits for real, and wakes up when the client is stopped."""

    sleep: Callable[[float], object] | None = None
    monotonic: Callable[[], float] = time.monotonic
    now: Callable[[], float] = time.time


class _Again(Exception):
    """One attempt failed; `asked` is the wait in seconds that the server asked for."""

    def __init__(self, reason: str, asked: float | None = None) -> None:
        super().__init__(reason)
        self.asked = asked


def nothing() -> None:
    """Do nothing while answers are awaited."""


class Client:
    """Posts JSON to one server, from at most `concurrency` threads at a time; safe to share between them.

    `timeout` is in seconds and for a whole request; `interval` is the least time between two of them. 429, 5xx
    and failing connections are tried again, `attempts` times in all, after Retry-After or a growing random wait.
    """

    def __init__(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        timeout: float = 30.0,
        attempts: int = ATTEMPTS,
        concurrency: int = 4,
        interval: float = 0.0,
        clock: Clock | None = None,
    ) -> None:
        self.timeout, self.attempts, self.concurrency = timeout, attempts, concurrency
        self.interval, self.clock = interval, clock or Clock()
        self._stopped, self._pace, self._free_at = threading.Event(), threading.Lock(), 0.0
        address = httpx.URL(url)
        self._http = httpx.Client(
            # A password in the address goes into a header, so that it stands in no log.
            base_url=address.copy_with(userinfo=b""),
            auth=(address.username, address.password) if address.userinfo else None,
            headers={"Content-Type": "application/json", **(headers or {})},
            timeout=timeout,
            verify=_trust(),
            limits=httpx.Limits(max_connections=concurrency, max_keepalive_connections=concurrency),
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self._stopped.set()
        self._http.close()

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Return the object that the server answers. Raises TextRefused, EndpointRefused, Unavailable, BadAnswer."""
        retrying = Retrying(
            retry=retry_if_exception_type(_Again),
            stop=stop_after_attempt(self.attempts),
            wait=_pause,
            sleep=self._rest,
            reraise=True,
        )
        try:
            answer = retrying(self._once, path, body)
        except _Again as failure:
            raise Unavailable(f"The server gave no answer in {self.attempts} attempts: {failure}.") from None
        if not isinstance(answer, dict):
            raise BadAnswer("The server's answer is not a JSON object.")
        return answer

    def each[I, O](
        self, function: Callable[[I], O], items: Sequence[I], tick: Callable[[], None] = nothing
    ) -> list[O]:
        """Return `function` of every item, in their order, `concurrency` at a time.

        `tick` is called every few seconds meanwhile. What it or `function` raises ends the work and is raised; the
        client answers no more then.
        """
        with ThreadPoolExecutor(self.concurrency, "remote") as pool:
            futures = [pool.submit(function, item) for item in items]
            pending: set[Future[O]] = set(futures)
            try:
                while pending:
                    done, pending = wait(pending, TICK, FIRST_EXCEPTION)
                    for future in done:
                        future.result()
                    tick()
                return [future.result() for future in futures]
            except BaseException:
                self._stopped.set()
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _once(self, path: str, body: Mapping[str, Any]) -> Any:
        self._take_turn()
        try:
            with self._answer(path, body) as (response, content):
                return _read(response, content, self.clock.now)
        except httpx.TimeoutException:
            raise _Again(f"nothing came within {self.timeout:g} seconds") from None
        except httpx.RequestError as error:
            raise _Again(f"the connection failed ({type(error).__name__})") from None

    @contextmanager
    def _answer(self, path: str, body: Mapping[str, Any]) -> Iterator[tuple[httpx.Response, bytes]]:
        until, content = self.clock.monotonic() + self.timeout, bytearray()
        with self._http.stream("POST", path, content=json.dumps(body).encode()) as response:
            for piece in response.iter_bytes():
                content += piece
                if len(content) > ANSWER_LIMIT:
                    raise BadAnswer(f"The server's answer is larger than {ANSWER_LIMIT // 1_000_000} MB.")
                # Against a server that sends a byte now and then: each of them would renew httpx's own patience.
                if self.clock.monotonic() > until:
                    raise httpx.ReadTimeout("")
            yield response, bytes(content)

    def _take_turn(self) -> None:
        if self._stopped.is_set():
            raise Stopped("No more answers are wanted.")
        if not self.interval:
            return
        with self._pace:
            if (early := self._free_at - self.clock.monotonic()) > 0:
                self._rest(early)
            self._free_at = self.clock.monotonic() + self.interval

    def _rest(self, seconds: float) -> None:
        (self.clock.sleep or self._stopped.wait)(seconds)
        if self._stopped.is_set():
            raise Stopped("No more answers are wanted.")


@cache
def _trust() -> SSLContext:
    # Reading the certificates takes longer than everything else about a client.
    return httpx.create_ssl_context()


def _pause(state: RetryCallState) -> float:
    failure = state.outcome.exception() if state.outcome else None
    asked = failure.asked if isinstance(failure, _Again) else None
    # A second at random, or all who were told the same time would come back at once.
    return BACKOFF(state) if asked is None else asked + random.random()  # noqa: S311


def _read(response: httpx.Response, content: bytes, now: Callable[[], float]) -> Any:
    status = response.status_code
    words = f"HTTP {status}{_code(content)}"
    if status in TRY_AGAIN or status >= 500:
        asked = retry_after(response.headers, now)
        if asked is not None and asked > LONGEST_WAIT:
            raise Unavailable(f"The server asks to be left alone for {asked:.0f} seconds ({words}).")
        raise _Again(words, asked)
    if status in TEXT_IS_REFUSED:
        raise TextRefused(f"The server refused the text ({words}).")
    if not 200 <= status < 300:
        hint = HINTS.get(status, REDIRECTED if status < 400 else "check its settings")
        raise EndpointRefused(f"The server refused the request ({words}): {hint}.")
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        raise _Again("the answer is not JSON") from None


def retry_after(headers: httpx.Headers, now: Callable[[], float]) -> float | None:
    """Return the wait that Retry-After asks for, in seconds: a number or a date (RFC 9110); None without one.

    A date is compared with the server's own clock where it tells it.
    """
    text = headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d{1,9}(\.\d+)?", text):
        return float(text)
    try:
        until = parsedate_to_datetime(text).timestamp()
    except ValueError:
        return None
    try:
        since = parsedate_to_datetime(headers.get("Date", "")).timestamp()
    except ValueError:
        since = now()
    return max(until - since, 0.0)


def _code(content: bytes) -> str:
    """Return what kind of error a body names, after a comma. Its message is left out: it may quote the text or key."""
    try:
        error = json.loads(content)["error"]
        named = [detail.get("errorType") for detail in error.get("details", [])]
        words = [*named, error.get("code"), error.get("type"), error.get("status")]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return ""
    fit = (word for word in words if isinstance(word, str) and re.fullmatch(r"[A-Za-z][\w.:-]{1,63}", word))
    return next((f", {word}" for word in fit), "")
