"""The way from texts to clusters as four stages, each of which another engine may take over.

signatures → candidates → verify → clusters
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import batched

import numpy as np

from review.neardup.arrays import Bytes, Numbers, in_threads
from review.neardup.candidates import NO_SKETCHES, Candidates, Cut, candidates
from review.neardup.clusters import Clusters, clusters
from review.neardup.corpus import Corpus, Part, SetSource
from review.neardup.rule import Rule
from review.neardup.signatures import Packed, bands, packed, signatures, sketches
from review.neardup.verify import Matches, verify

CHUNK = 2_048  # texts packed at a time: a megabyte, which stays in the processor's cache


def corpus(texts: Iterable[str], rule: Rule, threads: int = 2) -> Corpus:
    """Return the packed normal forms, bands and sketches of texts; of the texts some chunks are held at a time."""

    def chunk(part: tuple[str, ...]) -> tuple[Packed, Numbers, Bytes]:
        normal = packed(part)
        minima = signatures(normal, rule.shingles)
        return normal, bands(minima, normal, rule.shingles, rule.salt), sketches(minima)

    made = list(in_threads(chunk, batched(texts, CHUNK, strict=False), threads))
    lines = np.concatenate([NO_SKETCHES, *(each[2] for each in made)])
    return Corpus(rule.shingles, tuple(each[0] for each in made), tuple(each[1] for each in made), lines)


@dataclass(frozen=True, slots=True)
class Engine:
    """The four stages; each default runs in this process.

    Whoever replaces `candidates` gets parts, each with all rows of its hashes, and gives distinct pairs. Whoever
    replaces `verify` gets pairs and a source of sets, and gives those that match.
    """

    signatures: Callable[[Iterable[str], Rule, int], Corpus] = corpus
    candidates: Callable[[Iterable[Part], Rule, int, Bytes], Candidates] = candidates
    verify: Callable[[Candidates, SetSource, Rule, int], Matches] = verify
    clusters: Callable[[int, Matches], Clusters] = clusters


LOCAL = Engine()


@dataclass(frozen=True, slots=True)
class Found:
    """What was found among texts, which are numbered in their order from 0; `compared` pairs were compared."""

    clusters: Clusters
    matches: Matches
    compared: int
    cut: Cut
    corpus: Corpus = field(repr=False)


def near_duplicates(
    texts: Iterable[str], rule: Rule | None = None, *, threads: int = 2, engine: Engine = LOCAL
) -> Found:
    """Return the pairs of texts that match by the rule, and their clusters.

    The result does not depend on `threads`. `found.corpus` is a source of sets for `similarities`.
    """
    rule = rule or Rule()
    made = engine.signatures(texts, rule, threads)
    pairs = engine.candidates(made.parts(), rule, threads, made.sketches)
    matches = engine.verify(pairs, made, rule, threads)
    return Found(engine.clusters(len(made), matches), matches, pairs.pairs.size, pairs.cut, made)
