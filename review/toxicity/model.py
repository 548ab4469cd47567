"""The embedded toxicity model: two linear models over words, scored with numpy alone.

Both read a text as the same words in lower case. The first, "profanity", is that of alt-profanity-check with its
published coefficients: l2-normalised tf·idf x, five heads, p = mean of 1 / (1 + exp(A·(w·x + b) + B)). The second,
"abuse", is our own: l2-normalised tf·idf x of words and of pairs of neighbours once stop words are passed over,
q = 1 / (1 + exp(-(v·x + c))). The score is the probability at the mean of the logits of p and q.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain

import numpy as np
import numpy.typing as npt

from review.toxicity.weights import ABSENT, Array, Weights, weights_read
from review.toxicity.words import Numbers, spans_of, words_of

WINDOW = 200
DIGITS = 4
TERMS = 5
_STOP = ABSENT + 1
_BATCH = 100_000  # words scored at once; about 10 MB

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Windows:
    """Windows of texts: whose they are (place of the text), first word and the one after the last, scores 0 to 1.

    `profanity` and `abuse` are what the two models say alone, `score` what both say together, to four digits.
    """

    text: Ints
    first: Ints
    last: Ints
    score: Floats
    profanity: Floats
    abuse: Floats


@dataclass(frozen=True, slots=True)
class Passage:
    """A window in characters of its text, and the spans of the at most five words that raised its score most."""

    start: int
    end: int
    terms: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Terms:
    """What was found in windows, each thing once: its window, its number and how often."""

    window: Ints
    number: Ints
    count: Ints


class Model:
    """Scores texts; the same text has the same score whatever else is in the batch."""

    def __init__(self, weights: Weights) -> None:
        words = len(weights["words"])
        self._words = words
        self._numbers = Numbers(weights["words"].tolist(), weights["stops"].tolist(), ABSENT, _STOP)
        self._heads = weights["profanity_heads"]
        idf = weights["profanity_idf"].astype(np.float64)
        self._profanity_square = _spread(idf**2, weights["profanity_words"], words)
        self._profanity = [
            _spread(idf * row, weights["profanity_words"], words) for row in weights["profanity_weights"]
        ]
        self._pull = -(self._heads[:, 1] @ np.array(self._profanity)) / len(self._heads)
        idf, own = weights["abuse_idf"].astype(np.float64), weights["abuse_weights"]
        single = len(weights["abuse_words"])
        self._abuse_square = _spread(idf[:single] ** 2, weights["abuse_words"], words)
        self._abuse = _spread((idf * own)[:single], weights["abuse_words"], words)
        self._pairs = weights["abuse_pairs"].astype(np.int64)
        self._pair_square, self._pair = idf[single:] ** 2, (idf * own)[single:]
        self._intercept = float(weights["abuse_intercept"][0])

    def windows(self, texts: Sequence[str]) -> Windows:
        """Return the windows of the texts in order: equal parts of at most 200 words; none for a text without words."""
        batches = [self._scored(first, batch) for first, batch in self._batches(texts)]
        whole, real = np.zeros(0, np.int64), np.zeros(0)
        columns = zip(*batches, strict=True) if batches else [(whole,)] * 3 + [(real,)] * 3
        return Windows(*(np.concatenate(column) for column in columns))

    def passage(self, text: str, first: int, last: int) -> Passage:
        """Return where a window lies in its text, and what raised its score most."""
        spans = spans_of(text, first, last)
        numbers = np.array([self._numbers[word] for word in words_of(text)[first:last]], np.int64)
        kept = np.flatnonzero(numbers != _STOP)
        raised = self._raised(numbers[kept])
        best = [place for place in np.argsort(-raised, kind="stable")[:TERMS] if raised[place] > 0]
        terms = tuple(spans[place] for place in sorted(int(kept[place]) for place in best))
        return Passage(spans[0][0], spans[-1][1], terms)

    def _batches(self, texts: Sequence[str]) -> Iterator[tuple[int, list[list[int]]]]:
        """Yield the texts' words as numbers, as many texts as make a batch, with the place of the first text."""
        first, batch, size, number = 0, [], 0, self._numbers.__getitem__
        for place, text in enumerate(texts):
            batch.append(list(map(number, words_of(text))))
            size += len(batch[-1])
            if size >= _BATCH:
                yield first, batch
                first, batch, size = place + 1, [], 0
        if size:
            yield first, batch

    def _scored(self, first_text: int, texts: Sequence[Sequence[int]]) -> tuple[Array, ...]:
        """Return the columns of the windows of one batch."""
        lengths = np.array([len(words) for words in texts], np.int64)
        numbers = np.fromiter(chain.from_iterable(texts), np.int64, lengths.sum())
        text, first, last = _cut(lengths)
        read = numbers != _STOP
        window = np.repeat(np.arange(len(text)), last - first)[read]
        single, pairs = self._found(numbers[read], window)
        profanity = self._profanity_logit(single, len(text))
        abuse = self._abuse_logit(single, pairs, len(text))
        score = np.round(_probability((profanity + abuse) / 2), DIGITS)
        return text + first_text, first, last, score, _probability(profanity), _probability(abuse)

    def _found(self, numbers: Ints, window: Ints) -> tuple[Terms, Terms]:
        known = numbers < self._words
        place, pair = self._pairs_at(numbers, window)
        return (
            _counted(window[known], numbers[known], self._words),
            _counted(window[place], pair, len(self._pairs) or 1),
        )

    def _pairs_at(self, numbers: Ints, window: Ints) -> tuple[Ints, Ints]:
        """Return the place of the first word of each known pair of neighbours, and which pair it is."""
        known = numbers < self._words
        place = np.flatnonzero(known[:-1] & known[1:] & (window[:-1] == window[1:]))
        keys = (numbers[place] << 16) + numbers[place + 1]
        pair = np.searchsorted(self._pairs, keys)
        hit = np.append(self._pairs, -1)[pair] == keys
        return place[hit], pair[hit]

    def _profanity_logit(self, single: Terms, size: int) -> Floats:
        norm = self._profanity_norm(single, size)
        p = np.zeros(size)
        for weights, (intercept, slope, offset) in zip(self._profanity, self._heads, strict=True):
            margin = _sum(single, weights, size) / norm + intercept
            p += 1 / (1 + np.exp(slope * margin + offset))
        p = np.clip(p / len(self._profanity), 1e-12, 1 - 1e-12)
        logit: Floats = np.log(p / (1 - p))
        return logit

    def _profanity_norm(self, single: Terms, size: int) -> Floats:
        return _root(_squares(single, self._profanity_square, size))

    def _abuse_logit(self, single: Terms, pairs: Terms, size: int) -> Floats:
        margin = _sum(single, self._abuse, size) + _sum(pairs, self._pair, size)
        logit: Floats = margin / self._abuse_norm(single, pairs, size) + self._intercept
        return logit

    def _abuse_norm(self, single: Terms, pairs: Terms, size: int) -> Floats:
        return _root(_squares(single, self._abuse_square, size) + _squares(pairs, self._pair_square, size))

    def _raised(self, numbers: Ints) -> Floats:
        """Return by how much each word of one window raised the logit; a pair counts half for each of its words.

        Exact for our own model; for the other the heads' logits are averaged instead of their probabilities.
        """
        window = np.zeros(len(numbers), np.int64)
        single, pairs = self._found(numbers, window)
        profanity, abuse = self._profanity_norm(single, 1), self._abuse_norm(single, pairs, 1)
        known = numbers < self._words
        raised = np.zeros(len(numbers))
        raised[known] = self._pull[numbers[known]] / profanity + self._abuse[numbers[known]] / abuse
        place, pair = self._pairs_at(numbers, window)
        for side in (place, place + 1):
            np.add.at(raised, side, self._pair[pair] / abuse / 2)
        return raised


def _spread(values: Array, numbers: Array, size: int) -> Floats:
    """Return the values at their words' numbers, 0 elsewhere."""
    table = np.zeros(size)
    table[numbers] = values
    return table


def _cut(lengths: Ints) -> tuple[Ints, Ints, Ints]:
    """Return the windows of texts with so many words: place of the text, first word, the one after the last."""
    parts = -(-lengths // WINDOW)
    text = np.repeat(np.arange(len(lengths)), parts)
    part = np.arange(len(text)) - np.repeat(np.cumsum(parts) - parts, parts)
    length, of = lengths[text], parts[text]
    return text, part * length // of, (part + 1) * length // of


def _counted(window: Ints, number: Ints, size: int) -> Terms:
    keys, count = np.unique(window * size + number, return_counts=True)
    return Terms(keys // size, keys % size, count)


def _sum(found: Terms, table: Floats, size: int) -> Floats:
    return np.bincount(found.window, found.count * table[found.number], size)


def _squares(found: Terms, table: Floats, size: int) -> Floats:
    return np.bincount(found.window, found.count**2 * table[found.number], size)


def _probability(logit: Floats) -> Floats:
    return 1 / (1 + np.exp(-logit))


def _root(squares: Floats) -> Floats:
    """Return the length of each vector, 1 for an empty one, so that it can be divided by."""
    return np.sqrt(np.where(squares > 0, squares, 1))


@cache
def embedded_model() -> Model:
    """Return the model whose weights come with the code, read once."""
    return Model(weights_read())
