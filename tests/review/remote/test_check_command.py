"""`check_remote` tells an operator whether the servers that are set up can be relied upon."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from review.remote.guards import SAFE, UNSAFE
from tests.review.remote.conftest import DAY, Serve
from tests.review.remote.server import Asked, Reply
from tests.review.remote.test_embeddings import data
from tests.review.remote.test_guards import verdicts_of
from tests.review.remote.test_judge import graded, judged
from tests.review.remote.test_moderation import result, results
from tests.review.remote.test_perspective import scores


@pytest.fixture
def set_up(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    monkeypatch.setattr(timezone, "localdate", lambda: DAY)

    def set_up(**urls: str) -> None:
        settings.REMOTE_ENDPOINTS = {
            slug.replace("_", "-"): {"url": url, "model": "m", "key": "k"} for slug, url in urls.items()
        }

    return set_up


def moderated(asked: Asked) -> Reply:
    known = {SAFE.prompt: 0.25, UNSAFE.prompt: 0.75}
    return results(*(result({"violence": known[text]}) for text in asked.body["input"]))


def test_without_a_server_it_says_so(set_up: Callable[..., None]):
    set_up()
    assert call_command("check_remote") == "No server is set up: toxicity is judged on this machine."


def test_each_server_is_tried(set_up: Callable[..., None], serve: Serve):
    set_up(
        guard=serve(verdicts_of).url, openai_moderation=serve(moderated).url,
        perspective=serve([scores(TOXICITY=0.5)]).url, embeddings=serve([data([1, 2])]).url,
        judge=serve(graded).url,
    )  # fmt: skip
    assert call_command("check_remote").splitlines() == [
        "guard: works", "openai-moderation: works", "perspective: works", "embeddings: works", "judge: works"
    ]  # fmt: skip


def test_one_that_cannot_be_used_fails_the_command(set_up: Callable[..., None], serve: Serve):
    gone = Reply({}, 404)
    set_up(
        guard=serve([gone]).url,
        perspective=serve([scores()]).url,
        embeddings=serve([Reply({}, 400)]).url,
        judge=serve([judged("Fine.")]).url,
    )
    with pytest.raises(CommandError) as failed:
        call_command("check_remote")
    guard, perspective, embeddings, judge = str(failed.value).splitlines()
    assert guard == "guard: The server refused the request (HTTP 404): check its address and model."
    assert perspective == "perspective: The server's answer has no score of TOXICITY."
    assert embeddings == "embeddings: The server refused the text (HTTP 400)."
    assert judge == "judge: The judge gave no score to a simple text: The answer has no score."
