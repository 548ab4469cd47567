"""What a scorer is."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from annotate.records import Conversation

# None: could not be measured, never "clean".
Value = int | float | str | list[str] | list[int] | None
Measured = dict[str, Any]
Measure = Callable[[Sequence[Conversation]], list[Measured]]

DETAILS = "details"


@dataclass(frozen=True, slots=True)
class Option:
    """One thing a project may set about a scorer: its default and where that comes from.

    `choices` are the values allowed, each with its label; empty where any value of the default's type is.
    """

    slug: str
    label: str
    default: Any
    source: str
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class EvaluationItem:
    """One item of an evaluation set; `set_name` and `number` (from 1) name it to people."""

    set_name: str
    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Resources:
    """What scorers read beside the text, loaded by whoever calls them.

    `tokenizers` maps the SHA-256 (hex) of an uploaded tokenizer.json to its bytes; `evaluation_sets` maps the
    SHA-256 (hex) of an uploaded evaluation set to its items.
    """

    tokenizers: Mapping[str, bytes] = field(default_factory=dict)
    evaluation_sets: Mapping[str, Sequence[EvaluationItem]] = field(default_factory=dict)


class Scorer(Protocol):
    """Measures conversations: a name, a version, options, and a pure function over a batch made from them.

    `version` is raised whenever the same text and options may get another value, so that rows measured by an
    older one count as stale. `fields` are the names it yields, each in every result; numbers are finite. What
    explains a value to people, such as the spans found, goes under "details" as JSON.
    """

    @property
    def slug(self) -> str: ...

    @property
    def label(self) -> str: ...

    @property
    def version(self) -> int: ...

    @property
    def fields(self) -> tuple[str, ...]: ...

    @property
    def options(self) -> tuple[Option, ...]: ...

    def prepare(self, options: Mapping[str, Any], resources: Resources) -> Measure:
        """Return the function that measures a batch: one result for each conversation, in their order.

        Whatever is slow to load is loaded here, or kept from the last call with the same arguments. Raises
        ValueError, in words for a person, for an option that cannot be used.
        """
        ...
