"""What tests of duplicates share: texts of known likeness, and what a grouping of them should find."""

from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from random import Random
from typing import Any

from django.db.models import F, Q

from annotate.models import Dataset, Example
from annotate.records import Conversation
from jobs.models import Job
from review.compared import compared_text
from review.models import ClusterMember, DuplicateCluster, Measurement
from review.neardup.shingles import CHARACTERS, jaccard, shingle_hashes
from review.queries.keepers import keeper_of, ranks_of
from review.scorers.base import Resources
from review.scorers.exact import Exact
from review.services.grouping import grouping_start
from tests.cast import conversation, make_example
from tests.review.scene import WORDS, done, unlike

HASHES = Exact().prepare({}, Resources())


def edited(text: str, random: Random, count: int) -> str:
    """Return a text of which `count` words are others."""
    words = text.split()
    for place in random.sample(range(len(words)), count):
        words[place] = random.choice(WORDS)
    return " ".join(words)


def family(number: int, *edits: int) -> list[Conversation]:
    """Return a text and versions of it in which so many words differ."""
    random = Random(f"loaf {number}")
    answer = " ".join(random.choices(WORDS, k=60))
    return [
        conversation(f"How is loaf {number} baked?", edited(answer, random, count) if count else answer)
        for count in (0, *edits)
    ]


# Ten texts: one group of three and one of two near duplicates, one exact copy, and four that stand alone.
SEVERAL = [
    *family(1, 2, 4),
    *family(2, 3),
    *family(1),
    *family(3),
    unlike(1),
    unlike(2),
    conversation("Why?", "So."),
]


def stored(dataset: Dataset, texts: Sequence[Conversation]) -> list[Example]:
    return [make_example(dataset, text=text) for text in texts]


def measured(dataset: Dataset) -> None:
    """Measure what is new by the hashes alone, which is what a grouping reads."""
    newer = ~Q(measurement__revision=F("revision"))
    rows = list(Example.objects.filter(newer, dataset=dataset, state=Example.State.SUBMITTED))
    Measurement.objects.filter(example__in=rows).delete()
    Measurement.objects.bulk_create(
        Measurement(example=row, dataset=dataset, revision=row.revision, **found)
        for row, found in zip(rows, HASHES([row.conversation for row in rows]), strict=True)
    )


def grouped(dataset: Dataset) -> Job:
    """Measure and group what is new; return the grouping."""
    measured(dataset)
    return done(grouping_start(project=dataset.project, by=None))


def clusters(kind: str) -> set[frozenset[int]]:
    """Return the members of each cluster of a kind."""
    found: dict[int, set[int]] = {}
    for cluster, example in ClusterMember.objects.filter(kind=kind).values_list("cluster", "example"):
        found.setdefault(cluster, set()).add(example)
    sizes = dict(DuplicateCluster.objects.filter(kind=kind).values_list("pk", "size"))
    assert sizes == {pk: len(members) for pk, members in found.items()}
    return {frozenset(members) for members in found.values()}


def check() -> None:
    """Compare everything that is stored with what is expected of the submitted examples as they are now."""
    examples = list(Example.objects.submitted().order_by("pk"))
    wanted = expected(examples)
    for kind in ("exact", "near"):
        assert clusters(kind) == wanted[kind]
    pks = {example.pk for example in examples}
    for field in ("exact_copy", "prompt_twins", "near_similarity"):
        found = dict(Measurement.objects.filter(example__in=pks).values_list("example", field))
        assert found == wanted[field], field


def expected(examples: Sequence[Example]) -> dict[str, Any]:
    """Find everything that a grouping should, from the texts: all pairs, by plain sets."""
    hashes = HASHES([example.conversation for example in examples])
    ranks = ranks_of([example.pk for example in examples])
    same: dict[str, set[int]] = {}
    for example, found in zip(examples, hashes, strict=True):
        same.setdefault(found["exact_hash"], set()).add(example.pk)
    keepers = {keeper_of(members, ranks, {}) for members in same.values()}
    close = _close([row for row in examples if row.pk in keepers])
    near = _components(close)
    kept = {keeper_of(group, ranks, {}) for group in near}
    return {
        "exact": {frozenset(members) for members in same.values() if len(members) > 1},
        "near": near,
        "exact_copy": {row.pk: int(row.pk not in keepers) for row in examples},
        "near_similarity": {
            pk: 0.0
            if pk in kept
            else max((share for pair, share in close.items() if pk in pair), default=0.0)
            for pk in ranks
        },
        "prompt_twins": _twins(examples, hashes),
    }


def _close(examples: Sequence[Example]) -> dict[tuple[int, int], float]:
    sets = {row.pk: shingle_hashes(compared_text(row.turns), CHARACTERS) for row in examples}
    shares = {pair: jaccard(sets[pair[0]], sets[pair[1]]) for pair in combinations(sorted(sets), 2)}
    return {pair: share for pair, share in shares.items() if share >= 0.7}


def _components(pairs: Sequence[tuple[int, int]] | dict[tuple[int, int], float]) -> set[frozenset[int]]:
    near: set[frozenset[int]] = set()
    for pair in pairs:
        touched = {group for group in near if group & set(pair)}
        near = near - touched | {frozenset(pair).union(*touched)}
    return near


def _twins(examples: Sequence[Example], hashes: Sequence[dict[str, Any]]) -> dict[int, int]:
    asked = Counter(found["prompt_hash"] for found in hashes)
    told = Counter((found["prompt_hash"], found["exact_hash"]) for found in hashes)
    return {
        example.pk: asked[found["prompt_hash"]] - told[found["prompt_hash"], found["exact_hash"]]
        for example, found in zip(examples, hashes, strict=True)
    }
