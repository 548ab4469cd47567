"""What a scorer is."""

from collections.abc import Sequence
from typing import Protocol

from annotate.records import Conversation

Value = int | float | str | list[str] | None  # None: could not be measured, never "clean"
Measured = dict[str, Value]


class Scorer(Protocol):
    """Measures conversations: a pure function over a batch, with a name and a version.

    `version` is raised whenever the same text may get another value, so that rows measured by an
    older one count as stale. `fields` are the names it yields, each in every result; numbers are
    finite.
    """

    @property
    def slug(self) -> str: ...

    @property
    def version(self) -> int: ...

    @property
    def fields(self) -> tuple[str, ...]: ...

    def __call__(self, conversations: Sequence[Conversation]) -> list[Measured]:
        """One result for each conversation, in their order."""
        ...
