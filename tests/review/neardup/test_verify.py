import random

import numpy as np
import pytest

from review.neardup.candidates import Candidates, Cut, sides
from review.neardup.corpus import Corpus
from review.neardup.engine import corpus
from review.neardup.rule import Rule
from review.neardup.shingles import WORDS, jaccard, shingle_hashes
from review.neardup.verify import similarities, verify

RULE = Rule(WORDS)


def made(count: int = 60) -> list[str]:
    rng = random.Random(1)
    return [" ".join(rng.choices("abc", k=rng.randrange(12))) for _ in range(count)]


def every(count: int) -> Candidates:
    left, right = np.triu_indices(count, 1)
    return Candidates(left.astype(np.uint64) << np.uint64(32) | right.astype(np.uint64), 0, Cut())


def exact(texts: list[str]) -> dict[tuple[int, int], float]:
    sets = [shingle_hashes(text, WORDS) for text in texts]
    return {(i, j): jaccard(sets[i], sets[j]) for j in range(len(sets)) for i in range(j)}


@pytest.mark.parametrize("similarity", [0.1, 0.5, 0.7, 1.0])
def test_matches_are_those_of_the_definition(monkeypatch: pytest.MonkeyPatch, similarity: float) -> None:
    monkeypatch.setattr("review.neardup.verify.PAIRS", 1_000)
    texts = made()
    rule = Rule(WORDS, similarity)
    found = verify(every(len(texts)), corpus(texts, rule), rule)
    expected = {pair: share for pair, share in exact(texts).items() if share >= similarity}
    pairs = zip(found.left.tolist(), found.right.tolist(), strict=True)
    assert dict(zip(pairs, found.similarity.tolist(), strict=True)) == expected
    assert expected


@pytest.mark.parametrize(("extra", "matches"), [(3, 1), (4, 0)])
def test_the_limit_itself_matches(extra: int, matches: int) -> None:
    # 9 words are 7 shingles; 3 more words make 10, of which 7 are shared: 0.7 exactly.
    text = "a b c d e f g h i"
    longer = text + "".join(f" x{word}" for word in range(extra))
    assert verify(every(2), corpus([text, longer], RULE), RULE).left.size == matches


def test_long_sets_are_compared_to_their_ends() -> None:
    words = [f"w{word}" for word in range(1_000)]
    texts = [" ".join(words[start : start + 500]) for start in (0, 40, 80, 300)]
    found = similarities(np.array([0, 0, 0]), np.array([1, 2, 3]), corpus(texts, RULE))
    assert found.tolist() == [458 / 538, 418 / 578, 198 / 798]


@pytest.mark.parametrize("threads", [1, 3])
def test_sets_made_part_by_part_give_the_same(monkeypatch: pytest.MonkeyPatch, threads: int) -> None:
    texts = made(25)
    pairs = sides(every(len(texts)).pairs)
    monkeypatch.setattr("review.neardup.engine.CHUNK", 7)
    held: Corpus = corpus(texts, RULE, threads)
    whole = similarities(*pairs, held)
    assert whole.tolist() == [exact(texts)[int(i), int(j)] for i, j in zip(*pairs, strict=True)]
    monkeypatch.setattr("review.neardup.verify.ROOM", 200)
    assert similarities(*pairs, held, threads).tolist() == whole.tolist()


def test_no_pairs() -> None:
    none = np.empty(0, np.int64)
    assert similarities(none, none, corpus(["a"], RULE)).size == 0
