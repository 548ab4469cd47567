"""Labelled texts with planted defects, made once for all tests of the classifier."""

from functools import cache

import numpy as np

from annotate.records import Conversation
from bench.planted_defects import made_up, planted
from bench.quality import conversation
from review.quality.labels import Labels
from review.quality.matrices import Texts

SIZE = 240


@cache
def conversations() -> list[Conversation]:
    return [conversation(row.record) for row in planted(*made_up(SIZE))]


@cache
def texts() -> Texts:
    return Texts.of(conversations())


@cache
def labels() -> Labels:
    return Labels.of([row.good for row in planted(*made_up(SIZE))])


def first(count: int) -> tuple[Texts, Labels]:
    """The first so many of them."""
    rows = np.arange(count)
    return texts()[rows], labels().take(rows)
