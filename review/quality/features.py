"""What can be counted of a conversation and speaks of its quality: one number each."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from annotate.records import Conversation
from review.quality import form_features as form
from review.quality import frame_features as frame
from review.quality import sense_features as sense
from review.quality.counts import counts_of
from review.quality.feature import Feature
from review.quality.text import exchange_of

__all__ = ["FEATURES", "FEATURES_VERSION", "Feature", "feature_matrix"]

# Raised whenever the same text could get other values: a stored model of another version is not used.
FEATURES_VERSION = 1

FEATURES: tuple[Feature, ...] = (
    *form.LENGTHS,
    *form.VARIETY,
    *sense.TOGETHER,
    *sense.PHRASES,
    *frame.ENDS,
    *form.LAYOUT,
    *form.SIGNS,
    *frame.ASKED,
    *frame.WHOLE,
    *frame.WARNINGS,
)

_BATCH = 4_000  # conversations counted at once


def feature_matrix(conversations: Sequence[Conversation]) -> npt.NDArray[np.float64]:
    """Return one row for each conversation, one column for each of FEATURES; every value is finite."""
    found = np.empty((len(conversations), len(FEATURES)))
    for start in range(0, len(conversations), _BATCH):
        batch = conversations[start : start + _BATCH]
        counts = counts_of([exchange_of(conversation) for conversation in batch])
        for column, feature in enumerate(FEATURES):
            found[start : start + len(batch), column] = feature.of(counts)
    return found
