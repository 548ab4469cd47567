"""What managers decide by hand over the limits: rulings, and taking them back."""

from collections.abc import Collection, Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.models import User
from annotate.models import Dataset, Example, Project
from review.models import Ruling, RulingItem
from review.services.sample_items import samples_admit

# Locked in one order, so that nobody writes what was found meanwhile over what stands here as `before`.
ITEMS = """
INSERT INTO review_rulingitem (ruling_id, example_id, revision, before)
SELECT %s, measurement.example_id, measurement.revision, measurement.ruling
FROM review_measurement measurement
JOIN annotate_example example ON example.id = measurement.example_id AND example.revision = measurement.revision
WHERE measurement.ruling <> %s AND measurement.example_id IN ({chosen})
  AND measurement.dataset_id IN (SELECT id FROM annotate_dataset WHERE project_id = %s)
ORDER BY measurement.example_id
FOR UPDATE OF measurement
"""

RULE = """
UPDATE review_measurement measurement SET ruling = %(verdict)s
FROM review_rulingitem item WHERE item.ruling_id = %(ruling)s AND measurement.example_id = item.example_id
"""

# What holds after an undo is the newest ruling that still stands, in whatever order they are taken back; without
# one, what held before the first.
RESTORE = """
UPDATE review_measurement measurement SET ruling = COALESCE(
    (SELECT ruling.verdict FROM review_rulingitem other JOIN review_ruling ruling ON ruling.id = other.ruling_id
     WHERE other.example_id = item.example_id AND other.revision = item.revision AND ruling.undone_at IS NULL
     ORDER BY ruling.id DESC LIMIT 1),
    (SELECT first.before FROM review_rulingitem first
     WHERE first.example_id = item.example_id AND first.revision = item.revision
     ORDER BY first.ruling_id LIMIT 1)
)
FROM review_rulingitem item
WHERE item.ruling_id = %(ruling)s AND measurement.example_id = item.example_id
  AND measurement.revision = item.revision
"""


class NothingToRule(Exception):
    """No example was left to rule on: none is measured as it stands, or all were ruled so already."""


class RulingGone(Exception):
    """The ruling was taken back already."""


@transaction.atomic
def ruling_make(
    *,
    project: Project,
    verdict: int,
    note: str,
    by: User,
    example_ids: Collection[int] = (),
    queryset: QuerySet[Example] | None = None,
) -> Ruling:
    """Keep or drop examples by hand, or leave them to the limits again; what becomes kept joins the samples.

    The examples are those of `queryset`, else those with `example_ids`; only those of the project whose text is
    measured as it stands are ruled on, and only where the ruling changes something. Raises NothingToRule when that
    leaves none.
    """
    _lock(project)
    chosen, params = _chosen(example_ids, queryset)
    ruling = Ruling.objects.create(project=project, verdict=verdict, note=note, by=by)
    with connection.cursor() as cursor:
        cursor.execute(ITEMS.format(chosen=chosen), [ruling.pk, verdict, *params, project.pk])
        ruling.count = cursor.rowcount
        if not ruling.count:
            raise NothingToRule
        cursor.execute(RULE, {"verdict": verdict, "ruling": ruling.pk})
    ruling.save(update_fields=["count"])
    if verdict != Ruling.Verdict.DROP:
        _extend_samples(ruling)
    return ruling


@transaction.atomic
def ruling_undo(*, ruling: Ruling, by: User) -> Ruling:
    """Take a ruling back: its examples are as they were, unless edited or ruled on since.

    Raises RulingGone when somebody has taken it back already.
    """
    _lock(ruling.project)
    found = Ruling.objects.select_for_update(of=("self",)).get(pk=ruling.pk)
    if found.undone_at:
        raise RulingGone
    found.undone_at, found.undone_by = timezone.now(), by
    found.save(update_fields=["undone_at", "undone_by"])
    with connection.cursor() as cursor:
        cursor.execute(RESTORE, {"ruling": found.pk})
    if found.verdict != Ruling.Verdict.KEEP:
        _extend_samples(found)
    return found


def _lock(project: Project) -> None:
    # One after the other with rulings and policies: else what becomes kept by two at once might join no sample.
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)


def _chosen(example_ids: Collection[int], queryset: QuerySet[Example] | None) -> tuple[str, Sequence[Any]]:
    if queryset is None:
        return "SELECT unnest(%s::bigint[])", [list(example_ids)]
    try:
        return queryset.values("pk").query.sql_with_params()
    except EmptyResultSet:
        raise NothingToRule from None


def _extend_samples(ruling: Ruling) -> None:
    touched = RulingItem.objects.filter(ruling=ruling).values("example__dataset")
    for dataset in Dataset.objects.filter(pk__in=touched).select_related("project"):
        samples_admit(dataset=dataset, ruling=ruling)
