"""A small model over harmless words, which stand in for abusive ones."""

import io
import json
import math
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import numpy as np

from review.toxicity import Model, Weights
from review.toxicity.weights import ARRAYS, CARD, Array
from review.toxicity.words import word_hash

STOPS = ("the", "and", "of")


def logit(share: float) -> float:
    return math.log(share / (1 - share))


def arrays_for(words: Mapping[str, float], pairs: Mapping[str, float] | None = None) -> dict[str, Array]:
    """Return weights by which a text of one word alone has that word's score; each word has an idf of its own."""
    named = {*words, *(word for pair in pairs or {} for word in pair.split())}
    hashes = sorted(word_hash(word) for word in named)
    number = {word: hashes.index(word_hash(word)) for word in named}
    single = sorted(words, key=lambda word: number[word])
    both = sorted((_key(pair, number), logit(score)) for pair, score in (pairs or {}).items())
    logits = np.array([logit(words[word]) for word in single])
    idf = np.array([1 + len(word) / 8 for word in single], np.float32)
    return {
        "words": np.array(hashes, np.uint64),
        "stops": np.array(sorted(map(word_hash, STOPS)), np.uint64),
        "profanity_words": np.array([number[word] for word in single], np.uint16),
        "profanity_idf": idf,
        "profanity_weights": np.array([logits] * 5, np.float32),
        "profanity_heads": np.array([(0.0, -1.0, 0.0)] * 5),
        "abuse_words": np.array([number[word] for word in single], np.uint16),
        "abuse_pairs": np.array([key for key, _ in both], np.uint32),
        "abuse_idf": np.concatenate([idf, np.full(len(both), 2, np.float32)]).astype(np.float32),
        "abuse_weights": np.array([*logits, *(weight for _, weight in both)], np.float32),
        "abuse_intercept": np.zeros(1),
    }


def _key(pair: str, number: Mapping[str, int]) -> int:
    first, second = pair.split()
    return (number[first] << 16) + number[second]


def model_for(words: Mapping[str, float], pairs: Mapping[str, float] | None = None) -> Model:
    return Model(Weights(arrays_for(words, pairs), limit=0.5))


def write(folder: Path, arrays: Mapping[str, Array], card: Mapping[str, object] | None = None) -> None:
    """Write both files as the build does; `card` overrides what the card says."""
    packed = io.BytesIO()
    np.savez_compressed(packed, **arrays)
    (folder / ARRAYS).write_bytes(packed.getvalue())
    said = {"format": 1, "sha256": sha256(packed.getvalue()).hexdigest(), "limit": 0.5}
    (folder / CARD).write_text(json.dumps(said | dict(card or {})))
