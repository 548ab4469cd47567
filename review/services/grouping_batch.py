"""Near duplicates of many new examples: all the project's texts at once, by the compiled engine."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from itertools import pairwise

import numpy as np

from jobs.failpoints import failpoint
from review.neardup.arrays import Numbers
from review.neardup.clusters import Clusters
from review.neardup.corpus import Corpus, Part, Sets, SetSource
from review.neardup.engine import LOCAL, Engine
from review.neardup.signatures import BANDS
from review.neardup.verify import Matches
from review.services.bands import BandCopy
from review.services.grouping_due import Due, Scope
from review.services.grouping_steps import NEAR, TEXTS, Steps
from review.services.grouping_texts import Matched, all_texts

THREADS = 2
SORTED = 2_000_000  # band hashes sorted at a time: some 100 MB


@dataclass(slots=True)
class Read:
    """The examples whose texts were read, in their order, and which of them are due."""

    ids: Numbers
    revisions: Numbers
    due: np.ndarray[tuple[int], np.dtype[np.bool_]]


@dataclass(frozen=True, slots=True)
class Watched:
    """Sets of shingles, with the lease kept whenever some are made."""

    source: SetSource
    renew: Callable[[], None]

    def room(self, records: Numbers) -> int:
        return self.source.room(records)

    def sets(self, records: Numbers, threads: int) -> Sets:
        self.renew()
        return self.source.sets(records, threads)


def batch(scope: Scope, steps: Steps, due: Due, count: int, engine: Engine = LOCAL) -> Matched:
    """Compare all texts of a project, about `count`, and store the bands of those that are due."""
    with steps.step(TEXTS, count):
        corpus, read = _read(scope, steps, due, engine)
    with steps.step(NEAR, int(read.due.sum())):
        _store_bands(corpus, read, steps)
        pairs = engine.candidates(_parts(corpus, steps), scope.rule, THREADS, corpus.sketches)
        matches = engine.verify(pairs, Watched(corpus, steps.renew), scope.rule, THREADS)
        steps.renew()
        found = engine.clusters(len(corpus), matches)
        matched = _matched(found, matches, read)
        matched.compared, matched.cut = int(pairs.pairs.size), asdict(pairs.cut)
        steps.advance(int(read.due.sum()))
    return matched


def _read(scope: Scope, steps: Steps, due: Due, engine: Engine) -> tuple[Corpus, Read]:
    ids: list[Numbers] = []
    revisions: list[Numbers] = []

    def texts() -> Iterator[str]:
        for page in all_texts(scope):
            frozen = due.among([row.pk for row in page])
            rows = [
                row
                for row in page
                if (frozen[row.pk][1] == row.revision if row.pk in frozen else row.grouped)
            ]
            ids.append(np.array([row.pk for row in rows], np.int64))
            revisions.append(np.array([row.revision for row in rows], np.int64))
            yield from (row.text for row in rows)
            steps.advance(len(page))

    corpus = engine.signatures(texts(), scope.rule, THREADS)
    none = np.empty(0, np.int64)
    numbers = np.concatenate([none, *ids])
    return corpus, Read(numbers, np.concatenate([none, *revisions]), np.isin(numbers, due.ids))


def _store_bands(corpus: Corpus, read: Read, steps: Steps) -> None:
    """Write the bands of what is due in the order of their hashes, so that the index grows at its end."""
    copy = BandCopy()
    ranges = -(-int(read.due.sum()) * BANDS // SORTED) or 1
    least = np.iinfo(np.int64).min
    starts = [least + 2**64 // ranges * number for number in range(ranges)]
    for start, end in pairwise([*starts, 2**63]):
        ids, hashes = _bands_between(corpus, read, start, end - 1)
        for _ in copy.write(ids, hashes):
            steps.renew()
            failpoint("group.bands")


def _bands_between(corpus: Corpus, read: Read, least: int, most: int) -> tuple[Numbers, Numbers]:
    ids, hashes = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
    for part in corpus.parts():
        wanted = read.due[part.records] & (part.hashes >= least) & (part.hashes <= most)
        ids.append(read.ids[part.records[wanted]])
        hashes.append(part.hashes[wanted])
    return np.concatenate(ids), np.concatenate(hashes)


def _parts(corpus: Corpus, steps: Steps) -> Iterator[Part]:
    for part in corpus.parts():
        steps.renew()
        yield part


def _matched(found: Clusters, matches: Matches, read: Read) -> Matched:
    """Return the clusters that hold an example which is due; the others are stored already."""
    best = np.zeros(len(read.ids), np.float64)
    for side in (matches.left, matches.right):
        np.maximum.at(best, side, matches.similarity)
    matched = Matched(way="batch", matches=int(matches.left.size))
    records, ends = found.members()
    for start, end in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True):
        members = records[start:end]
        if not read.due[members].any():
            continue
        ids = read.ids[members].tolist()
        for pk, revision, share in zip(
            ids, read.revisions[members].tolist(), best[members].tolist(), strict=True
        ):
            matched.include(pk, revision, share)
            matched.join(pk, ids[0])
    return matched
