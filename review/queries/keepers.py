"""Which example of several that say the same is kept."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import batched

from django.db.models import F, IntegerField
from django.db.models.expressions import RawSQL

from annotate.models import Example
from review.queries.outcomes import BAD, GOOD, with_outcome

AT_ONCE = 5_000

WRITTEN, EDITED, IMPORTED = 2, 1, 0

# Characters of all texts; a set-returning call takes the column only.
LENGTH = """(
    SELECT coalesce(sum(length(turn->>'content') + coalesce(length(turn->>'input'), 0)), 0)
    FROM jsonb_array_elements("annotate_example"."turns") turn
)"""


@dataclass(frozen=True, slots=True)
class Rank:
    """What decides whether an example is preferred to another that says the same.

    `origin`: 2 written by a person, 1 imported and edited, 0 as imported. `label`: 1 good, 0 none or disputed,
    -1 bad, on the current revision. `length` in characters.
    """

    origin: int
    label: int
    length: int
    created_at: datetime
    pk: int

    def order(self, chosen_at: datetime | None = None) -> tuple[float, int, int, int, float, int]:
        """Return what sorts the preferred first: one chosen by hand, the newest choice before others; then written
        over edited over imported, the best label, the longest, the oldest.
        """
        chosen = -chosen_at.timestamp() if chosen_at else 0.0
        return (
            chosen,
            -self.origin,
            -self.label,
            -self.length,
            self.created_at.timestamp(),
            self.pk,
        )


def ranks_of(ids: Collection[int]) -> dict[int, Rank]:
    """Return the ranks of examples by their ids."""
    return {rank.pk: rank for some in batched(ids, AT_ONCE, strict=False) for rank in _ranks(some)}


def keeper_of(members: Collection[int], ranks: Mapping[int, Rank], chosen: Mapping[int, datetime]) -> int:
    """Return the one of `members` that is kept; `chosen` says which were chosen by hand, and when."""
    return min(members, key=lambda pk: ranks[pk].order(chosen.get(pk)))


def _ranks(ids: Collection[int]) -> Iterator[Rank]:
    length = RawSQL(LENGTH, [], output_field=IntegerField())  # noqa: S611  no part of it comes from outside
    found = with_outcome(Example.objects.filter(pk__in=ids)).annotate(length=length, by=F("source_import"))
    rows = found.values_list("pk", "revision", "by", "outcome", "length", "created_at")
    for pk, revision, source_import, outcome, characters, created_at in rows:
        origin = WRITTEN if source_import is None else EDITED if revision > 1 else IMPORTED
        label = {GOOD.value: 1, BAD.value: -1}.get(outcome, 0)
        yield Rank(origin, label, characters, created_at, pk)
