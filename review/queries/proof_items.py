"""Whether the items of a sample are those that were drawn or belong to it since, and say what their labels say."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db import connection

from annotate.models import Example
from review.models import Sample, SampleItem
from review.queries.policies import policy_of
from review.queries.verdicts import kept_sql
from review.sampling import key

NAMED = 5  # of what is wrong in the same way, so many are named
STREAM = 10_000

# What is kept now of a sample's import, lies within its bound, and is no item.
LEFT_OUT = """
SELECT example.public_id
FROM annotate_example example JOIN review_measurement measurement ON measurement.example_id = example.id
WHERE example.dataset_id = %(dataset)s AND example.source_import_id IS NOT DISTINCT FROM %(import)s
  AND example.state = %(submitted)s AND {kept}
  AND sha256(%(seed)s || convert_to(example.public_id::text, 'UTF8')) <= %(bound)s
  AND NOT EXISTS (
    SELECT FROM review_sampleitem item WHERE item.sample_id = %(sample)s AND item.example_id = example.id
  )
ORDER BY example.public_id
"""
# Items without a first seat, and with one that is another example's.
SEATS = """
SELECT example.public_id, bool_or(seat.queue = 'sample') IS NOT TRUE,
    bool_or(seat.example_id <> item.example_id OR seat.key <> item.key OR seat.project_id <> %(project)s) IS TRUE
FROM review_sampleitem item
JOIN annotate_example example ON example.id = item.example_id
LEFT JOIN review_queueitem seat ON seat.sample_item_id = item.id
WHERE item.sample_id = %(sample)s
GROUP BY item.id, example.public_id
HAVING bool_or(seat.queue = 'sample') IS NOT TRUE
    OR bool_or(seat.example_id <> item.example_id OR seat.key <> item.key OR seat.project_id <> %(project)s)
ORDER BY example.public_id
"""
# The outcome by the labels that stand at an item's seats, where it is not the one on record.
OUTCOMES = """
SELECT example.public_id, item.outcome, said.outcome
FROM review_sampleitem item
JOIN annotate_example example ON example.id = item.example_id
LEFT JOIN (
    SELECT sample_item_id, COALESCE(
        max(verdict) FILTER (WHERE queue = 'adjudication'),
        CASE WHEN min(verdict) = max(verdict) THEN max(verdict) ELSE 'disputed' END
    ) AS outcome, array_agg(revision) AS revisions
    FROM (
        SELECT DISTINCT ON (label.item_id) seat.sample_item_id, seat.queue, label.verdict, label.revision
        FROM review_label label
        JOIN review_queueitem seat ON seat.id = label.item_id
        JOIN review_sampleitem mine ON mine.id = seat.sample_item_id
        WHERE mine.sample_id = %(sample)s AND seat.decided_at IS NOT NULL
        ORDER BY label.item_id, label.id DESC
    ) newest
    WHERE verdict <> 'undone'
    GROUP BY sample_item_id
) said ON said.sample_item_id = item.id
WHERE item.sample_id = %(sample)s AND (
    item.outcome IS DISTINCT FROM said.outcome
    OR item.outcome IS NOT NULL AND NOT item.revision = ANY(said.revisions)
)
ORDER BY example.public_id
"""


def items_problems(sample: Sample, drawn: Mapping[UUID, bytes]) -> Iterator[str]:
    """Say which items are missing, which were added, and which are not what their ids make them."""
    seed, bound = bytes(sample.seed), bytes(sample.bound)
    place = (sample.dataset_id, sample.source_import_id)
    found: set[UUID] = set()
    other_key, above, elsewhere = [], [], []
    rows = SampleItem.objects.filter(sample=sample).values_list(
        "example__public_id", "key", "example__dataset", "example__source_import"
    )
    for public_id, stored, *where in rows.order_by("key").iterator(chunk_size=STREAM):
        found.add(public_id)
        expected = key(seed, public_id)
        if expected != bytes(stored):
            other_key.append(public_id)
        if expected > bound:
            above.append(public_id)
        if tuple(where) != place:
            elsewhere.append(public_id)
    yield from _said("Drawn and no item, so removed or swapped", drawn.keys() - found)
    yield from _said("Items with another key than their id gives, so swapped or changed", other_key)
    yield from _said("Items beyond the bound, so added or swapped", above)
    yield from _said("Items from outside of what was sampled, so added or swapped", elsewhere)
    yield from _said(
        "Kept now and within the bound, and no item; either a screening is under way or they were removed",
        _left_out(sample),
    )


def labels_problems(sample: Sample) -> Iterator[str]:
    """Say which items have not the seats that they should, or another outcome than their labels give."""
    asked = {"sample": sample.pk, "project": sample.dataset.project_id}
    seats = _rows(SEATS, asked)
    yield from _said("Items without a seat in the queue", [row[0] for row in seats if row[1]])
    yield from _said("Items with a seat that is not their own", [row[0] for row in seats if row[2]])
    outcomes = _rows(OUTCOMES, asked)
    yield from _said(
        "Items whose outcome or revision is not what their labels say", [row[0] for row in outcomes]
    )


def _left_out(sample: Sample) -> list[UUID]:
    _, policy = policy_of(sample.dataset.project)
    asked = {
        "sample": sample.pk,
        "dataset": sample.dataset_id,
        "import": sample.source_import_id,
        "submitted": Example.State.SUBMITTED,
        "seed": bytes(sample.seed),
        "bound": bytes(sample.bound),
    }
    return [row[0] for row in _rows(LEFT_OUT.format(kept=kept_sql(policy, "example", "measurement")), asked)]


def _rows(statement: str, asked: Mapping[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        return list(cursor.fetchall())


def _said(what: str, ids: Collection[UUID]) -> Iterator[str]:
    """Name some of the examples that something is wrong with; nothing where there are none."""
    if ids:
        named = ", ".join(map(str, sorted(ids)[:NAMED]))
        rest = f" and {len(ids) - NAMED:,} more" if len(ids) > NAMED else ""
        yield f"{what} ({len(ids):,}): {named}{rest}."
