"""Labels that came with the data: a key of the imported record that says good or bad of the imported text."""

import json
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.db import connection
from django.db.models import Count, Max

from annotate.models import Dataset, Example, Import, Project
from review.models import ClassifierRules, ImportedTally

# A value is compared in lower case and without blanks around it. Numbers and true or false are compared as written.
SAID = "lower(btrim(example.metadata ->> %(key)s))"
GOOD, BAD = "lower(btrim(%(good)s))", "lower(btrim(%(bad)s))"
LABELLED = f"""
FROM annotate_example example
JOIN annotate_import source ON source.id = example.source_import_id AND source.done_at IS NOT NULL
WHERE example.dataset_id = ANY(%(datasets)s) AND {SAID} IN ({GOOD}, {BAD})
"""
COUNTED = f"SELECT count(*) FILTER (WHERE {SAID} = {GOOD}), count(*) FILTER (WHERE {SAID} = {BAD}) {LABELLED}"
# As many of each kind as there is room for, in an order that has nothing to do with the data.
CHOSEN = f"""
WITH labelled AS MATERIALIZED (
    SELECT example.id, {SAID} = {GOOD} AS good {LABELLED}
      AND NOT EXISTS (SELECT FROM unnest(%(judged)s::bigint[]) judged WHERE judged = example.id)
)
(SELECT id, good FROM labelled WHERE good ORDER BY sha256(int8send(id)) LIMIT %(most)s)
UNION ALL
(SELECT id, good FROM labelled WHERE NOT good ORDER BY sha256(int8send(id)) LIMIT %(most)s)
"""  # noqa: S608  texts of our own
# What is looked at to name the keys that there are.
IMPORTS, RECORDS, MOST_VALUES, MOST_KEYS = 10, 200, 5, 6
LONGEST = 40


@dataclass(frozen=True, slots=True)
class ImportedCount:
    """How many imported records carry a good and a bad label; None of both while that is not counted yet."""

    good: int | None
    bad: int | None

    @property
    def is_known(self) -> bool:
        return self.good is not None


@dataclass(frozen=True, slots=True)
class Key:
    """A key that imported records carry, with how many of those looked at have which value, the most frequent first."""

    name: str
    values: tuple[tuple[str, int], ...]


def imported_counted(rules: ClassifierRules) -> ImportedCount | None:
    """Return how many imported labels a project has as counted before; None where it does not learn from any."""
    if not rules.imported_key:
        return None
    stored = ImportedTally.objects.filter(project=rules.project, stamp=imported_stamp(rules)).first()
    return ImportedCount(stored.good, stored.bad) if stored else ImportedCount(None, None)


def imported_count(rules: ClassifierRules) -> ImportedCount:
    """Count the imported labels of a project: one pass over its examples."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, _asked(rules))
        good, bad = cursor.fetchone()
    return ImportedCount(good, bad)


def imported_stamp(rules: ClassifierRules) -> str:
    """Return what changes whenever the count of imported labels could."""
    done = Import.objects.filter(dataset__project=rules.project, done_at__isnull=False)
    parts = [rules.imported_key, rules.imported_good, rules.imported_bad]
    found = done.aggregate(Count("pk"), Max("done_at"))
    return sha256(json.dumps([*parts, *found.values()], default=str).encode()).hexdigest()


def imported_chosen(rules: ClassifierRules, judged: Collection[int], most: int) -> list[tuple[int, bool]]:
    """Return at most so many examples of each kind with whether their imported label is good.

    `judged` are the examples of whose imported text people said something: that holds. The same ones each time.
    """
    asked = {**_asked(rules), "judged": sorted(judged), "most": most}
    with connection.cursor() as cursor:
        cursor.execute(CHOSEN, asked)
        return list(cursor.fetchall())


def keys_found(project: Project) -> list[Key]:
    """Return the keys of the first records of the newest imports that have few and short values, as a label has."""
    seen: dict[str, Counter[str]] = {}
    newest = Import.objects.filter(dataset__project=project, done_at__isnull=False).order_by("-pk")[:IMPORTS]
    for source in newest:
        rows = Example.objects.filter(source_import=source).order_by("line_number")[:RECORDS]
        for metadata in rows.values_list("metadata", flat=True):
            for key, value in metadata.items():
                if isinstance(value, str | bool | int | float):
                    said = value if isinstance(value, str) else json.dumps(value)
                    seen.setdefault(key, Counter())[said.strip().lower()] += 1
    keys = [Key(name, tuple(values.most_common())) for name, values in seen.items() if _is_label(values)]
    return sorted(keys, key=lambda key: (-sum(count for _, count in key.values), key.name))[:MOST_KEYS]


def _is_label(values: Counter[str]) -> bool:
    return 1 < len(values) <= MOST_VALUES and all(len(value) <= LONGEST for value in values)


def _asked(rules: ClassifierRules) -> dict[str, Any]:
    return {
        "key": rules.imported_key, "good": rules.imported_good, "bad": rules.imported_bad,
        "datasets": list(Dataset.objects.filter(project=rules.project).values_list("pk", flat=True)),
    }  # fmt: skip
