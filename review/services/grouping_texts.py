"""The texts that are compared, read in pages, and the pairs of them that match."""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from annotate.models import Example
from review.compared import compared_text
from review.services.cluster_rows import Group
from review.services.grouping_due import Scope

PAGE = 5_000

_COLUMNS = """
SELECT example.id, example.revision, example.turns, measurement.scorers @> ARRAY[%(version)s]::int[]
FROM annotate_example example
JOIN review_measurement measurement
    ON measurement.example_id = example.id AND measurement.revision = example.revision
WHERE example.state = {submitted} AND measurement.exact_copy IS DISTINCT FROM 1 AND {which}
"""
_SUBMITTED = int(Example.State.SUBMITTED)
CHOSEN = _COLUMNS.format(
    submitted=_SUBMITTED, which="example.id = ANY(%(ids)s) AND example.dataset_id = ANY(%(datasets)s)"
)
NEXT = _COLUMNS.format(
    submitted=_SUBMITTED,
    which="example.dataset_id = %(dataset)s AND example.id > %(after)s ORDER BY example.id LIMIT %(limit)s",
)


@dataclass(frozen=True, slots=True)
class Text:
    """What is compared of an example in one revision; `grouped` where an earlier grouping did so."""

    pk: int
    revision: int
    turns: Any
    grouped: bool

    @property
    def text(self) -> str:
        turns = json.loads(self.turns) if isinstance(self.turns, str) else self.turns
        return compared_text(turns)


@dataclass(slots=True)
class Matched:
    """What was found: by example the examples it matches and how much, and what is reported of the search."""

    way: str
    compared: int = 0
    matches: int = 0
    cut: Mapping[str, int] = field(default_factory=dict)
    _members: dict[int, tuple[int, float]] = field(default_factory=dict)
    _above: dict[int, int] = field(default_factory=dict)

    def add(self, one: tuple[int, int], other: tuple[int, int], share: float) -> None:
        """Add a pair, each as id and revision."""
        self.matches += 1
        for pk, revision in (one, other):
            _, before = self._members.get(pk, (0, 0.0))
            self._members[pk] = (revision, max(before, share))
        self.join(one[0], other[0])

    def join(self, one: int, other: int) -> None:
        """Let two be in one group."""
        self._above[self._top(one)] = self._top(other)

    def include(self, pk: int, revision: int, similarity: float) -> None:
        """Let an example be a member, with a similarity that is known from before."""
        _, found = self._members.get(pk, (0, 0.0))
        self._members[pk] = (revision, max(found, similarity))

    def members(self) -> Collection[int]:
        return self._members.keys()

    def groups(self) -> list[Group]:
        """Return the groups of examples that are joined by matches."""
        found: dict[int, dict[int, tuple[int, float]]] = {}
        for pk in sorted(self._members):
            found.setdefault(self._top(pk), {})[pk] = self._members[pk]
        return [Group(members) for members in found.values()]

    def _top(self, pk: int) -> int:
        while (above := self._above.get(pk, pk)) != pk:
            # Halve the way, so that long chains are walked once.
            self._above[pk] = self._above.get(above, above)
            pk = above
        return pk


def texts_of(scope: Scope, ids: Sequence[int]) -> list[Text]:
    """Return the texts of those examples that are measured as they stand and no exact copies."""
    return [Text(*row) for row in scope.rows(CHOSEN, ids=ids)]


def all_texts(scope: Scope) -> Iterator[list[Text]]:
    """Return the same of all the project's examples, in pages."""
    for dataset in sorted(scope.datasets):
        after = 0
        while page := scope.rows(NEXT, dataset=dataset, after=after, limit=PAGE):
            yield [Text(*row) for row in page]
            after = page[-1][0]
