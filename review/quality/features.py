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
from review.quality.text import batches, exchange_of

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


def feature_matrix(conversations: Sequence[Conversation]) -> npt.NDArray[np.float64]:
    """Return one row for each conversation, one column for each of FEATURES; every value is finite."""
    parts = [np.zeros((0, len(FEATURES)))]
    for batch in batches([exchange_of(conversation) for conversation in conversations]):
        counts = counts_of(batch)
        parts.append(np.stack([feature.of(counts) for feature in FEATURES], axis=1))
    return np.concatenate(parts)
