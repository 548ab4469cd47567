"""Embeddings by any server that speaks OpenAI's interface."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import batched, chain
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from review.remote.client import Client, nothing
from review.remote.errors import BadAnswer, EndpointRefused, TextRefused, Unavailable
from review.remote.guards import with_version
from review.remote.providers import Site, bearer

SLUG = "embeddings"
BATCH = 64
Vector = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Embedding:
    """The vector of one text, of length 1, or None with the reason; `lasting` as in a Finding."""

    vector: Vector | None
    reason: str = ""
    lasting: bool = True


class Embedder(Protocol):
    """Turns texts into vectors of one dimension, whose dot product is the cosine; `model` names what made them."""

    @property
    def model(self) -> str: ...

    def embed(self, texts: Sequence[str], tick: Callable[[], None] = nothing) -> list[Embedding]:
        """Return an embedding for each text, in their order. Raises EndpointRefused when none will be made."""
        ...


@dataclass(frozen=True, slots=True)
class RemoteEmbedder:
    """Asks for lists of texts. `dimensions` is what every vector must have, 0 for whatever the first has."""

    client: Client
    model: str
    dimensions: int = 0

    def embed(self, texts: Sequence[str], tick: Callable[[], None] = nothing) -> list[Embedding]:
        found = list(
            chain.from_iterable(self.client.each(self._embed_batch, list(batched(texts, BATCH)), tick))
        )
        sizes = {len(one.vector) for one in found if one.vector is not None} | (
            {self.dimensions} if self.dimensions else set()
        )
        if len(sizes) > 1:
            words = ", ".join(str(size) for size in sorted(sizes))
            raise EndpointRefused(f"The embeddings differ in their dimensions: {words}. Check the model.")
        return found

    def _embed_batch(self, texts: Sequence[str]) -> list[Embedding]:
        try:
            body = {"model": self.model, "input": list(texts), "encoding_format": "float"}
            return [
                Embedding(vector) for vector in _vectors(self.client.post("/embeddings", body), len(texts))
            ]
        except TextRefused as refusal:
            if len(texts) == 1:
                return [Embedding(None, str(refusal))]
            middle = len(texts) // 2
            return self._embed_batch(texts[:middle]) + self._embed_batch(texts[middle:])
        except (Unavailable, BadAnswer) as error:
            return [Embedding(None, str(error), lasting=False)] * len(texts)


def embedder_make(site: Site, dimensions: int = 0) -> RemoteEmbedder:
    """Return the site's embedder, whose client is to be closed. Raises EndpointRefused in words for a person."""
    endpoint = site.endpoints.get(SLUG)
    if endpoint is None:
        raise EndpointRefused(
            "This site has no embeddings: its operator sets EMBEDDINGS_URL and EMBEDDINGS_MODEL."
        )
    url = with_version(endpoint.url).removesuffix("/embeddings")
    return RemoteEmbedder(site.client(url, bearer(endpoint)), endpoint.model, dimensions)


def unit(vectors: NDArray[Any]) -> Vector:
    """Return rows of length 1; a row of zeros stays one."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Vector = (vectors / np.maximum(lengths, 1e-12)).astype(np.float32)
    return scaled


def _vectors(answer: Mapping[str, Any], count: int) -> list[Vector]:
    """Return the vectors by the index that each carries. Raises BadAnswer."""
    try:
        rows = {row["index"]: row["embedding"] for row in answer["data"]}
        if len(answer["data"]) != count or set(rows) != set(range(count)):
            raise BadAnswer(f"The server's answer does not have the {count} embeddings that were asked for.")
        matrix = np.array([rows[index] for index in range(count)], dtype=np.float64)
    except (LookupError, TypeError, ValueError, OverflowError):
        raise BadAnswer(
            "The server's answer has no data of index and embedding, all of one length."
        ) from None
    if matrix.ndim != 2 or not matrix.size or not np.isfinite(matrix).all() or not matrix.any(axis=1).all():
        raise BadAnswer("The server's answer has an embedding that is not a direction.")
    return list(unit(matrix))
