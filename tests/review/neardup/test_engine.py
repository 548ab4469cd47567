"""From texts to clusters, against an exact join over all pairs."""

import dataclasses
import gzip
import json
import os
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from bench.exact_join import exact_join
from bench.planted import EDITS, Planted, originals, planted, sentences
from review.neardup.arrays import Bytes
from review.neardup.candidates import Candidates, Cut
from review.neardup.corpus import Part
from review.neardup.engine import LOCAL, Found, corpus, near_duplicates
from review.neardup.rule import Rule
from review.neardup.shingles import CHARACTERS, WORDS, Shingles
from review.neardup.verify import similarities

KINDS = pytest.mark.parametrize("shingles", [CHARACTERS, WORDS], ids=lambda kind: kind.slug)
SAMPLES = os.environ.get("WINNOW_SAMPLES", "")
Pairs = set[tuple[int, int]]


def pairs(found: Found) -> Pairs:
    return set(zip(found.matches.left.tolist(), found.matches.right.tolist(), strict=True))


def exact_pairs(texts: list[str], rule: Rule) -> Pairs:
    """Every pair compared."""
    left, right = np.triu_indices(len(texts), 1)
    match = similarities(left, right, corpus(texts, rule), least=rule.similarity) >= rule.similarity
    return set(zip(left[match].tolist(), right[match].tolist(), strict=True))


@cache
def sample() -> Planted:
    return planted(1_440)


@cache
def found_in_sample(shingles: Shingles) -> Found:
    return near_duplicates(sample().texts, Rule(shingles))


@KINDS
def test_pairs_are_those_of_an_exact_join(shingles: Shingles) -> None:
    exact = exact_pairs(sample().texts, Rule(shingles))
    found = pairs(found_in_sample(shingles))
    assert found <= exact
    assert len(found) >= 0.995 * len(exact)
    assert len(exact) > 80


# The kinds of edit that leave 0.7 of the shingles, of each kind 12 records.
SEEN = {
    "case",
    "punctuation",
    "white space",
    "1 % words",
    "5 % words",
    "sentences reordered",
    "sentence appended",
}


@KINDS
@pytest.mark.parametrize("kind", EDITS)
def test_what_each_kind_of_edit_leaves_to_be_found(shingles: Shingles, kind: str) -> None:
    edits = {(edit.original, edit.edited) for edit in sample().edits if edit.kind == kind}
    share = len(edits & pairs(found_in_sample(shingles))) / len(edits)
    if kind in SEEN or (kind, shingles) == ("10 % words", CHARACTERS):
        assert share >= 0.8
    elif kind != "3 sentences appended":  # which depends on the record's length
        assert share <= 0.1


@KINDS
def test_a_shared_template_is_no_near_duplicate(shingles: Shingles) -> None:
    numbers = found_in_sample(shingles).clusters.numbers
    assert len(sample().templates) == 120
    assert (numbers[sample().templates] == -1).all()


@KINDS
def test_a_template_that_fills_buckets_above_the_cap_hides_no_near_duplicate(shingles: Shingles) -> None:
    boilerplate = sentences(next(originals(5)) * 2)[:700]
    edits = [edit for edit in sample().edits if edit.kind in {"1 % words", "5 % words"}]
    rest = [sample().texts[place] for edit in edits for place in (edit.original, edit.edited)]
    rest += [text for place, text in enumerate(sample().texts[:300]) if place % 12 not in {6, 10, 11}]
    texts = [f"{boilerplate} {text[:200]}" for text in rest]
    whole, cut = (near_duplicates(texts, Rule(shingles, cap=cap)) for cap in (1_000, 20))
    assert (whole.cut.buckets, cut.cut.buckets > 10, cut.cut.largest > 80) == (0, True, True)
    assert cut.compared < 0.4 * whole.compared
    assert pairs(cut) == pairs(whole) == exact_pairs(texts, Rule(shingles))
    assert cut.clusters.count == len(edits)


@pytest.mark.parametrize("threads", [1, 3])
def test_the_result_depends_neither_on_threads_nor_on_chunks(
    monkeypatch: pytest.MonkeyPatch, threads: int
) -> None:
    monkeypatch.setattr("review.neardup.engine.CHUNK", 100)
    found = near_duplicates(iter(sample().texts), threads=threads)
    expected = found_in_sample(CHARACTERS)
    assert found.clusters.numbers.tolist() == expected.clusters.numbers.tolist()
    assert found.matches.similarity.tolist() == expected.matches.similarity.tolist()
    assert (found.compared, found.cut) == (expected.compared, expected.cut)


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        ([], []),
        (["alone"], [-1]),
        (["", "", "...", "?"], [-1, -1, -1, -1]),
        (["a", "b", "A.", " a "], [0, -1, 0, 0]),
        (["日本", "日本。", "日"], [0, 0, -1]),
    ],
)
def test_few_and_short_texts(texts: list[str], numbers: list[int]) -> None:
    assert near_duplicates(texts).clusters.numbers.tolist() == numbers


def test_thousands_of_equal_texts_are_one_cluster() -> None:
    found = near_duplicates(["The very same text again."] * 5_000)
    assert found.clusters.count == 1
    assert found.clusters.numbers.tolist() == [0] * 5_000
    assert found.compared < 50_000
    assert found.cut == Cut(25, 25 * 5_000, 5_000, 25 * (5_000 * 4_999 // 2 - found.compared), 1_000)


def test_another_engine_takes_a_stage_over() -> None:
    def everything(parts: Iterable[Part], rule: Rule, threads: int, sketches: Bytes) -> Candidates:
        left, right = np.triu_indices(len(sketches), 1)
        return Candidates(left.astype(np.uint64) << np.uint64(32) | right.astype(np.uint64), 0, Cut())

    texts = sample().texts[:120]
    found = near_duplicates(texts, engine=dataclasses.replace(LOCAL, candidates=everything))
    assert found.compared == 120 * 119 // 2
    assert pairs(found) == exact_pairs(texts, Rule())


@pytest.mark.skipif(not SAMPLES, reason="WINNOW_SAMPLES names no folder of public data")
@KINDS
def test_news_articles_with_hidden_copies(shingles: Shingles) -> None:
    folder = Path(SAMPLES) / "neardup"
    with gzip.open(folder / "minhash_articles_1000.jsonl.gz", "rt") as file:
        articles = [json.loads(line) for line in file]
    with (folder / "minhash_articles_1000.truth.jsonl").open() as file:
        truth = {frozenset(json.loads(line).values()) for line in file}
    texts = [article["text"] for article in articles]
    found = pairs(near_duplicates(texts, Rule(shingles)))
    assert {frozenset((articles[i]["id"], articles[j]["id"])) for i, j in found} == truth
    assert found == exact_pairs(texts, Rule(shingles))


@KINDS
def test_the_join_that_the_bench_takes_for_the_truth_misses_nothing(shingles: Shingles) -> None:
    texts, rule = [*sample().texts[:480], "", "a"], Rule(shingles)
    found = exact_join(corpus(texts, rule), rule)
    assert set(zip(found.left.tolist(), found.right.tolist(), strict=True)) == exact_pairs(texts, rule)
