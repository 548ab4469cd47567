"""How a project's examples score: one pass over the measurements counts the bars."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from django.db import connection

from annotate.models import Dataset, Project
from review.policies import Policy
from review.quality.limits import limits_of
from review.queries.classifiers import QUALITY
from review.queries.patterns import CURRENT
from review.queries.scorers import NO_SUCH_ID, options_of, scorer_ids
from review.queries.verdicts import kept_sql

Ints = npt.NDArray[np.int64]

# Grouped inside a fence, so that PostgreSQL shares the pass among its workers: see `patterns`.
COUNTED = """
SELECT key / 4, count(*)::bigint, sum(key / 2 %% 2)::bigint, sum(key %% 2)::bigint FROM (
    SELECT (
        COALESCE(width_bucket(measurement.quality, ARRAY[{edges}]::float8[]) + 1, 0) * 4
        + CASE WHEN {kept} THEN 2 ELSE 0 END
        + CASE WHEN measurement.scorers @> ARRAY[%s]::int[] THEN 1 ELSE 0 END
    ) AS key FROM review_measurement measurement WHERE {current} OFFSET '0'
) seen GROUP BY key / 4
"""


@dataclass(frozen=True, slots=True)
class Scores:
    """Current measurements counted by score, in the parts that `review.quality.limits.limits_of` makes.

    `every` (k + 1,) are all with a score, `keepable` (k + 1,) those of them that all other limits keep; `due` is how
    many have no score by the active version, with an older one or with none.
    """

    every: Ints
    keepable: Ints
    due: int

    @property
    def count(self) -> int:
        return int(self.every.sum())


def scores_of(project: Project, policy: Policy) -> Scores:
    """Count the project's submitted examples by their score; `policy` says what the other limits are."""
    others = replace(policy, limits=tuple(limit for limit in policy.limits if limit.field != QUALITY))
    version = scorer_ids(options_of(project, policy), [QUALITY]).get(QUALITY)
    datasets = list(Dataset.objects.filter(project=project).values_list("pk", flat=True))
    limits = limits_of()
    statement = COUNTED.format(
        edges=", ".join(f"{limit!r}" for limit in limits.tolist()),
        kept=f"({kept_sql(others, 'measurement', 'measurement')}) IS TRUE",
        current=CURRENT,
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [version or NO_SUCH_ID, datasets])
        rows = cursor.fetchall()
    found = np.zeros((3, len(limits) + 2), np.int64)
    for part, *counts in rows:
        found[:, part] = counts
    every, keepable, scored = found
    due = 0 if version is None else int((every - scored).sum())
    return Scores(every[1:], keepable[1:], due)
