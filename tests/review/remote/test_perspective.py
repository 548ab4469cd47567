"""Perspective, as long as it lasts."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from review.remote.client import Endpoint
from review.remote.errors import EndpointRefused
from review.remote.findings import Ask, Finding, Provider
from review.remote.providers import Site, provider_make
from tests.review.remote.conftest import Serve
from tests.review.remote.server import FakeClock, Reply, Server

LAST_DAY = date(2026, 12, 31)
Make = Callable[[list[Reply]], tuple[Provider, Server]]


def scores(**values: Any) -> Reply:
    told = {
        name: {"spanScores": [], "summaryScore": {"value": value, "type": "PROBABILITY"}}
        for name, value in values.items()
    }
    return Reply({"attributeScores": told, "languages": ["en"], "detectedLanguages": ["en"]})


@pytest.fixture
def perspective(serve: Serve, site: Callable[..., Site], stack: Any) -> Make:
    """Make the provider with a server that answers as given."""

    def make(answers: list[Reply]) -> tuple[Provider, Server]:
        server = serve(answers)
        provider = provider_make("perspective", site(perspective=Endpoint(server.url, key="key-1")), LAST_DAY)
        stack.enter_context(provider.client)
        return provider, server

    return make


def test_what_is_asked_and_that_nothing_may_be_stored(perspective: Make):
    provider, server = perspective([scores(TOXICITY=0.75, INSULT=0.5)])
    (found,) = provider.judge([Ask("Why?", "Because.")], lambda: None)
    (asked,) = server.asked
    assert asked.path == "/v1alpha1/comments:analyze"
    assert {name.lower(): value for name, value in asked.headers.items()}["x-goog-api-key"] == "key-1"
    assert asked.body["comment"] == {"text": "Because.", "type": "PLAIN_TEXT"}
    assert asked.body["doNotStore"] is True
    assert asked.body["requestedAttributes"] == {
        "TOXICITY": {}, "SEVERE_TOXICITY": {}, "IDENTITY_ATTACK": {}, "INSULT": {}, "PROFANITY": {}, "THREAT": {}
    }  # fmt: skip
    assert found == Finding(0.75, {"TOXICITY": 0.75, "INSULT": 0.5}, "perspective")


def test_one_text_a_second(perspective: Make, time: FakeClock):
    provider, server = perspective([scores(TOXICITY=0.5)])
    provider.judge([Ask(str(number)) for number in range(4)], lambda: None)
    assert (len(server.asked), server.busiest, time.slept) == (4, 1, [1.0] * 3)


@pytest.mark.parametrize(
    ("text", "asked"), [("x" * 20_480, 1), ("x" * 20_481, 0), ("ä" * 10_240, 1), ("ä" * 10_241, 0)]
)
def test_texts_over_20_kb_are_not_sent(perspective: Make, text: str, asked: int):
    provider, server = perspective([scores(TOXICITY=0.5)])
    (found,) = provider.judge([Ask(text)], lambda: None)
    assert (len(server.asked), found.score is not None, found.lasting) == (asked, bool(asked), True)
    assert asked or "20 KB" in found.reason


@pytest.mark.parametrize(
    "kind",
    ["COMMENT_TOO_LONG", "COMMENT_EMPTY", "LANGUAGE_NOT_SUPPORTED_BY_ATTRIBUTE", "LANGUAGE_DETECTION_FAILED"],
)
def test_a_text_that_it_cannot_score_is_unknown_for_ever(perspective: Make, kind: str):
    error = {
        "code": 400,
        "message": "Secret words",
        "status": "INVALID_ARGUMENT",
        "details": [{"errorType": kind}],
    }
    provider, server = perspective([Reply({"error": error}, 400)])
    (found,) = provider.judge([Ask("Why?")], lambda: None)
    assert (found.score, found.lasting, len(server.asked)) == (None, True, 1)
    assert found.reason == f"The server refused the text (HTTP 400, {kind})."


@pytest.mark.parametrize(
    "reply",
    [
        scores(INSULT=0.5), scores(TOXICITY=None), scores(TOXICITY=1.01), Reply({}), Reply({"attributeScores": []}),
        Reply({"attributeScores": {"TOXICITY": {}}}), Reply({"attributeScores": {"TOXICITY": None}}),
    ],
)  # fmt: skip
def test_a_missing_score_is_unknown_not_0(perspective: Make, reply: Reply):
    (found,) = perspective([reply])[0].judge([Ask("Why?")], lambda: None)
    assert (found.score, found.lasting) == (None, False)


def test_a_full_quota_is_waited_for(perspective: Make):
    provider, server = perspective([Reply({}, 429), scores(TOXICITY=0.5)])
    assert [found.score for found in provider.judge([Ask("Why?")], lambda: None)] == [0.5]
    assert len(server.asked) == 2


def test_it_is_refused_once_it_is_switched_off(site: Callable[..., Site]):
    chosen = site(perspective=Endpoint("http://127.0.0.1:1", key="key-1"))
    with pytest.raises(EndpointRefused, match=r"switched off at the end of 2026\. Choose another"):
        provider_make("perspective", chosen, date(2027, 1, 1))
    with provider_make("perspective", chosen, LAST_DAY).client as client:
        assert client.interval == 1.0
