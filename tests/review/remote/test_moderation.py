"""OpenAI's moderation interface."""

from collections.abc import Callable
from typing import Any

import pytest

from review.remote.client import Endpoint
from review.remote.errors import EndpointRefused
from review.remote.findings import Ask, Provider
from review.remote.providers import Site, provider_make
from tests.review.remote.conftest import DAY, Serve
from tests.review.remote.server import Answers, Asked, Reply, Server

SCORES = {"hate": 0.25, "hate/threatening": 0.5, "illicit": None, "illicit/violent": None, "violence": 0.0}


def result(scores: dict[str, Any] = SCORES, *, flagged: bool = False) -> dict[str, Any]:
    categories = {name: None if score is None else score > 0.4 for name, score in scores.items()}
    return {"flagged": flagged, "categories": categories, "category_scores": scores}


def results(*found: Any) -> Reply:
    return Reply({"id": "modr-1", "model": "omni-moderation-2024-09-26", "results": list(found)})


@pytest.fixture
def moderation(serve: Serve, site: Callable[..., Site], stack: Any) -> Any:
    """Make the provider with a server that answers as given."""

    def make(answers: Answers | list[Reply]) -> tuple[Provider, Server]:
        server = serve(answers)
        endpoint = Endpoint(f"{server.url}/v1", key="key-1")
        provider = provider_make("openai-moderation", site(openai_moderation=endpoint), DAY)
        stack.enter_context(provider.client)
        return provider, server

    return make


def test_texts_are_sent_as_a_list_and_the_highest_category_counts(moderation: Any):
    provider, server = moderation([results(result(flagged=True), result({"hate": 0.125}))])
    first, second = provider.judge([Ask("One?"), Ask("Why?", "Two.")], lambda: None)
    (asked,) = server.asked
    assert (asked.path, asked.headers["Authorization"]) == ("/v1/moderations", "Bearer key-1")
    assert asked.body == {"model": "omni-moderation-latest", "input": ["One?", "Two."]}
    assert (first.score, first.model, first.also) == (0.5, "omni-moderation-2024-09-26", {"flagged": True})
    assert first.categories == {"hate": 0.25, "hate/threatening": 0.5, "violence": 0.0}
    assert (second.score, second.also) == (0.125, {"flagged": False})


def by_number(asked: Asked) -> Reply:
    if "17" in asked.body["input"]:
        return Reply({"error": {"type": "invalid_request_error"}}, 400)
    return results(*(result({"hate": int(text) / 100}) for text in asked.body["input"]))


def test_the_order_is_kept_and_one_refused_text_spoils_no_other(moderation: Any):
    provider, server = moderation(by_number)
    findings = provider.judge([Ask(str(number)) for number in range(70)], lambda: None)
    assert [found.score for found in findings] == [None if n == 17 else n / 100 for n in range(70)]
    assert (findings[17].lasting, "refused" in findings[17].reason) == (True, True)
    assert max(len(asked.body["input"]) for asked in server.asked) == 32
    assert len(server.asked) == 3 + 10


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (results(result()), "2 results"),
        (results(result(), result(), result()), "2 results"),
        (Reply({"results": None}), "2 results"),
        (Reply({}), "2 results"),
    ],
)
def test_a_wrong_number_of_results_is_given_to_nobody(moderation: Any, reply: Reply, words: str):
    findings = moderation([reply])[0].judge([Ask("One?"), Ask("Two?")], lambda: None)
    assert [(found.score, found.lasting, words in found.reason) for found in findings] == [
        (None, False, True)
    ] * 2


@pytest.mark.parametrize(
    "odd",
    [
        None, "flagged", {}, {"category_scores": None}, {"category_scores": []}, result({}), result({"hate": None}),
        {"category_scores": {"hate": "high"}}, {"category_scores": {"hate": 1.5}}, {"category_scores": {"hate": -0.1}},
        {"category_scores": {"hate": True}}, {"category_scores": {"hate": float("nan")}},
    ],
)  # fmt: skip
def test_an_odd_result_is_unknown_and_its_neighbour_is_not(moderation: Any, odd: Any):
    findings = moderation([results(odd, result())])[0].judge([Ask("One?"), Ask("Two?")], lambda: None)
    assert [(found.score, found.lasting) for found in findings] == [(None, False), (0.5, True)]
    assert findings[0].reason


def test_no_answer_makes_the_whole_batch_unknown(moderation: Any):
    findings = moderation([Reply(status=500)])[0].judge([Ask("One?"), Ask("Two?")], lambda: None)
    assert [(found.score, found.lasting) for found in findings] == [(None, False)] * 2


def test_a_wrong_key_ends_it(moderation: Any):
    with pytest.raises(EndpointRefused, match="check its key"):
        moderation([Reply({"error": {"code": "invalid_api_key"}}, 401)])[0].judge([Ask("One?")], lambda: None)
