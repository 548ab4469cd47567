"""Build the weights of the embedded toxicity model; the texts they come from never enter the repository.

    python3 -m venv /tmp/toxicity
    /tmp/toxicity/bin/pip install alt-profanity-check==1.9.1
    WINNOW_SAMPLES=… /tmp/toxicity/bin/python -m scripts.build_toxicity

The package and the scikit-learn that it pins are needed here only. Same versions and same files give the same
bytes. Afterwards set DEFAULT_LIMIT in review/toxicity/__init__.py to the limit that is printed, raise the version
of the scorer where values change, and bring docs/reference/toxicity.md up to date.
"""

import importlib.metadata
import io
import json
import os
import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from profanity_check import profanity_check as package
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from bench.toxicity import figures, limit_chosen, pairs_scored
from bench.toxicity_samples import CLEAN, DAVIDSON, GLAIVE, OASST, SURGE, Samples, plain
from review.toxicity.model import WINDOW, Model
from review.toxicity.weights import ARRAYS, CARD, FORMAT, HERE, Array, Weights, weights_read
from review.toxicity.words import LONGEST, spans_of, word_hash, words_of

PACKAGES = ("alt-profanity-check", "scikit-learn", "numpy", "scipy")
SEED = 7
PRINTED_IN = 2  # passages into which each entry of the lexicon is put
FEWEST_WORD, FEWEST_PAIR = 4, 8
C = 5.0
SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
NGRAMS: dict[str, Any] = {"ngram_range": (1, 2), "stop_words": "english"}


@dataclass(frozen=True, slots=True)
class Group:
    """Texts of one kind: toxic (1) or not (0), and what they weigh in all."""

    texts: list[str]
    toxic: int
    weight: float


@dataclass(frozen=True, slots=True)
class Own:
    """Our own model as scikit-learn fitted it."""

    vectorizer: TfidfVectorizer
    regression: LogisticRegression

    def logits(self, texts: Sequence[str]) -> Array:
        found: Array = self.regression.decision_function(self.vectorizer.transform(texts))
        return found


def windows(text: str) -> list[str]:
    """Return a text cut as the scorer cuts it."""
    spans = spans_of(text, 0, len(text))
    parts = -(-len(spans) // WINDOW)
    edges = [part * len(spans) // parts for part in range(parts + 1)] if parts else []
    return [text[spans[a][0] : spans[b - 1][1]] for a, b in pairwise(edges)]


def groups(samples: Samples) -> list[Group]:
    """Return what is learnt from; half of the weight is toxic, tweets of the other kind are a sixth.

    Clean data is learnt whole and by the sentence, or every short text would look like a tweet. Entries of the
    lexicon stand alone and inside clean sentences, so that they tell whatever is around them.
    """
    davidson = samples.davidson(held=False)
    tweets = [plain(text) for text in davidson.texts]
    clean = [
        text for name in CLEAN for pair in samples.clean(name, held=False) for text in pair
    ] + samples.chats()
    long = [window for text in clean for window in windows(text)]
    short = sorted({part for text in clean for part in SENTENCE.split(text) if len(part.split()) > 1})
    entries, dice = samples.surge(), random.Random(SEED)  # noqa: S311  the same words at the same places each time
    printed = [_inside(entry, dice.choice(short), dice) for entry in entries for _ in range(PRINTED_IN)]
    return [
        Group([text for text, toxic in zip(tweets, davidson.positive, strict=True) if toxic], 1, 1.0),
        Group(entries + printed, 1, 0.3),
        Group([text for text, toxic in zip(tweets, davidson.positive, strict=True) if not toxic], 0, 0.5),
        Group(long, 0, 0.25),
        Group(short, 0, 0.25),
    ]


def _inside(entry: str, sentence: str, dice: random.Random) -> str:
    words = sentence.split()
    place = dice.randrange(len(words) + 1)
    return " ".join([*words[:place], entry, *words[place:]])


def own_fit(learnt: Sequence[Group], entries: Sequence[str]) -> Own:
    """Fit words and pairs that are seen often enough, and all of the lexicon."""
    texts = [text for group in learnt for text in group.texts]
    toxic = np.concatenate([np.full(len(group.texts), group.toxic) for group in learnt])
    weights = np.concatenate([np.full(len(group.texts), group.weight / len(group.texts)) for group in learnt])
    counter = CountVectorizer(binary=True, **NGRAMS)
    seen = np.asarray(counter.fit_transform(texts).sum(axis=0)).ravel()
    listed = {term for entry in entries for term in counter.build_analyzer()(entry)}
    terms = [
        term
        for term, place in sorted(counter.vocabulary_.items())
        if (term in listed or seen[place] >= (FEWEST_PAIR if " " in term else FEWEST_WORD))
        and max(map(len, term.split())) <= LONGEST
    ]
    vectorizer = TfidfVectorizer(vocabulary=terms, **NGRAMS)
    regression = LogisticRegression(C=C, max_iter=2_000)
    regression.fit(vectorizer.fit_transform(texts), toxic, weights * len(texts) / weights.sum())
    return Own(vectorizer, regression)


def arrays_of(own: Own) -> dict[str, Array]:
    """Return both models over one hashed vocabulary."""
    theirs, ours = (
        list(package.vectorizer.get_feature_names_out()),
        list(own.vectorizer.get_feature_names_out()),
    )
    if ENGLISH_STOP_WORDS.intersection(theirs):
        raise ValueError("The package's vocabulary holds stop words; they would have to be read.")
    hashes = sorted({word_hash(word) for term in theirs + ours for word in term.split()})
    number = {hashed: place for place, hashed in enumerate(hashes)}
    calibrated = package.model.calibrated_classifiers_
    single = [(number[word_hash(term)], place) for place, term in enumerate(ours) if " " not in term]
    pairs = [(_pair(term, number), place) for place, term in enumerate(ours) if " " in term]
    order = [place for _, place in sorted(single) + sorted(pairs)]
    known = sorted((number[word_hash(term)], place) for place, term in enumerate(theirs))
    places = [place for _, place in known]
    return {
        "words": np.array(hashes, np.uint64),
        "stops": np.array(sorted(map(word_hash, ENGLISH_STOP_WORDS)), np.uint64),
        "profanity_words": np.array([word for word, _ in known], np.uint16),
        "profanity_idf": package.vectorizer.idf_[places].astype(np.float32),
        "profanity_weights": np.array([_margin(one)[0] for one in calibrated], np.float32)[:, places],
        "profanity_heads": np.array([_margin(one)[1] for one in calibrated]),
        "abuse_words": np.array([word for word, _ in sorted(single)], np.uint16),
        "abuse_pairs": np.array([pair for pair, _ in sorted(pairs)], np.uint32),
        "abuse_idf": own.vectorizer.idf_[order].astype(np.float32),
        "abuse_weights": own.regression.coef_[0][order].round(4).astype(np.float32),
        "abuse_intercept": own.regression.intercept_.round(4),
    }


def _pair(term: str, number: dict[int, int]) -> int:
    first, second = (number[word_hash(word)] for word in term.split())
    return (first << 16) + second


def _margin(calibrated: Any) -> tuple[Array, tuple[float, float, float]]:
    (sigmoid,) = calibrated.calibrators
    return calibrated.estimator.coef_[0], (float(calibrated.estimator.intercept_[0]), sigmoid.a_, sigmoid.b_)


def differences(model: Model, own: Own, texts: Sequence[str]) -> dict[str, float]:
    """Return how far the scorer's probabilities are from those of the libraries, at most; short texts only."""
    short = [text for text in texts if 0 < len(words_of(text)) <= WINDOW]
    found = model.windows(short)
    return {
        "alt-profanity-check": float(np.abs(found.profanity - package.predict_prob(short)).max()),
        "own model": float(np.abs(found.abuse - 1 / (1 + np.exp(-own.logits(short)))).max()),
    }


def main() -> None:
    samples = Samples(Path(os.environ["WINNOW_SAMPLES"]))
    own = own_fit(groups(samples), samples.surge())
    arrays = arrays_of(own)
    model = Model(Weights(arrays, limit=0.5))
    limit = limit_chosen([pairs_scored(model, samples.clean(name, held=True)) for name in CLEAN])
    tried = (
        samples.davidson(held=True).texts + samples.chats() + samples.hatecheck().texts + samples.red_team()
    )
    packed = io.BytesIO()
    np.savez_compressed(packed, **arrays)  # type: ignore[arg-type]
    learnt_from = [
        DAVIDSON,
        SURGE,
        OASST,
        GLAIVE,
        *(path for name, path in CLEAN.items() if name != "self_instruct"),
    ]
    card = {
        "format": FORMAT,
        "sha256": sha256(packed.getvalue()).hexdigest(),
        "limit": limit,
        "packages": {name: importlib.metadata.version(name) for name in PACKAGES},
        "learnt from": {path: samples.digest(path) for path in learnt_from},
        "largest difference": {k: float(f"{v:.1e}") for k, v in differences(model, own, tried).items()},
        "figures": figures(model, samples, limit),
    }
    (HERE / ARRAYS).write_bytes(packed.getvalue())
    (HERE / CARD).write_text(json.dumps(card, indent=1, ensure_ascii=False) + "\n", "utf-8")
    weights_read()
    print(json.dumps(card, indent=1, ensure_ascii=False))
    print({name: len(array) for name, array in arrays.items()}, len(packed.getvalue()))


if __name__ == "__main__":
    main()
