"""Near duplicates of a few new examples, looked up one text at a time in the band table; nothing is compiled."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import lru_cache

from jobs.failpoints import failpoint
from review.neardup.live import text_bands
from review.neardup.shingles import jaccard, shingle_hashes
from review.services.bands import bands_add
from review.services.grouping_due import Due, Scope
from review.services.grouping_steps import NEAR, Steps
from review.services.grouping_texts import Matched, texts_of

CHUNK = 500
BUCKET = 200  # examples of one band that are looked at, the oldest
CLOSEST = 200  # candidates of one example that are compared, those that share the most bands
SETS = 1_000  # sets of shingles kept at hand: some 100 MB
RENEWED = 10_000  # comparisons between two renewals of the lease

_PAIRS = """
SELECT id, example_id, crowded FROM (
    SELECT asked.id, found.example_id, bool_or(found.crowded) AS crowded,
        row_number() OVER (PARTITION BY asked.id ORDER BY count(*) DESC, found.example_id) AS place
    FROM unnest(%(ids)s::bigint[], %(bands)s::bigint[]) AS asked (id, h)
    CROSS JOIN LATERAL (
        SELECT example_id, count(*) OVER () = %(bucket)s AS crowded
        FROM (SELECT example_id FROM review_band WHERE h = asked.h ORDER BY example_id LIMIT %(bucket)s) band
    ) found
    WHERE found.example_id <> asked.id
    GROUP BY 1, 2
) pair
WHERE place <= %(closest)s
"""


def lookup(scope: Scope, steps: Steps, due: Due) -> Matched:
    """Store the bands of examples and compare each with those that share one.

    Of a band that more than 200 have, the oldest 200 are candidates; and 200 candidates at most are compared.
    """
    matched, crowded = Matched(way="lookup"), set[int]()
    with steps.step(NEAR, len(due)):
        for at in range(0, len(due), CHUNK):
            ids = due.ids[at : at + CHUNK].tolist()
            texts = _eligible(scope, due, ids)
            pairs = _candidates(scope, texts, crowded)
            others = {other for found in pairs.values() for other in found} - texts.keys()
            _compare(scope, steps, texts | _eligible(scope, due, others), pairs, matched)
            steps.advance(len(ids))
            failpoint("group.lookup")
    if crowded:
        matched.cut = {"records": len(crowded)}
    return matched


def _eligible(scope: Scope, due: Due, ids: Iterable[int]) -> dict[int, tuple[int, str]]:
    """Return revision and text of examples as they were when the grouping began, by id; the others are left out."""
    rows = texts_of(scope, list(ids))
    frozen = due.among([row.pk for row in rows])
    return {
        row.pk: (row.revision, row.text)
        for row in rows
        if (frozen[row.pk][1] == row.revision if row.pk in frozen else row.grouped)
    }


def _candidates(scope: Scope, texts: Mapping[int, tuple[int, str]], crowded: set[int]) -> dict[int, set[int]]:
    """Return by example those that share a band with it."""
    bands = [
        (pk, band)
        for pk, (_, text) in texts.items()
        for band in text_bands(text, scope.rule.shingles, scope.rule.salt)
    ]
    asked = {"ids": [pk for pk, _ in bands], "bands": [band for _, band in bands]}
    bands_add(asked["ids"], asked["bands"])
    pairs: defaultdict[int, set[int]] = defaultdict(set)
    bucket = min(BUCKET, scope.rule.cap)
    for one, other, is_crowded in scope.rows(_PAIRS, bucket=bucket, closest=CLOSEST, **asked):
        pairs[one].add(other)
        if is_crowded:
            crowded.add(one)
    return dict(pairs)


def _compare(
    scope: Scope,
    steps: Steps,
    known: Mapping[int, tuple[int, str]],
    pairs: Mapping[int, set[int]],
    matched: Matched,
) -> None:
    shingles = lru_cache(SETS)(lambda pk: shingle_hashes(known[pk][1], scope.rule.shingles))
    for one, found in pairs.items():
        for other in found & known.keys():
            if other < one and one in pairs.get(other, ()):
                continue  # the same pair from its other side
            matched.compared += 1
            if matched.compared % RENEWED == 0:
                steps.renew()
            share = jaccard(shingles(one), shingles(other))
            if share >= scope.rule.similarity:
                matched.add((one, known[one][0]), (other, known[other][0]), share)
