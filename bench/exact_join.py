"""Every pair of records whose sets of shingles overlap by a limit, found without MinHash: the truth to compare with.

A prefix-filter join (Bayardo, Ma, Srikant 2007): the shingles of all records are put in one order, rare ones first;
two sets that overlap by t must share one of the first n - ceil(t n) + 1 shingles of each. Every pair that does is
compared exactly, so none is missed.
"""

import numpy as np

from review.neardup import pair_kernels
from review.neardup.arrays import distinct
from review.neardup.candidates import BLOCK, MERGED, NO_SKETCHES, Candidates, Cut
from review.neardup.corpus import Corpus, Part, Sets
from review.neardup.rule import Rule
from review.neardup.verify import Matches, verify


def prefixes(sets: Sets, similarity: float) -> Part:
    """Return the rarest shingles of each set, as many as two matching sets cannot both do without."""
    _, rank, count = np.unique(sets.hashes, return_inverse=True, return_counts=True)
    order = np.empty(count.size, np.int64)
    order[np.argsort(count, kind="stable")] = np.arange(1, count.size + 1)
    sizes = np.diff(sets.ends)
    records = np.repeat(np.arange(sizes.size), sizes)
    keys = np.sort(records << 32 | order[rank])
    place = np.arange(keys.size) - sets.ends[records]
    # A hair less than the limit, so that rounding never shortens a prefix.
    needed = np.ceil(sizes * similarity - 1e-9).astype(np.int64)
    kept = place <= (sizes - needed)[records]
    return Part((keys & 0xFFFFFFFF)[kept], records[kept])


def all_pairs(part: Part) -> Candidates:
    """Return the pairs of all buckets, however large."""
    order = np.argsort(part.hashes)
    ordered, records = part.hashes[order], part.records[order]
    tally, gathered, at, cap = np.zeros(5, np.int64), [np.empty(0, np.uint64)], 0, part.hashes.size
    block = np.empty(max(BLOCK, pair_kernels.room(ordered, cap, 0, tally)), np.uint64)
    while at < ordered.size:
        at, used = pair_kernels.write_pairs(ordered, records, at, cap, 0, NO_SKETCHES, 0, block)
        gathered.append(block[:used].copy())
        if sum(map(len, gathered)) > MERGED:
            gathered = [distinct(np.concatenate(gathered))]
    return Candidates(distinct(np.concatenate(gathered)), int(tally[4]), Cut())


def exact_join(corpus: Corpus, rule: Rule) -> Matches:
    """Return all pairs of a corpus that match."""
    sets = corpus.sets(np.arange(len(corpus)), 2)
    return verify(all_pairs(prefixes(sets, rule.similarity)), corpus, rule)
