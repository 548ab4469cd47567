"""A column that another app brings to the table of examples, and the orders by it; which, if any, settings say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from annotate.access import Access
from annotate.models import Example
from annotate.queries import Filters, Page


@dataclass(frozen=True, slots=True)
class Cell:
    """What the column says of one example; `url` leads to why, empty where there is nothing more to say."""

    text: str
    url: str = ""
    label: str = ""


class Column(Protocol):
    """A value of examples; `orders` are those of the table by it, as slug and words."""

    label: str
    orders: Sequence[tuple[str, str]]

    def page(
        self,
        found: Any,
        filters: Filters,
        order: str,
        *,
        size: int,
        after: int | None,
        before: int | None,
    ) -> Page:
        """Cut a page out of the examples that fit the filters in an order, as `annotate.queries.keyset_page` does."""

    def cells(self, examples: Sequence[Example]) -> Mapping[int, Cell]:
        """Return the cells of examples by their ids; none where there is no value."""


def column_for(access: Access) -> Column | None:
    """Return the column that a person sees in a project, if any."""
    found: Column | None = import_string(settings.BROWSE_COLUMN)(access) if settings.BROWSE_COLUMN else None
    return found
