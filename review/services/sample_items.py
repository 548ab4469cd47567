"""The items of samples: those drawn, and those that the stored bound admits later."""

from django.db import connection, transaction

from annotate.models import Dataset, Example
from review.models import Queue, Ruling, Sample
from review.models.queue import RANKS
from review.queries.policies import policy_of
from review.queries.rules import rules_of
from review.queries.verdicts import kept_sql
from review.sampling import Draw, key

DRAWN = """
INSERT INTO review_sampleitem (sample_id, example_id, key)
SELECT %(sample)s, example.id, drawn.key
FROM unnest(%(ids)s::uuid[], %(keys)s::bytea[]) AS drawn (public_id, key)
JOIN annotate_example example ON example.public_id = drawn.public_id
ON CONFLICT (sample_id, example_id) DO NOTHING
"""

# The same key as `sampling.key`, computed where the rows are: few of many examples are below the bound.
ADMITTED = """
INSERT INTO review_sampleitem (sample_id, example_id, key)
SELECT %(sample)s, hashed.id, hashed.key
FROM (
    SELECT example.id, sha256(%(seed)s || convert_to(example.public_id::text, 'UTF8')) AS key
    FROM annotate_example example JOIN review_measurement measurement ON measurement.example_id = example.id
    WHERE example.dataset_id = %(dataset)s AND example.source_import_id IS NOT DISTINCT FROM %(import)s
      AND example.state = %(submitted)s AND {kept} AND {among}
) hashed
WHERE hashed.key <= %(bound)s
ON CONFLICT (sample_id, example_id) DO NOTHING
"""
# A seat for each item, and a second one for the share of them that are labelled twice: by the last bytes of the key,
# which the order of the queue does not use up.
SEATS = f"""
INSERT INTO review_queueitem (project_id, queue, example_id, sample_item_id, rank, batch, key)
SELECT %(project)s, seat.queue, item.example_id, item.id, {RANKS[Queue.SAMPLE]}, item.sample_id, item.key
FROM review_sampleitem item
CROSS JOIN (VALUES ('sample', 1.0::float), ('overlap', %(overlap)s::float)) AS seat (queue, share)
WHERE item.sample_id = %(sample)s
  AND NOT EXISTS (SELECT FROM review_queueitem given WHERE given.sample_item_id = item.id)
  AND ('x' || encode(substr(item.key, 29, 4), 'hex'))::bit(32)::bigint < seat.share * 4294967296
"""  # noqa: S608  a number of our own
RULED = "example.id IN (SELECT example_id FROM review_rulingitem WHERE ruling_id = %(ruling)s)"


def items_add(*, sample: Sample, drawn: Draw) -> None:
    """Make items of what was drawn."""
    keys = [key(bytes(sample.seed), public_id) for public_id in drawn.chosen]
    with connection.cursor() as cursor:
        cursor.execute(DRAWN, {"sample": sample.pk, "ids": list(drawn.chosen), "keys": keys})
    seats_add(sample)


def seats_add(sample: Sample) -> None:
    """Give every item of a sample that has none its seats in the review queue."""
    project = sample.dataset.project_id
    with connection.cursor() as cursor:
        overlap = rules_of(project).stored.overlap
        cursor.execute(SEATS, {"sample": sample.pk, "project": project, "overlap": overlap})


@transaction.atomic
def samples_admit(*, dataset: Dataset, ruling: Ruling | None = None) -> int:
    """Make items of what is kept now and lies within the bound of its sample; return how many joined.

    With a ruling only its examples are looked at.
    """
    _, policy = policy_of(dataset.project)
    among = RULED if ruling else "TRUE"
    statement = ADMITTED.format(kept=kept_sql(policy, "example", "measurement"), among=among)
    joined = 0
    with connection.cursor() as cursor:
        # Locked, so that what becomes kept while somebody draws more is admitted by the bound that holds then.
        samples = Sample.objects.filter(dataset=dataset).select_related("dataset").order_by("pk")
        for sample in samples.select_for_update(of=("self",), no_key=True):
            cursor.execute(
                statement,
                {
                    "sample": sample.pk,
                    "dataset": dataset.pk,
                    "import": sample.source_import_id,
                    "seed": bytes(sample.seed),
                    "bound": bytes(sample.bound),
                    "submitted": Example.State.SUBMITTED,
                    "ruling": ruling.pk if ruling else None,
                },
            )
            joined += cursor.rowcount
            seats_add(sample)
    return joined
