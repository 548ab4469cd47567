"""The client against a server that misbehaves in every way that servers do."""

import logging
import threading
from email.utils import formatdate

import httpx
import pytest

from review.remote.answers import retry_after
from review.remote.client import Client, Endpoint
from review.remote.errors import BadAnswer, EndpointRefused, RemoteError, Stopped, TextRefused, Unavailable
from tests.review.remote.conftest import Connect, Serve
from tests.review.remote.server import FakeClock, Reply

FINE = Reply({"fine": True})
SECRET = "secret-words-of-the-text"


def test_an_answer_is_returned_and_the_path_is_kept(serve: Serve, connect: Connect):
    server = serve([FINE])
    client = connect(f"{server.url}/v1", headers={"Authorization": "Bearer key"})
    assert client.post("/moderations", {"input": "ä\ud800"}) == {"fine": True}
    (asked,) = server.asked
    assert (asked.path, asked.body) == ("/v1/moderations", {"input": "ä\ud800"})
    assert asked.headers["Authorization"] == "Bearer key"


@pytest.mark.parametrize(
    "bad",
    [
        Reply(status=500), Reply(status=502, body=b"<html>"), Reply(status=503), Reply(status=429), Reply(status=408),
        Reply(b"{not json"), Reply(b"[" * 100_000), Reply({"long": "x" * 1000}, cut=True),
        Reply(b"plain", headers={"Content-Encoding": "gzip"}),
    ],
)  # fmt: skip
def test_what_may_pass_is_tried_again(serve: Serve, connect: Connect, time: FakeClock, bad: Reply):
    server = serve([bad, bad, FINE])
    assert connect(server.url).post("/", {}) == {"fine": True}
    assert len(server.asked) == 3
    assert len(time.slept) == 2
    assert 0 <= time.slept[0] <= 0.5
    assert 0 <= time.slept[1] <= 1


def test_attempts_end_at_their_number(serve: Serve, connect: Connect):
    server = serve([Reply(status=500)])
    with pytest.raises(Unavailable, match=r"no answer in 4 attempts: HTTP 500"):
        connect(server.url, attempts=4).post("/", {})
    assert len(server.asked) == 4


def test_a_server_that_answers_nobody_is_taken_for_gone(serve: Serve, connect: Connect):
    down, refused = Reply(status=503), Reply(status=400)
    client = connect(serve([down] * 9 + [refused] + [down] * 9 + [FINE, down]).url, attempts=1)

    def ask() -> str:
        try:
            return str(client.post("/", {}))
        except (Unavailable, TextRefused) as error:
            return type(error).__name__

    answers = [ask() for _ in range(29)]
    assert (
        answers
        == ["Unavailable"] * 9
        + ["TextRefused"]
        + ["Unavailable"] * 9
        + ["{'fine': True}"]
        + ["Unavailable"] * 9
    )
    with pytest.raises(EndpointRefused, match=r"left 10 requests in a row unanswered: HTTP 503\."):
        client.post("/", {})


@pytest.mark.parametrize("reply", [[1], "text", None, 3])
def test_an_answer_that_is_no_object_is_none(serve: Serve, connect: Connect, reply: object):
    server = serve([Reply(reply)])
    with pytest.raises(BadAnswer, match="not a JSON object"):
        connect(server.url).post("/", {})
    assert len(server.asked) == 1


def test_a_server_that_says_nothing_is_given_up(serve: Serve, connect: Connect):
    server = serve([Reply(hold=True)])
    with pytest.raises(Unavailable, match=r"2 attempts: nothing came within 0.05 seconds"):
        connect(server.url, timeout=0.05, attempts=2).post("/", {})


def test_a_server_that_trickles_is_given_up(serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch):
    server = serve([FINE])
    client = connect(server.url, attempts=1)
    times = iter([0.0, 31.0])
    object.__setattr__(client.clock, "monotonic", lambda: next(times))
    with pytest.raises(Unavailable, match="nothing came within 30 seconds"):
        client.post("/", {})


def test_nobody_there_is_said(connect: Connect):
    with pytest.raises(Unavailable, match=r"the connection failed \(ConnectError\)"):
        connect("http://127.0.0.1:1", attempts=2).post("/", {})


def test_an_answer_without_end_is_cut_off(serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("review.remote.client.ANSWER_LIMIT", 1_000)
    with pytest.raises(BadAnswer, match="larger than"):
        connect(serve([Reply({"long": "x" * 1000})]).url).post("/", {})


@pytest.mark.parametrize("status", [400, 413, 422])
def test_a_refused_text_is_not_sent_again(serve: Serve, connect: Connect, status: int):
    server = serve([Reply({"error": {"message": SECRET, "code": "too_long"}}, status)])
    with pytest.raises(TextRefused, match=rf"^The server refused the text \(HTTP {status}, too_long\)\.$"):
        connect(server.url).post("/", {})
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (Reply({"error": {"code": "invalid_api_key"}}, 401), r"HTTP 401, invalid_api_key\): check its key"),
        (Reply({}, 403), r"HTTP 403\): check its key"),
        (Reply({"error": "model not found"}, 404), r"HTTP 404\): check its address and model"),
        (Reply({}, 405), r"HTTP 405\): check its settings"),
        (Reply({}, 302, {"Location": "http://169.254.169.254/"}), r"HTTP 302\): it redirects elsewhere"),
    ],
)
def test_an_endpoint_that_refuses_all_is_told_from_a_text(
    serve: Serve, connect: Connect, reply: Reply, words: str
):
    server = serve([reply])
    with pytest.raises(EndpointRefused, match=words):
        connect(server.url).post("/", {})
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (
            {"code": 400, "status": "INVALID", "details": [{"errorType": "COMMENT_TOO_LONG"}]},
            ", COMMENT_TOO_LONG",
        ),
        ({"code": None, "type": "invalid_request_error"}, ", invalid_request_error"),
        ({"code": f"{SECRET} with blanks"}, ""),
        ({"code": "x" * 65}, ""),
        (SECRET, ""),
        ({"details": [SECRET]}, ""),
    ],
)
def test_only_the_code_of_an_error_is_repeated(serve: Serve, connect: Connect, error: object, code: str):
    with pytest.raises(TextRefused) as raised:
        connect(serve([Reply({"error": error}, 400)]).url).post("/", {})
    assert str(raised.value) == f"The server refused the text (HTTP 400{code})."


def test_the_wait_that_a_server_asks_for_is_kept(
    serve: Serve, connect: Connect, time: FakeClock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("random.random", lambda: 0.5)
    date = {"Retry-After": formatdate(1_000_090, usegmt=True), "Date": formatdate(1_000_000, usegmt=True)}
    server = serve([Reply(status=429, headers={"Retry-After": "7"}), Reply(status=503, headers=date), FINE])
    connect(server.url).post("/", {})
    assert time.slept == [7.5, 90.5]  # half a second more, so that not all come back at once


def test_a_wait_that_is_too_long_is_no_answer(serve: Serve, connect: Connect, time: FakeClock):
    server = serve([Reply(status=429, headers={"Retry-After": "121"})])
    with pytest.raises(Unavailable, match="left alone for 121 seconds"):
        connect(server.url).post("/", {})
    assert (len(server.asked), time.slept) == (1, [])


@pytest.mark.parametrize(
    ("text", "wait"),
    [
        ("", None), ("soon", None), ("-1", None), ("0", 0.0), ("1.5", 1.5),
        (formatdate(50, usegmt=True), 40.0), (formatdate(5, usegmt=True), 0.0),
    ],
)  # fmt: skip
def test_retry_after_is_read(text: str, wait: float | None):
    assert retry_after(httpx.Headers({"Retry-After": text}), lambda: 10.0) == wait


def test_requests_keep_their_distance(serve: Serve, connect: Connect, time: FakeClock):
    client = connect(serve([FINE]).url, interval=1.0)
    for _ in range(3):
        client.post("/", {})
    assert time.slept == [1.0, 1.0]


def test_results_keep_the_order_and_the_limit_holds(serve: Serve, connect: Connect):
    gate = threading.Barrier(3)

    def answer(asked: object) -> Reply:
        gate.wait(5)  # three are under way together, or this breaks
        return FINE

    server = serve(answer)
    client = connect(server.url, concurrency=3)

    def ask(number: int) -> int:
        client.post("/", {})
        return number

    ticks: list[int] = []
    assert client.each(ask, range(9), lambda: ticks.append(1)) == list(range(9))
    assert server.busiest == 3
    assert ticks


def test_a_failure_ends_the_others(serve: Serve, connect: Connect):
    client = connect(serve([Reply(status=401)]).url, concurrency=1)
    with pytest.raises(EndpointRefused):
        client.each(lambda _: client.post("/", {}), range(100))
    with pytest.raises(Stopped):
        client.post("/", {})


def test_whoever_waits_may_end_it(serve: Serve, connect: Connect, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("review.remote.client.TICK", 0.01)
    server = serve([Reply(status=429, headers={"Retry-After": "100"})])

    class Cancelled(Exception):
        pass

    def tick() -> None:
        if server.asked:
            raise Cancelled

    # The client's own sleep: it must wake up, or this takes 100 seconds.
    client = connect(server.url, clock=None)
    with pytest.raises(Cancelled):
        client.each(lambda _: client.post("/", {}), [1], tick)


def test_neither_texts_nor_keys_are_told(serve: Serve, connect: Connect, caplog: pytest.LogCaptureFixture):
    for logger in (None, "httpx", "httpcore"):
        caplog.set_level(logging.DEBUG, logger)
    server = serve([Reply({"error": {"message": f"{SECRET} key-1 key-2"}}, 400)])
    url = server.url.replace("//", "//user:key-2@")
    client = connect(url, headers={"X-Goog-Api-Key": "key-1"})
    with pytest.raises(RemoteError) as raised:
        client.post("/", {"input": SECRET})
    assert server.asked[0].headers["Authorization"].startswith("Basic ")
    told = (
        f"{raised.value!r} {raised.value.__context__!r} {caplog.text} {Endpoint('http://x', 'm', 'key-1')!r}"
    )
    assert caplog.text
    for secret in (SECRET, "key-1", "key-2"):
        assert secret not in told


def test_a_closed_client_asks_nothing():
    client = Client("http://127.0.0.1:1")
    with client:
        pass
    with pytest.raises(Stopped):
        client.post("/", {})
