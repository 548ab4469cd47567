"""How the measured values are spread: one pass over the measurements counts the bars of every limit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from annotate.models import Dataset
from review.limits import LIMITS
from review.queries.patterns import CURRENT
from review.rulers import Ruler, ruler_of

# Grouped by all bars at once first: a few thousand combinations are left of a million rows, and that pass can be
# shared among PostgreSQL's workers, which grouping by one column after the other cannot.
COUNTED = """
SELECT {which}, {bar}, sum(count)::bigint FROM (
    SELECT {columns}, count(*) AS count FROM review_measurement measurement WHERE {current} GROUP BY {group}
) bars
GROUP BY GROUPING SETS ({sets})
"""


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
    names = [f"b{number}" for number in range(len(fields))]
    statement = COUNTED.format(
        which=f"GROUPING({', '.join(names)})",
        bar=f"COALESCE({', '.join(names)})",
        columns=", ".join(f"{_bar(field)} AS {name}" for field, name in zip(fields, names, strict=True)),
        current=CURRENT,
        group=", ".join(names),
        sets=", ".join(f"({name})" for name in names),
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [[dataset.pk for dataset in scope]])
        rows = cursor.fetchall()
    # GROUPING() has a bit for each column that a row is not grouped by, the first column's the highest.
    whole = (1 << len(fields)) - 1
    bits = {whole ^ (1 << (len(fields) - 1 - number)): field for number, field in enumerate(fields)}
    found: dict[str, dict[int | None, int]] = {field: {} for field in fields}
    for which, bar, count in rows:
        found[bits[which]][bar] = count
    return {field: _histogram(field, counts) for field, counts in found.items()}


def _bar(field: str) -> str:
    inner = ", ".join(f"{float(edge)!r}" for edge in ruler_of(field).inner)
    return f"width_bucket(measurement.{field}::float8, ARRAY[{inner}]::float8[])"


def _histogram(field: str, counts: Mapping[int | None, int]) -> Histogram:
    held = ruler_of(field)
    bars = tuple(counts.get(number, 0) for number in range(len(held.edges) - 1))
    return Histogram(held, bars, counts.get(None, 0))
