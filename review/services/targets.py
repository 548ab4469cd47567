"""The targeted queue: examples that somebody wants looked at; they never enter an estimate."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import connection, transaction

from accounts.models import User
from annotate.models import Example, Project
from review.models import Queue
from review.models.queue import RANKS

# In the order they were asked for. An example that has an open seat in any queue but that of gold is looked at anyway.
ADD = f"""
INSERT INTO review_queueitem (project_id, queue, example_id, rank, batch, key, pick)
SELECT %(project)s, 'targeted', example.id, {RANKS[Queue.TARGETED]}, 0, int8send(chosen.place), chosen.pick
FROM unnest(%(ids)s::bigint[], %(picks)s::jsonb[]) WITH ORDINALITY AS chosen (id, pick, place)
JOIN annotate_example example ON example.id = chosen.id
JOIN annotate_dataset dataset ON dataset.id = example.dataset_id AND dataset.project_id = %(project)s
WHERE example.state = %(submitted)s AND NOT EXISTS (
    SELECT FROM review_queueitem open
    WHERE open.example_id = example.id AND open.decided_at IS NULL AND open.queue <> 'gold'
)
"""  # noqa: S608  a number of our own


@transaction.atomic
def targeted_add(
    *, project: Project, examples: Iterable[Example | int], by: User, why: dict[str, Any]
) -> int:
    """Put submitted examples of a project in the targeted queue; return how many, as some may wait for review already.

    `why` is kept with each, as {"by": "browse", "words": …}.
    """
    ids = (each if isinstance(each, int) else each.pk for each in examples)
    return picks_add(project=project, picks={key: {**why, "asked_by": by.pk} for key in ids})


@transaction.atomic
def picks_add(*, project: Project, picks: Mapping[int, Mapping[str, Any]]) -> int:
    """Put examples in the targeted queue, by id with why each was picked; return how many, as `targeted_add` does."""
    # Of two who add the same at once the second waits here and finds the first one's seats.
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            ADD,
            {
                "project": project.pk, "ids": list(picks), "submitted": Example.State.SUBMITTED,
                "picks": [json.dumps(pick) for pick in picks.values()],
            },
        )  # fmt: skip
        return int(cursor.rowcount)
