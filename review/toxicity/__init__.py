"""The embedded toxicity model: lexical, English, offline."""

from review.toxicity.model import Model, Passage, Windows, embedded_model
from review.toxicity.weights import Weights, WeightsError, card_read, weights_read

STATEMENT = (
    "This offline model knows abusive and explicit English words, not what is meant: it is at chance on HateCheck"
    " and blind to harm in polite words, so use a guard model where safety matters."
)
# Chosen by scripts/build_toxicity.py and written into weights.json; the same number stands there.
DEFAULT_LIMIT = 0.34

__all__ = [
    "DEFAULT_LIMIT",
    "STATEMENT",
    "Model",
    "Passage",
    "Weights",
    "WeightsError",
    "Windows",
    "card_read",
    "embedded_model",
    "weights_read",
]
