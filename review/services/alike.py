"""Examples that are alike, joined pair by pair into groups."""

from collections.abc import Mapping

from review.services.cluster_rows import Group, Held


class Alike:
    """Examples and what joins them: groups are the connected ones."""

    def __init__(self) -> None:
        self.told: dict[int, tuple[int, float]] = {}
        self._parent: dict[int, int] = {}

    def include(self, pk: int, revision: int, similarity: float) -> None:
        """Take note of an example with its similarity to some other; the highest counts."""
        before = self.told.get(pk, (revision, 0.0))[1]
        self.told[pk] = (revision, max(before, similarity))

    def join(self, one: int, other: int) -> None:
        self._parent[self._root(one)] = self._root(other)

    def groups(self, held: Mapping[int, Held]) -> list[Group]:
        """Return the groups of what still stands; one that is left alone makes none."""
        found: dict[int, dict[int, tuple[int, float]]] = {}
        for pk, told in sorted(self.told.items()):
            if pk in held and held[pk].stands and held[pk].revision == told[0]:
                found.setdefault(self._root(pk), {})[pk] = told
        return [Group(members) for members in found.values() if len(members) > 1]

    def _root(self, pk: int) -> int:
        while (parent := self._parent.setdefault(pk, pk)) != pk:
            self._parent[pk] = self._parent[parent]
            pk = parent
        return pk
