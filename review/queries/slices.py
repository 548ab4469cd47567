"""The parts of a dataset that are looked at apart: by language, length, author, task type and source."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Case, CharField, F, QuerySet, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Left

from accounts.models import User
from annotate.models import Dataset, Example
from review.models import Sample
from review.policies import Policy
from review.queries.outcomes import BAD, GOOD
from review.queries.policies import policy_of
from review.queries.sampled import of_standing
from review.queries.spoken import language_name
from review.queries.verdicts import kept

# Tokens; the last band is open. Wide enough that each holds some of a sample of sixty.
BANDS = (100, 300, 1_000, 3_000)
TASK_KEYS = ("task_type", "task", "category", "type")
UNKNOWN = ""
OTHERS = "others"
MOST_VALUES = 40
LONGEST_VALUE = 60

# dimension -> value -> how many examples are kept
Populations = Mapping[str, Mapping[str, int]]
# dimension -> value -> how many are bad, of how many reviewed
Parts = Mapping[str, Mapping[str, tuple[int, int]]]
Row = tuple[str, int, int, int]


@dataclass(frozen=True, slots=True)
class Dimension:
    """One way to cut a dataset into parts."""

    slug: str
    label: str


DIMENSIONS = (
    Dimension("source", "Source"),
    Dimension("language", "Language"),
    Dimension("length", "Length"),
    Dimension("task", "Task type"),
    Dimension("author", "Author"),
)


def slice_rows(
    sample: Sample, populations: Populations | None = None, parts: Parts | None = None
) -> dict[str, list[Row]]:
    """Return by dimension's slug rows of (value, bad, reviewed, population) for `review.estimates.slices`.

    What a value is called, `value_words` says; which items it has, `in_slice`. Rare values are one row, OTHERS.

    `populations` are what is kept now in each part, and `parts` what is bad and reviewed in it, where somebody has
    counted them (`queries.tallies`); otherwise they are counted here. A dimension of which all examples have the same
    value is left out.
    """
    if populations is None:
        _, policy = policy_of(sample.dataset.project)
        populations = populations_of(sample.dataset, policy).get(sample.source_import_id or 0, {})
    found = part_counts(sample) if parts is None else parts
    return {
        dimension.slug: rows
        for dimension in DIMENSIONS
        if len(rows := _rows(found.get(dimension.slug, {}), populations.get(dimension.slug, {}))) > 1
    }


def populations_of(dataset: Dataset, policy: Policy) -> dict[int, dict[str, dict[str, int]]]:
    """Count what is kept now by import's id (0 for what was written here), dimension and value; one pass."""
    examples = Example.objects.submitted().filter(kept(policy), dataset=dataset)
    rows = _cut(examples, "", "source_import")
    counts: dict[int, dict[str, dict[str, int]]] = {}
    for first, slug, value, count in _grouped(rows, "source_import"):
        counts.setdefault(first or 0, {}).setdefault(slug, {})[value] = count
    return counts


def part_counts(sample: Sample) -> dict[str, dict[str, tuple[int, int]]]:
    """Count what is bad and reviewed of a sample, by dimension and value."""
    _, policy = policy_of(sample.dataset.project)
    counts: dict[str, dict[str, tuple[int, int]]] = {}
    decided = of_standing(sample, policy, GOOD, BAD)
    for outcome, slug, value, count in _grouped(_cut(decided, "example__", "outcome"), "outcome"):
        bad, reviewed = counts.setdefault(slug, {}).get(value, (0, 0))
        counts[slug][value] = (bad + count if outcome == BAD else bad, reviewed + count)
    return counts


def in_slice(items: QuerySet[Any], slug: str, value: str) -> QuerySet[Any]:
    """Narrow a sample's items to those with a value in a dimension."""
    found: QuerySet[Any] = items.alias(sliced=_values("example__")[f"by_{slug}"]).filter(sliced=value)
    return found


def value_words(slug: str, values: Sequence[str]) -> dict[str, str]:
    """Say values of a dimension as people read them; authors are for those who may know their names."""
    if slug == "length":
        return {value: _band_words(value) for value in values}
    if slug == "author":
        people = User.objects.in_bulk([int(value) for value in values if value.isdecimal()])
        return {
            value: str(people.get(int(value))) if value.isdecimal() else value or "imported"
            for value in values
        }
    if slug == "language":
        return {value: language_name(value) if value else "not known" for value in values}
    if slug == "source":
        known: dict[str, str] = dict(Dataset.Source.choices)
        return {value: known.get(value, value) for value in values}
    return {value: value or "not known" for value in values}


def _cut(rows: QuerySet[Any], path: str, first: str) -> Any:
    texts = _values(path)
    return rows.annotate(**texts).order_by().values(first, *texts)


def _values(path: str) -> dict[str, Any]:
    """Return the value that a row has in each dimension, as `by_` and its slug."""
    given = [KeyTextTransform(name, f"{path}metadata") for name in TASK_KEYS]
    stated = KeyTextTransform("source", f"{path}metadata")
    values = {
        "source": Coalesce(stated, F(f"{path}dataset__source")),
        "language": F(f"{path}measurement__language"),
        "length": _band(path),
        "task": Coalesce(*given),
        "author": Cast(F(f"{path}author"), CharField()),
    }
    return {
        f"by_{slug}": Left(Coalesce(value, Value(UNKNOWN), output_field=CharField()), LONGEST_VALUE)
        for slug, value in values.items()
    }


def _band(path: str) -> Case:
    tokens = f"{path}measurement__tokens"
    bands = [When(**{f"{tokens}__lt": top}, then=Value(str(at))) for at, top in enumerate(BANDS)]
    longest = When(**{f"{tokens}__isnull": False}, then=Value(str(len(BANDS))))
    return Case(*bands, longest, output_field=CharField())


def _grouped(rows: Any, first: str) -> list[tuple[Any, str, str, int]]:
    """Count rows by the first column and each of the dimensions."""
    slugs = [dimension.slug for dimension in DIMENSIONS]
    inner, params = rows.query.sql_with_params()
    columns = [f"by_{slug}" for slug in slugs]
    names, sets = ", ".join(columns), ", ".join(f"({first}, {name})" for name in columns)
    statement = f"SELECT {first}, {names}, count(*) FROM ({inner}) seen GROUP BY GROUPING SETS ({sets})"  # noqa: S608  the names are ours
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return [_counted(row, slugs) for row in cursor.fetchall()]


def _counted(row: Sequence[Any], slugs: Sequence[str]) -> tuple[Any, str, str, int]:
    # Only the column that a row is grouped by is not null.
    slug, value = next(
        (slug, value) for slug, value in zip(slugs, row[1:-1], strict=True) if value is not None
    )
    return row[0], slug, value, row[-1]


def _rows(found: Mapping[str, tuple[int, int]], populations: Mapping[str, int]) -> list[Row]:
    rows: dict[str, Row] = {}
    ordered = sorted(found.keys() | populations.keys(), key=lambda value: (-populations.get(value, 0), value))
    named = set(ordered[:MOST_VALUES])
    for value in ordered:
        bad, reviewed = found.get(value, (0, 0))
        # Counted at another moment than the labels, which count whatever became of the example.
        population = max(populations.get(value, 0), reviewed)
        name = value if value in named else OTHERS
        old = rows.get(name, (name, 0, 0, 0))
        rows[name] = (name, old[1] + bad, old[2] + reviewed, old[3] + population)
    return list(rows.values())


def _band_words(value: str) -> str:
    if not value.isdecimal():
        return value or "not known"
    at = int(value)
    if at == 0:
        return f"under {BANDS[0]:,} tokens"
    if at == len(BANDS):
        return f"{BANDS[-1]:,} tokens and more"
    return f"{BANDS[at - 1]:,} to {BANDS[at] - 1:,} tokens"
