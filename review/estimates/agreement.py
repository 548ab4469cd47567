"""How far reviewers agree: percent, Cohen's kappa for each pair, Krippendorff's alpha over all."""

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from review.estimates.intervals import Interval, wilson
from review.estimates.ratings import Codes, Overlap, overlap_of
from review.estimates.reliability import alpha_of, bootstrap, kappa_of
from review.estimates.words import CONFIDENCE

ROUNDS = 2_000
SEED = 20_251_123


@dataclass(frozen=True, slots=True)
class Confusion:
    """How often two verdicts met: `counts[row][column]`, both in the order of `verdicts`."""

    verdicts: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]

    @property
    def total(self) -> int:
        return sum(map(sum, self.counts))

    @property
    def agreed(self) -> int:
        return sum(row[at] for at, row in enumerate(self.counts))

    def count(self, row: str, column: str) -> int:
        return self.counts[self.verdicts.index(row)][self.verdicts.index(column)]


@dataclass(frozen=True, slots=True)
class PairAgreement:
    """Two reviewers on the `items` that both labelled; the confusion's rows are the first's verdicts.

    `kappa` is None where both always gave one and the same verdict, so that chance alone would explain it.
    """

    first: Hashable
    second: Hashable
    items: int
    share: float
    kappa: float | None
    confusion: Confusion


@dataclass(frozen=True, slots=True)
class RaterAgreement:
    """One reviewer against all others: rows of the confusion are own verdicts, columns the others' on the same items.

    `share` of the `pairs` of verdicts agree, with Wilson's interval at 95 %.
    """

    rater: Hashable
    items: int
    pairs: int
    share: float
    low: float
    high: float
    confusion: Confusion


@dataclass(frozen=True, slots=True)
class Agreement:
    """The agreement on the `items` that two or more labelled; shares and alpha are None where there are none.

    `share` of the pairs of verdicts agree. `alpha` is 1 for perfect agreement, 0 for what chance gives, None where
    only one verdict occurs at all; `low` and `high` are its bootstrap interval. The confusion counts each pair of
    verdicts once, and is the same below its diagonal as above, where each cell is the whole count of that pair.
    """

    items: int
    share: float | None
    alpha: float | None
    low: float | None
    high: float | None
    pairs: tuple[PairAgreement, ...]
    raters: tuple[RaterAgreement, ...]
    confusion: Confusion


def agreement(
    triples: Iterable[tuple[Hashable, Hashable, str]],
    verdicts: Sequence[str] = ("good", "bad"),
    confidence: float = CONFIDENCE,
    seed: int = SEED,
) -> Agreement:
    """Measure how far verdicts agree, from (item, rater, verdict); of one rater's several on an item the last counts.

    Pairs stand in the order of their items, most first; raters in that of their agreement, least first. The same
    input and seed give the same interval. Raises ValueError for a verdict that is not among `verdicts`.
    Sources of the coefficients: `review.estimates.reliability`.
    """
    code = {verdict: at for at, verdict in enumerate(verdicts)}
    labels = list(triples)
    unknown = {verdict for *_, verdict in labels} - code.keys()
    if unknown:
        raise ValueError(f"no verdicts: {', '.join(sorted(unknown))}; there are {', '.join(verdicts)}")
    overlap = overlap_of((item, rater) for item, rater, _ in labels)
    given = np.array([code[verdict] for *_, verdict in labels], np.int64)
    counts = overlap.item_counts(given, len(code))
    tables = overlap.pair_tables(given, len(code))
    limits = bootstrap(counts, confidence, ROUNDS, seed)
    whole = sum(tables.values(), np.zeros((len(code),) * 2, np.int64))
    either = _confusion(verdicts, whole + whole.T - np.diag(np.diag(whole)))
    pairs = [_pair(overlap.raters, key, _confusion(verdicts, table)) for key, table in tables.items()]
    return Agreement(
        items=len(counts),
        share=float(np.trace(whole) / whole.sum()) if len(counts) else None,
        alpha=alpha_of(counts),
        low=limits.low if limits else None,
        high=limits.high if limits else None,
        pairs=tuple(sorted(pairs, key=lambda pair: -pair.items)),
        raters=tuple(sorted(_raters(overlap, verdicts, tables), key=lambda one: (one.share, -one.pairs))),
        confusion=either,
    )


def _pair(raters: Sequence[Hashable], key: tuple[int, int], confusion: Confusion) -> PairAgreement:
    first, second = (raters[at] for at in key)
    share = confusion.agreed / confusion.total
    return PairAgreement(first, second, confusion.total, share, kappa_of(confusion.counts), confusion)


def _raters(
    overlap: Overlap, verdicts: Sequence[str], tables: dict[tuple[int, int], Codes]
) -> Iterable[RaterAgreement]:
    own: dict[int, Codes] = {}
    for (first, second), table in tables.items():
        own[first] = own.get(first, 0) + table
        own[second] = own.get(second, 0) + table.T
    for at, table in own.items():
        confusion = _confusion(verdicts, table)
        agreed, pairs = confusion.agreed, confusion.total
        limits = wilson(agreed, pairs) or Interval(0.0, 1.0)
        yield RaterAgreement(
            overlap.raters[at],
            overlap.items_of(at),
            pairs,
            agreed / pairs,
            limits.low,
            limits.high,
            confusion,
        )


def _confusion(verdicts: Sequence[str], table: Codes) -> Confusion:
    return Confusion(tuple(verdicts), tuple(tuple(row) for row in table.tolist()))
