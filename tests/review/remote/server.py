"""A real HTTP server on this machine that answers as a test says, and remembers what it was asked."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Reply:
    """What goes over the wire; `cut` sends fewer bytes than announced, `hold` waits for the test's end."""

    body: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False
    hold: bool = False

    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


@dataclass
class Asked:
    path: str
    body: Any
    headers: dict[str, str]


Answers = Callable[[Asked], Reply]


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, answers: Answers | list[Reply]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers, self.asked, self.over = answers, list[Asked](), threading.Event()
        self.busy, self.busiest, self.lock = 0, 0, threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def reply(self, asked: Asked) -> Reply:
        with self.lock:
            self.asked.append(asked)
            # A list is answered one by one, the last for ever.
            if isinstance(self.answers, list):
                return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return self.answers(asked)

    def count(self, change: int) -> None:
        with self.lock:
            self.busy += change
            self.busiest = max(self.busy, self.busiest)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.count(+1)
        reply = self.server.reply(Asked(self.path, body, dict(self.headers.items())))
        self.server.count(-1)
        if reply.hold:
            self.server.over.wait(10)
            self.close_connection = True
            return
        content = reply.content()
        self.send_response_only(reply.status)
        for name, value in {"Content-Type": "application/json", **reply.headers}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content[: len(content) // 2] if reply.cut else content)
        self.close_connection = reply.cut

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def serving(answers: Answers | list[Reply]) -> Iterator[Server]:
    """Run a server in a thread; its answers are a function or a list."""
    server = Server(answers)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.over.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


class FakeClock:
    """Time that passes only by sleeping; `slept` lists the waits."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self.time = 0.0

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds

    def monotonic(self) -> float:
        return self.time
