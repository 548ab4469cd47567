"""py3langid's classifier over many texts at once, compiled: the library's answers in a sixth of its time.

The model is Lui and Baldwin's (2012, "langid.py: An Off-the-shelf Language Identification Tool"): byte n-grams that an
automaton finds, weighed by naive Bayes; py3langid retrained it and ships it inside its wheel.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Self

import numpy as np
import numpy.typing as npt
from py3langid.langid import MODEL_DIR, MODEL_FILE  # type: ignore[import-untyped]
from py3langid.modelio import load_model  # type: ignore[import-untyped]

# ISO 639-3, macrolanguages: their members go by the macrolanguage's code of ISO 639-1.
MEMBERS = {
    "arz": "ar", "ary": "ar", "wuu": "zh", "yue": "zh", "uzs": "uz", "gug": "gn", "fuv": "ff", "ltg": "lv",
    "sdh": "ku", "kik": "ki",
}  # fmt: skip

Table = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Model:
    """The automaton, the weight of each n-gram for each class, and the language that each class stands for."""

    moves: Table  # [begin of a row + byte] -> state
    states: Table  # [state] -> begin of its row, n-gram that ends there or -1
    weights: Table  # [n-gram, class], logarithms; the last row is that of a class itself
    languages: list[str]  # of each class; one that stands twice is one language in two forms
    folded: list[tuple[int, int]]  # the second class of a language, and its first

    @classmethod
    def load(cls) -> Self:
        """Read the model from py3langid's wheel: about a second, and 80 MB that stay."""
        weights, priors, names, moves, rows, grams = load_model(MODEL_DIR / MODEL_FILE)
        named = [MEMBERS.get(name, name) for name in names]
        return cls(
            np.frombuffer(moves, dtype=f"u{moves.itemsize}"),
            np.stack([np.array(rows, dtype=np.int32) << 8, np.array(grams, dtype=np.int32)], axis=1),
            np.vstack([weights, priors]).astype(np.float32),
            named,
            [(at, named.index(name)) for at, name in enumerate(named) if named.index(name) < at],
        )

    def classify(self, texts: Sequence[str]) -> list[tuple[str, float]]:
        """Return each text's likeliest language and its probability (0 to 1); the members of one are added up."""
        if not texts:
            return []
        # Compiling takes half a second to import, and most processes name no language.
        from review.languages.kernel import scores_of  # noqa: PLC0415

        encoded = [_encoded(text) for text in texts]
        lengths = np.array([len(data) for data in encoded], dtype=np.int64)
        data = np.frombuffer(b"".join(encoded), dtype=np.uint8)
        scores = scores_of(data, np.cumsum(lengths), self.moves, self.states, self.weights)
        # The library's temperature: it keeps probabilities comparable between short and long texts.
        scores /= np.sqrt(np.maximum(lengths, 1), dtype=np.float32)[:, None]
        np.exp(scores - scores.max(axis=1, keepdims=True, initial=-np.inf), out=scores)
        likely = scores / scores.sum(axis=1, keepdims=True)
        for second, first in self.folded:
            likely[:, first] += likely[:, second]
            likely[:, second] = 0
        best = likely.argmax(axis=1)
        return [(self.languages[at], float(row[at])) for at, row in zip(best.tolist(), likely, strict=True)]


@cache
def model() -> Model:
    """Return the model, loaded once."""
    return Model.load()


def _encoded(text: str) -> bytes:
    plain = text.lower() if text.isupper() else text
    return unicodedata.normalize("NFC", plain).encode("utf-8", "surrogatepass")
