"""The compiled part of naming a language: every text through the automaton, and the weights of what it met."""

from typing import Any

import numpy as np
import numpy.typing as npt

from review.neardup.compiling import compiled

Table = npt.NDArray[Any]


@compiled
def scores_of(data: Table, ends: Table, moves: Table, states: Table, weights: Table) -> Table:
    """Return for each text the logarithm of every class; a text without an n-gram has 0 for all."""
    scores = np.zeros((len(ends), weights.shape[1]), dtype=np.float32)
    counts = np.zeros(len(weights), dtype=np.int32)
    met = np.empty(len(weights), dtype=np.int64)
    begin = 0
    for text in range(len(ends)):
        row, kinds = states[0, 0], 0
        for at in range(begin, ends[text]):
            state = np.int64(moves[row + data[at]])
            row, gram = states[state, 0], states[state, 1]
            if gram >= 0:
                if counts[gram] == 0:
                    met[kinds] = gram
                    kinds += 1
                counts[gram] += 1
        begin = ends[text]
        if kinds:
            scores[text] = weights[-1]
        for number in range(kinds):
            gram = met[number]
            weight = np.float32(np.log1p(counts[gram]))
            counts[gram] = 0
            for column in range(weights.shape[1]):
                scores[text, column] += weight * weights[gram, column]
    return scores
