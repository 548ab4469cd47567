"""What the classifier may pick from for the targeted queue."""

import numpy as np
from django.db import connection

from annotate.models import Dataset, Example, Project
from annotate.records import Conversation
from review.models import Label, Queue, QueueItem
from review.quality.matrices import Texts
from review.quality.picks import Pool, most_looked_at
from review.quality.strategies import Strategy
from review.queries.patterns import CURRENT
from review.queries.policies import policy_of
from review.queries.verdicts import kept_sql

PICKED_BY = "classifier"
# One pass over the measurements; what comes back is as much as is wanted, however many there are. A measurement that
# holds for the text as it stands is of that text's revision.
POOL = """
WITH pool AS MATERIALIZED (
    SELECT measurement.example_id AS id, measurement.quality AS score,
        sha256(convert_to(%s || measurement.example_id, 'UTF8')) AS key
    FROM review_measurement measurement
    WHERE {current} AND measurement.quality IS NOT NULL AND ({kept}) IS TRUE
      AND NOT EXISTS (
        SELECT FROM review_queueitem seat
        WHERE seat.example_id = measurement.example_id AND seat.decided_at IS NULL AND seat.queue <> 'gold'
      )
      AND NOT EXISTS (
        SELECT FROM review_label label
        WHERE label.example_id = measurement.example_id AND label.revision = measurement.revision
          AND label.queue <> 'gold'
      )
      AND NOT EXISTS (SELECT FROM review_sampleitem item WHERE item.example_id = measurement.example_id)
)
SELECT id, score, (SELECT count(*) FROM pool) FROM (
    (SELECT id, score FROM pool ORDER BY key LIMIT %s)
    UNION (SELECT id, score FROM pool ORDER BY {distance}, key LIMIT %s)
) found ORDER BY id
"""
DISTANCES = {
    Strategy.SPREAD: "abs(score - 0.5)", Strategy.UNSURE: "abs(score - 0.5)", Strategy.LOWEST: "score",
}  # fmt: skip


def pool_of(project: Project, count: int, seed: int, strategy: Strategy) -> Pool:
    """Return what may be picked: what the limits keep, is scored, nobody judged and nobody is to judge anyway.

    Of all these only those are read that `picks` can come to when it chooses `count` with this seed and strategy. The
    members of the sample are judged anyway, whether they have a seat now or not.
    """
    _, policy = policy_of(project)
    by_key, by_score = most_looked_at(count)
    statement = POOL.format(
        current=CURRENT, kept=kept_sql(policy, "measurement", "measurement"), distance=DISTANCES[strategy]
    )
    datasets = list(Dataset.objects.filter(project=project).values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(statement, [f"{seed} ", datasets, by_key, by_score])
        rows = cursor.fetchall()
    ids = [pk for pk, _, _ in rows]
    return Pool(
        [str(pk) for pk in ids],
        np.array([score for _, score, _ in rows], np.float64),
        lambda places: Texts.of(conversations_of([ids[place] for place in places])),
        rows[0][2] if rows else 0,
    )


def picks_waiting(project: Project) -> int:
    """Count what the classifier picked and nobody has decided yet."""
    waiting = QueueItem.objects.open().filter(project=project, queue=Queue.TARGETED)
    return waiting.filter(pick__by=PICKED_BY).count()


def random_labels(project: Project) -> int:
    """Count the examples of a project with a label that a random draw brought."""
    said = Label.objects.filter(example__dataset__project=project, item__sample_item__isnull=False)
    return said.exclude(verdict=Label.Verdict.UNDONE).values("example").distinct().count()


def conversations_of(ids: list[int]) -> list[Conversation]:
    """Return the texts of examples, in their order."""
    rows = Example.objects.filter(pk__in=ids).values_list("pk", "turns", "metadata")
    texts = {pk: Conversation.from_json(turns, metadata) for pk, turns, metadata in rows}
    return [texts[pk] for pk in ids]
