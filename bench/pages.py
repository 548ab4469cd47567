"""What the first page after signing in costs, and the same page again from the browser's cache.

    .venv/bin/python -m bench.pages

Starts Winnow with its demo data in a temporary home and counts, in an installed Chromium, the requests and the bytes
that pass. The bar: at most 150 KB in at most 12 requests; cached afterwards.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
)
START_SECONDS = 120
SETTLED_MS = 1500


@contextmanager
def demo() -> Iterator[str]:
    """Run Winnow with its demo data; yields the manager's one-time link."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        environment = os.environ | {"WINNOW_HOME": f"{folder}/home"}
        command = [sys.executable, "manage.py", "up", "--demo", "--port", "8650"]
        with log.open("wb") as out:
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
        try:
            deadline = time.monotonic() + START_SECONDS
            while "Ctrl-C stops" not in log.read_text() and time.monotonic() < deadline:
                time.sleep(0.2)
            yield re.findall(r"manager\s+(http\S+)", log.read_text())[0]
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=30)


class Wire:
    """Counts what passes the wire of one page, as the browser itself reports it."""

    def __init__(self, page: Page) -> None:
        self.asked: set[str] = set()
        self.cached: set[str] = set()
        self.bytes = 0.0
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.on("Network.requestWillBeSent", lambda event: self.asked.add(event["requestId"]))
        session.on("Network.requestServedFromCache", lambda event: self.cached.add(event["requestId"]))
        session.on("Network.responseReceived", self._received)
        session.on("Network.loadingFinished", self._finished)

    def _received(self, event: dict[str, Any]) -> None:
        if event["response"].get("fromDiskCache"):
            self.cached.add(event["requestId"])

    def _finished(self, event: dict[str, Any]) -> None:
        if event["requestId"] not in self.cached:
            self.bytes += event["encodedDataLength"]


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with demo() as link, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        signing_in = browser.new_page()
        signing_in.goto(link)
        signing_in.get_by_role("button", name="Sign in").click()
        signing_in.wait_for_load_state("networkidle")
        # A context of its own has an empty cache: nothing of the sign-in page helps.
        page = browser.new_context(storage_state=signing_in.context.storage_state()).new_page()
        home = signing_in.url
        for words, address in (
            ("first page, empty cache", home),
            ("again, cached", home),
            ("a project", f"{home}p/everyday-helper/"),
            ("the review page", f"{home}p/everyday-helper/review/"),
        ):
            wire = Wire(page)
            page.goto(address)
            page.wait_for_timeout(SETTLED_MS)
            sent = len(wire.asked - wire.cached)
            cost = f"{sent:>3} requests {wire.bytes / 1000:>7.1f} KB, {len(wire.cached)} from the cache"
            print(f"{words:<26}{cost}   (≤ 12 requests, ≤ 150 KB)")
        browser.close()


if __name__ == "__main__":
    main()
