"""Queue items with all that a page shows of them, read by one prepared statement: two of these for each decision."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models

from annotate.models import Dataset, Example, Import
from review.models import QueueItem, SampleItem
from review.queries.prepared import columns, named, prepared

# Everything that is small: the imported record is not, and nothing of it is shown.
ITEM = [field.name for field in QueueItem._meta.concrete_fields]
SAMPLED = ("id", "sample", "example", "outcome", "revision", "settled")
EXAMPLE = [field.name for field in Example._meta.concrete_fields if field.name != "raw"]
DATASET = [field.name for field in Dataset._meta.concrete_fields]
IMPORT = ("id", "public_id", "dataset", "name", "done_at")
PARTS: tuple[tuple[str, type[models.Model], Sequence[str]], ...] = (
    ("item", QueueItem, ITEM),
    ("sampled", SampleItem, SAMPLED),
    ("example", Example, EXAMPLE),
    ("dataset", Dataset, DATASET),
    ("source", Import, IMPORT),
)
SHOWN = f"""
SELECT {", ".join(columns(*part) for part in PARTS)}
FROM review_queueitem item
JOIN annotate_example example ON example.id = item.example_id
JOIN annotate_dataset dataset ON dataset.id = example.dataset_id
LEFT JOIN annotate_import source ON source.id = example.source_import_id
LEFT JOIN review_sampleitem sampled ON sampled.id = item.sample_item_id
WHERE item.id = ANY(%(items)s) AND item.project_id = %(project)s
"""  # noqa: S608  the names of our own columns


def items_read(project: int, items: Iterable[int]) -> dict[int, QueueItem]:
    """Return the items of a project by their ids, with sampled example, example, dataset and import."""
    rows = prepared(SHOWN, {"items": list(items), "project": project})
    return {item.pk: item for item in map(_item, rows)}


def _item(row: tuple[Any, ...]) -> QueueItem:
    found: list[Any] = []
    start = 0
    for _, model, names in PARTS:
        found.append(named(model, names, row[start : start + len(names)]))
        start += len(names)
    item, sampled, example, dataset, source = found
    item.sample_item, item.example = sampled, example
    example.dataset, example.source_import = dataset, source
    return item  # type: ignore[no-any-return]
