"""How the measured values are spread: one pass over the measurements counts the bars of every limit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from annotate.models import Dataset
from review.limits import LIMITS
from review.queries.patterns import CURRENT
from review.rulers import Ruler, ruler_of

# Grouped by all bars at once first, as one number: some ten thousand combinations are left of a million rows, and that
# pass is shared among PostgreSQL's workers (see `patterns` for the fence), which grouping by one column after the
# other would not be.
COUNTED = """
SELECT GROUPING({names}), COALESCE({names}), sum(count)::bigint FROM (
    SELECT {bars}, count FROM (
        SELECT key, count(*) AS count FROM (
            SELECT {key} AS key FROM review_measurement measurement WHERE {current} OFFSET '0'
        ) measured GROUP BY key
    ) combined
) bars
GROUP BY GROUPING SETS ({sets})
"""


BIGINT = 2**63


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many current measurements lie in each bar of a ruler, and how many have no value."""

    ruler: Ruler
    counts: tuple[int, ...]
    unknown: int

    @property
    def known(self) -> int:
        return sum(self.counts)


def histograms(scope: Sequence[Dataset]) -> Mapping[str, Histogram]:
    """Count the datasets' current measurements by the bars of each limit's field."""
    fields = [limit.field for limit in LIMITS]
    with connection.cursor() as cursor:
        cursor.execute(_statement(fields), [[dataset.pk for dataset in scope]])
        rows = cursor.fetchall()
    # GROUPING() has a bit for each column that a row is not grouped by, the first column's the highest.
    whole = (1 << len(fields)) - 1
    of = {whole ^ (1 << (len(fields) - 1 - number)): field for number, field in enumerate(fields)}
    found: dict[str, dict[int, int]] = {field: {} for field in fields}
    for which, bar, count in rows:
        found[of[which]][bar] = count
    return {field: _histogram(field, counts) for field, counts in found.items()}


def _statement(fields: Sequence[str]) -> str:
    names = [f"b{number}" for number in range(len(fields))]
    key, bars, step = [], [], 1
    for field, name in zip(fields, names, strict=True):
        size = ruler_of(field).last + 1
        key.append(f"{_bar(field)}::bigint * {step}")
        bars.append(f"(key / {step} %% {size})::int AS {name}")
        step *= size
    if step > BIGINT:
        raise ValueError(
            f"the bars of all limits make {step:,} combinations, more than a number of 64 bits has"
        )
    return COUNTED.format(
        names=", ".join(names),
        bars=", ".join(bars),
        key=" + ".join(key),
        current=CURRENT,
        sets=", ".join(f"({name})" for name in names),
    )


def _bar(field: str) -> str:
    """Return the number of a value's bar, from 1, as SQL; 0 where the value is unknown."""
    inner = ", ".join(f"{float(edge)!r}" for edge in ruler_of(field).inner)
    return f"COALESCE(width_bucket(measurement.{field}::float8, ARRAY[{inner}]::float8[]) + 1, 0)"


def _histogram(field: str, counts: Mapping[int, int]) -> Histogram:
    held = ruler_of(field)
    bars = tuple(counts.get(number, 0) for number in range(1, held.last + 1))
    return Histogram(held, bars, counts.get(0, 0))
