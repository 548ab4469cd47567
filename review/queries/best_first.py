"""Examples in the order of their scores, a page at a time, at a cost that depends on the page and not on the whole.

First stand those with a score of their current text, ties by id; then the others by id. Worst first turns the scored
ones round.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet

from annotate.models import Dataset, Example, Project
from annotate.queries import Filters, Page
from review.models import Measurement

_CURRENT = Q(measurement__revision=F("revision"), measurement__quality__isnull=False)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a page goes on: at an example, with its score where it stands among those that have one."""

    pk: int
    score: float | None


def datasets_within(project: Project, filters: Filters) -> list[Dataset]:
    """Return the project's datasets that examples which fit the filters can be in."""
    if filters.dataset:
        return [filters.dataset]
    found = Dataset.objects.filter(project=project)
    return list(found.filter(source=filters.source) if filters.source else found)


def scored_page(
    found: QuerySet[Example],
    datasets: Sequence[Dataset],
    *,
    worst: bool,
    size: int,
    after: int | None = None,
    before: int | None = None,
    closed: Collection[int] = (),
) -> Page:
    """Cut a page out of examples of these datasets by score, forwards from the example `after` or backwards.

    Those named as `closed` stand among the ones without a score, so that their place does not tell it.
    """
    backwards = before is not None
    place = _place(before if backwards else after, closed)
    down = worst == backwards
    limit = size + 1
    ids: list[int] = []
    if not backwards:
        if place is None or place.score is not None:
            ids = _scored(found, datasets, closed, place, limit, down=down)
        if len(ids) < limit:
            start = place.pk if place and place.score is None else 0
            others = _others(found, closed).filter(pk__gt=start).order_by("pk")
            ids += others.values_list("pk", flat=True)[: limit - len(ids)]
    else:
        if place and place.score is None:
            others = _others(found, closed).filter(pk__lt=place.pk).order_by("-pk")
            ids = list(others.values_list("pk", flat=True)[:limit])
        if len(ids) < limit:
            from_end = place if place and place.score is not None else None
            ids += _scored(found, datasets, closed, from_end, limit - len(ids), down=down)
    return _page(ids, size, backwards=backwards, began=bool(after))


def scores_now(examples: Collection[int]) -> dict[int, float]:
    """Return the scores of examples' current texts by their ids."""
    rows = Measurement.objects.filter(example__in=examples, revision=F("example__revision"))
    return dict(rows.filter(quality__isnull=False).values_list("example", "quality"))  # type: ignore[arg-type]


def _place(pk: int | None, closed: Collection[int]) -> _Place | None:
    if pk is None:
        return None
    return _Place(pk, None if pk in closed else scores_now([pk]).get(pk))


def _others(found: QuerySet[Example], closed: Collection[int]) -> QuerySet[Example]:
    return found.filter(~_CURRENT | Q(measurement__isnull=True) | Q(pk__in=closed))


def _scored(
    found: QuerySet[Example],
    datasets: Sequence[Dataset],
    closed: Collection[int],
    place: _Place | None,
    limit: int,
    *,
    down: bool,
) -> list[int]:
    """Return the next ids among the scored, `down` from the best or up from the worst, from behind a place on."""
    found = found.filter(_CURRENT, _behind(place, down=down)).exclude(pk__in=closed)
    found = found.annotate(score=F("measurement__quality"))
    order = ("-score", "pk") if down else ("score", "-pk")
    # One dataset after the other, as each is an end of the index and no two of them are.
    each: list[Any] = [
        found.filter(dataset=dataset, measurement__dataset=dataset)
        .order_by(*order)
        .values_list("score", "pk")[:limit]
        for dataset in datasets
    ]
    if not each:
        return []
    merged = each[0].union(*each[1:], all=True).order_by(*order)[:limit] if len(each) > 1 else each[0]
    return [pk for _, pk in merged]


def _behind(place: _Place | None, *, down: bool) -> Q:
    if place is None:
        return Q()
    score, pk = place.score, place.pk
    # Said twice, as the index is read from the first condition and cannot be from the second.
    if down:
        beyond = Q(measurement__quality__lt=score) | Q(measurement__quality=score, pk__gt=pk)
        return Q(measurement__quality__lte=score) & beyond
    beyond = Q(measurement__quality__gt=score) | Q(measurement__quality=score, pk__lt=pk)
    return Q(measurement__quality__gte=score) & beyond


def _page(ids: list[int], size: int, *, backwards: bool, began: bool) -> Page:
    more, ids = len(ids) > size, ids[:size][:: -1 if backwards else 1]
    by_id = Example.objects.select_related("dataset__project", "author").in_bulk(ids)
    rows = [by_id[pk] for pk in ids]
    if backwards:
        return Page(rows, rows[0].pk if more else None, rows[-1].pk if rows else None)
    return Page(rows, rows[0].pk if rows and began else None, rows[-1].pk if more else None)
