"""Bad examples are planted among 10,000; what a reviewer finds in the drawn sample estimates how many there are."""

import hashlib
import math
from functools import cache
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.utils import timezone

from annotate.models import Dataset, Example, Import
from review import sampling
from review.estimates import estimate
from review.models import Queue
from review.queries.reports import sample_report
from review.services.claims import claim_next
from review.services.labels import label_add
from review.services.samples import sample_draw
from tests.cast import Cast

POPULATION, REVIEWED = 10_000, 500
SHARES = (0.0, 0.01, 0.05, 0.20)
WRONG = "Bread rises because flour is lighter than air."
RIGHT = "Yeast eats the sugar in the dough and gives off a gas that the gluten catches."

# An id that does not change from run to run, as the draw is made from ids.
IMPORTED = """
INSERT INTO annotate_example (
    public_id, dataset_id, source_import_id, line_number, state, revision, turns, metadata, raw, content_hash
)
SELECT md5(number::text)::uuid, %(dataset)s, %(source)s, number, %(submitted)s, 1, jsonb_build_array(
        jsonb_build_object('role', 'user', 'content', 'Question ' || number || ': why does bread rise?'),
        jsonb_build_object(
            'role', 'assistant', 'content', CASE WHEN number <= %(planted)s THEN %(wrong)s ELSE %(right)s END
        )
    ), '{}', '', decode(md5(number::text), 'hex')
FROM generate_series(1, %(population)s) number
"""
MEASURED = """
INSERT INTO review_measurement (
    example_id, dataset_id, revision, ruling, scorers, format_issues, format_blocks, tokens,
    exact_copy, prompt_twins, near_similarity, toxicity, personal_data, contamination
)
SELECT id, dataset_id, 1, 0, '{}', '{}', 0, 100, 0, 0, 0, 0, 0, 0 FROM annotate_example
"""


def public_id(number: int) -> UUID:
    """Return the id of the example in a line of the file, as IMPORTED makes it."""
    return UUID(hashlib.md5(str(number).encode(), usedforsecurity=False).hexdigest())


def planted_import(dataset: Dataset, planted: int) -> Import:
    """Store an import of POPULATION examples that the limits keep, the first `planted` of them with a wrong answer."""
    source = Import.objects.create(
        dataset=dataset, name="bread.jsonl", sha256="0" * 64, size=1, examples=POPULATION, done_at=timezone.now()
    )  # fmt: skip
    values: dict[str, Any] = {
        "dataset": dataset.pk, "source": source.pk, "submitted": Example.State.SUBMITTED.value, "planted": planted,
        "wrong": WRONG, "right": RIGHT, "population": POPULATION,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(IMPORTED, values)
        cursor.execute(MEASURED)
    analyze("annotate_example, review_measurement")
    return source


def analyze(tables: str) -> None:
    """Let the planner know how many rows there are, as a screening does.

    It would join row by row what autovacuum last saw as an earlier test left it, all rows dead.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {tables}")


def review_all(dataset: Dataset, cast: Cast) -> int:
    """Decide whatever the queue hands out by what its text says; return how many were called bad."""
    bad = 0
    while item := claim_next(project=dataset.project, by=cast.reviewer):
        assert item.queue in (Queue.SAMPLE, Queue.OVERLAP)
        example = Example.objects.get(pk=item.example_id)
        wrong = WRONG in example.turns[-1]["content"]
        bad += wrong
        label_add(
            item=item, by=cast.reviewer, revision=example.revision, verdict="bad" if wrong else "good",
            reasons=["incorrect"] if wrong else [],
        )  # fmt: skip
    return bad


@pytest.mark.django_db
@pytest.mark.parametrize(
    # Tolerated are 5 %: a sample cannot tell whether exactly so many are too many.
    ("share", "recommended"),
    [(0.0, "accept"), (0.01, "accept"), (0.05, "more"), (0.20, "reject")],
)
def test_a_planted_share_lies_within_the_interval(
    dataset: Dataset, cast: Cast, monkeypatch: pytest.MonkeyPatch, share: float, recommended: str
) -> None:
    # A 95 % interval may miss in one draw of twenty, so a free seed would make a test that fails by right now and then.
    # The seed of zeros was taken because nobody can have looked for it; how often any seed misses, the next test says.
    monkeypatch.setattr("secrets.token_bytes", bytes)
    planted = round(share * POPULATION)
    sample = sample_draw(dataset=dataset, source_import=planted_import(dataset, planted), by=None)
    analyze("review_sampleitem, review_queueitem")
    bad = review_all(dataset, cast)

    numbers = sorted(range(1, POPULATION + 1), key=lambda n: sampling.key(bytes(32), public_id(n)))[:REVIEWED]
    assert bad == sum(number <= planted for number in numbers)
    report = sample_report(sample)
    found = report.found
    assert (report.counts.left, report.unsettled, report.kept) == (0, 0, POPULATION)
    assert (found.bad, found.reviewed, found.population) == (bad, REVIEWED, POPULATION)
    assert found.share == bad / REVIEWED
    assert found.exact_low is not None and found.exact_high is not None
    assert round(found.exact_low * POPULATION) <= planted <= round(found.exact_high * POPULATION)
    assert found.low is not None and found.high is not None
    assert found.low <= share <= found.high
    assert planted <= found.at_most
    assert report.recommended.kind == recommended


def test_any_seed_draws_fairly_and_few_draws_mislead() -> None:
    seeds, ids = 100, {public_id(number): number for number in range(1, POPULATION + 1)}
    drawn = [
        [ids[each] for each in sampling.draw(ids, hashlib.sha256(b"%d" % seed).digest(), REVIEWED).chosen]
        for seed in range(seeds)
    ]
    for share in SHARES:
        planted = round(share * POPULATION)
        counts = [sum(number <= planted for number in numbers) for numbers in drawn]
        # Both are allowed what 3 standard errors of so many draws are.
        spread = math.sqrt(REVIEWED * share * (1 - share) * (1 - REVIEWED / POPULATION) / seeds)
        assert abs(sum(counts) / seeds - REVIEWED * share) <= 3 * spread
        covered = sum(covers(bad, planted) for bad in counts) / seeds
        assert covered >= 0.95 - 3 * math.sqrt(0.95 * 0.05 / seeds)


@cache
def covers(bad: int, planted: int) -> bool:
    """Say whether the exact interval of so many bad ones holds the planted number."""
    found = estimate(bad, REVIEWED, POPULATION)
    assert found.exact_low is not None and found.exact_high is not None
    return round(found.exact_low * POPULATION) <= planted <= round(found.exact_high * POPULATION)
