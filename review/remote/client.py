"""A small HTTP client: posts JSON, waits as it is told to, tries again a stated number of times."""

import json
import random
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from ssl import SSLContext
from types import TracebackType
from typing import Any, Self

import httpx
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt
from tenacity.wait import wait_random_exponential

from review.remote.answers import Again, answer_read
from review.remote.errors import BadAnswer, EndpointRefused, RemoteError, Stopped, Unavailable

ATTEMPTS = 8
BACKOFF = wait_random_exponential(multiplier=0.5, max=30)
ANSWER_LIMIT = 64_000_000
TICK = 5.0
# So many requests in a row without an answer, and the server is taken for gone: the rest is not worth the wait.
GIVEN_UP = 10


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
        self._unanswered = 0
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
        """Return the object that the server answers.

        Raises TextRefused, Unavailable, BadAnswer, or EndpointRefused, also for the tenth request in a row that
        nothing answers.
        """
        retrying = Retrying(
            retry=retry_if_exception_type(Again),
            stop=stop_after_attempt(self.attempts),
            wait=_pause,
            sleep=self._rest,
            reraise=True,
        )
        try:
            answer = retrying(self._once, path, body)
        except (Again, Unavailable) as failure:
            raise self._no_answer(failure) from None
        except RemoteError:
            self._unanswered = 0
            raise
        self._unanswered = 0
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

    def _no_answer(self, failure: Exception) -> RemoteError:
        self._unanswered += 1
        if self._unanswered >= GIVEN_UP:
            return EndpointRefused(
                f"The server left {self._unanswered} requests in a row unanswered: {str(failure).rstrip('.')}."
            )
        if isinstance(failure, Unavailable):
            return failure
        return Unavailable(f"The server gave no answer in {self.attempts} attempts: {failure}.")

    def _once(self, path: str, body: Mapping[str, Any]) -> Any:
        self._take_turn()
        try:
            with self._answer(path, body) as (response, content):
                return answer_read(response, content, self.clock.now)
        except httpx.TimeoutException:
            raise Again(f"nothing came within {self.timeout:g} seconds") from None
        except httpx.RequestError as error:
            raise Again(f"the connection failed ({type(error).__name__})") from None

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
    asked = failure.asked if isinstance(failure, Again) else None
    # A second at random, or all who were told the same time would come back at once.
    return BACKOFF(state) if asked is None else asked + random.random()  # noqa: S311
