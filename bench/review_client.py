"""A reviewer as the page's script is one: sends decisions over a connection that stays open, keeps what came next."""

import random
import re
import threading
import time
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlencode

SHARE_BAD = 0.05
READY_SECONDS = 120
# What a page shows: the item in the form, and the one that waits behind it.
ITEM = re.compile(r'data-item="(\d+)" data-revision="(\d+)"')
KNOWN = re.compile(r'data-shown="(\d+)"')


@dataclass(frozen=True, slots=True)
class Reviewer:
    """Who reviews: their id, and the cookies of their session."""

    pk: int
    session: str
    csrf: str


@dataclass(slots=True)
class Spent:
    """What one reviewer did: seconds since the start and of each answer, what was saved, what was refused."""

    started: float = 0.0
    ended: float = 0.0
    waits: list[tuple[float, float]] = field(default_factory=list)
    saved: list[tuple[int, int, str]] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)


class Window:
    """One browser window on the stream."""

    def __init__(self, who: Reviewer, port: int) -> None:
        self.who, self.http = who, HTTPConnection("127.0.0.1", port, timeout=READY_SECONDS)
        cookies = f"winnow-session={who.session}; winnow-csrf={who.csrf}"
        self.headers = {
            "Cookie": cookies, "HX-Request": "true", "Content-Type": "application/x-www-form-urlencoded",
            "Accept-Encoding": "gzip, deflate, br", "X-CSRFToken": who.csrf,
        }  # fmt: skip
        self.shown: tuple[str, str] | None = None
        self.behind: tuple[str, str] | None = None
        self.size = 0

    def begin(self) -> None:
        """Take the first example and load the one behind it."""
        self._post("/p/bench/review/next/", {})
        if self.shown and not self.behind:
            self._post("/p/bench/review/next/", {"shown": self.shown[0]})

    def decide(self, verdict: str) -> int:
        """Decide what is shown and step to what follows; return the answer's status."""
        assert self.shown
        code, revision = self.shown
        words = {"revision": revision, "verdict": verdict, "seconds": "1.0"}
        if verdict == "bad":
            words["reasons"] = "incorrect"
        if self.behind:
            words["shown"] = self.behind[0]
        return self._post(f"/p/bench/review/item/{code}/label/", words)

    def _post(self, path: str, words: dict[str, str]) -> int:
        self.http.request("POST", path, urlencode(words), self.headers)
        answer = self.http.getresponse()
        text = answer.read().decode()
        self.size = len(text)
        items = [(code, revision) for code, revision in ITEM.findall(text)]
        known = KNOWN.search(text)
        if answer.status != 200 and known is None and not items:
            return answer.status
        # With what is known already only what comes behind it is sent.
        if known and self.behind and known[1] == self.behind[0]:
            items = [self.behind, *items]
        elif known and self.shown and known[1] == self.shown[0]:
            items = [self.shown, *items]
        self.shown, self.behind = (*items, None, None)[:2]
        return answer.status


@dataclass(frozen=True, slots=True)
class Plan:
    """Where the server is, how long everybody reviews, and the seconds they think for on average."""

    port: int
    seconds: float
    think: float


def group(people: list[Reviewer], plan: Plan, gate: Any, answer: Any) -> None:
    """Be one of the processes: every reviewer is a thread."""
    spent = [Spent() for _ in people]
    inner = threading.Barrier(len(people) + 1)
    threads = [
        threading.Thread(target=_review, args=(who, plan, inner, mine))
        for who, mine in zip(people, spent, strict=True)
    ]
    for thread in threads:
        thread.start()
    inner.wait()
    gate.wait(READY_SECONDS)
    inner.wait()
    for thread in threads:
        thread.join()
    answer.put(spent)


def _review(who: Reviewer, plan: Plan, gate: threading.Barrier, mine: Spent) -> None:
    dice, window, think = random.Random(who.pk), Window(who, plan.port), plan.think
    window.begin()
    gate.wait()
    gate.wait()
    mine.started = time.perf_counter()
    if think:
        time.sleep(dice.uniform(0, think))
    while window.shown and (now := time.perf_counter()) - mine.started < plan.seconds:
        verdict, code = "bad" if dice.random() < SHARE_BAD else "good", window.shown[0]
        try:
            status = window.decide(verdict)
        except (OSError, HTTPException):
            status = 0
        took = time.perf_counter() - now
        if status != 200:
            mine.refused.append(status)
            window.begin()
            continue
        mine.waits.append((now - mine.started, took))
        mine.saved.append((who.pk, int(code), verdict))
        mine.sizes.append(window.size)
        if think:
            time.sleep(dice.uniform(0.5, 1.5) * think)
    mine.ended = time.perf_counter()
