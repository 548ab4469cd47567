"""The items of samples: those drawn, and those that the stored bound admits later."""

from django.db import connection, transaction

from annotate.models import Dataset, Example
from review.models import Ruling, Sample
from review.queries.policies import policy_of
from review.queries.verdicts import kept_sql
from review.sampling import Draw, key

DRAWN = """
INSERT INTO review_sampleitem (sample_id, example_id, key)
SELECT %(sample)s, example.id, drawn.key
FROM unnest(%(ids)s::uuid[], %(keys)s::bytea[]) AS drawn (public_id, key)
JOIN annotate_example example ON example.public_id = drawn.public_id
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
RULED = "example.id IN (SELECT example_id FROM review_rulingitem WHERE ruling_id = %(ruling)s)"


def items_add(*, sample: Sample, drawn: Draw) -> None:
    """Make items of what was drawn."""
    keys = [key(bytes(sample.seed), public_id) for public_id in drawn.chosen]
    with connection.cursor() as cursor:
        cursor.execute(DRAWN, {"sample": sample.pk, "ids": list(drawn.chosen), "keys": keys})


@transaction.atomic
def samples_extend(*, dataset: Dataset, ruling: Ruling | None = None) -> int:
    """Make items of what is kept now and lies within the bound of its sample; return how many joined.

    With a ruling only its examples are looked at.
    """
    _, policy = policy_of(dataset.project)
    among = RULED if ruling else "TRUE"
    statement = ADMITTED.format(kept=kept_sql(policy, "example", "measurement"), among=among)
    joined = 0
    with connection.cursor() as cursor:
        for sample in Sample.objects.filter(dataset=dataset):
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
    return joined
