"""The way from texts to clusters as four stages, each of which another engine may take over.

signatures → candidates → verify → clusters
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import batched

from review.neardup.candidates import CAP, Candidates, Cut, candidates
from review.neardup.clusters import Clusters, clusters
from review.neardup.corpus import Corpus, Part, SetSource
from review.neardup.shingles import CHARACTERS, Shingles
from review.neardup.signatures import Numbers, Packed, bands, in_threads, packed
from review.neardup.verify import Matches, verify

SIMILARITY = 0.7
CHUNK = 4_096  # texts packed at a time


def corpus(texts: Iterable[str], shingles: Shingles, salt: str = "", threads: int = 2) -> Corpus:
    """Return the packed normal forms and the bands of texts; of the texts themselves only some chunks are held."""

    def chunk(part: tuple[str, ...]) -> tuple[Packed, Numbers]:
        normal = packed(part)
        return normal, bands(normal, shingles, salt)

    made = list(in_threads(chunk, batched(texts, CHUNK, strict=False), threads))
    return Corpus(shingles, tuple(normal for normal, _ in made), tuple(rows for _, rows in made))


@dataclass(frozen=True, slots=True)
class Engine:
    """The four stages; each default runs in this process.

    Whoever replaces `candidates` gets parts, each with all rows of its hashes, and gives distinct pairs. Whoever
    replaces `verify` gets pairs and a source of sets, and gives those that match.
    """

    signatures: Callable[[Iterable[str], Shingles, str, int], Corpus] = corpus
    candidates: Callable[[Iterable[Part], int, int], Candidates] = candidates
    verify: Callable[[Candidates, SetSource, float, int], Matches] = verify
    clusters: Callable[[int, Matches], Clusters] = clusters


LOCAL = Engine()


@dataclass(frozen=True, slots=True)
class Found:
    """What was found among texts, which are numbered in their order from 0."""

    clusters: Clusters
    matches: Matches
    cut: Cut
    compared: int
    corpus: Corpus = field(repr=False)


def near_duplicates(
    texts: Iterable[str],
    *,
    shingles: Shingles = CHARACTERS,
    similarity: float = SIMILARITY,
    salt: str = "",
    threads: int = 2,
    cap: int = CAP,
    engine: Engine = LOCAL,
) -> Found:
    """Return the pairs of texts whose sets of shingles overlap by at least `similarity`, and their clusters.

    The result does not depend on `threads`. `found.corpus` is a source of sets for `similarities`.
    """
    made = engine.signatures(texts, shingles, salt, threads)
    pairs = engine.candidates(made.parts(), cap, threads)
    matches = engine.verify(pairs, made, similarity, threads)
    return Found(engine.clusters(len(made), matches), matches, pairs.cut, pairs.pairs.size, made)
