"""The selections of a project, and what one holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from annotate.models import Project
from review.models import Selection, SelectionItem

_STREAM = 2_000


@dataclass(frozen=True, slots=True)
class PlacePage:
    """Items in the order of choice, with the places to go on from; None where there is nothing more."""

    rows: list[SelectionItem]
    previous: int | None
    next: int | None


def selections_of(project: Project) -> QuerySet[Selection]:
    """Return a project's selections, the newest first, with what the list of them shows."""
    heavy = ("profile", "classifier__artefact", "classifier__card", "classifier__held_out")
    found = Selection.objects.filter(project=project).select_related("job", "by", "classifier")
    return found.defer(*heavy).prefetch_related("datasets")


def finished_selections(project: Project) -> QuerySet[Selection]:
    """Return the selections of a project that can be released."""
    return Selection.objects.filter(project=project, done_at__isnull=False).defer("profile")


def places_page(selection: Selection, *, size: int, after: int = 0, before: int | None = None) -> PlacePage:
    """Return the items behind a place, or those before one."""
    items = selection.items.select_related("example__dataset__project")
    if before is not None:
        after = max(0, before - 1 - size)
    rows = list(items.filter(position__gt=after, position__lte=after + size).order_by("position"))
    more = after + size < (selection.examples or 0)
    return PlacePage(
        rows, after + 1 if after and rows else None, rows[-1].position if rows and more else None
    )


def places(selection: Selection) -> Iterator[tuple[Any, ...]]:
    """Yield example id, place, public id, revision, topic and score of all of a selection, in the order of choice."""
    items = selection.items.order_by("position")
    fields = ("example", "position", "example__public_id", "revision", "topic", "score")
    return iter(items.values_list(*fields).iterator(chunk_size=_STREAM))
