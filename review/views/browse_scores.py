"""The classifier's score as a column of the browse page, and the orders by it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from annotate.access import Access
from annotate.models import Example, Project
from annotate.queries import Filters, Page
from annotate.views.columns import Cell
from review.queries.best_first import datasets_within, scored_page, scores_now
from review.queries.classifiers import versions_of
from review.queries.disclosure import findings_closed

BEST, WORST = "best", "worst"
WAITS = Cell("after your decision")


@dataclass(frozen=True, slots=True)
class ScoreColumn:
    """The score of each example's text; nothing of what is in `closed`, which the person is to decide now."""

    project: Project
    closed: frozenset[int]
    label: str = "Score"
    orders: Sequence[tuple[str, str]] = field(default=((BEST, "Best first"), (WORST, "Worst first")))

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
        """Cut a page out of the examples that fit the filters, the best or the worst first."""
        datasets = datasets_within(self.project, filters)
        return scored_page(
            found, datasets, worst=order == WORST, size=size, after=after, before=before, closed=self.closed
        )

    def cells(self, examples: Sequence[Example]) -> Mapping[int, Cell]:
        """Return the examples' scores, each leading to what speaks for it."""
        scores = scores_now([example.pk for example in examples])
        cells = {
            example.pk: _cell(example, scores[example.pk]) for example in examples if example.pk in scores
        }
        return cells | {example.pk: WAITS for example in examples if example.pk in self.closed}


def score_column(access: Access) -> ScoreColumn | None:
    """Return the column for a person in a project; None where no version ever scored anything."""
    if not versions_of(access.project).filter(activated_at__isnull=False).exists():
        return None
    return ScoreColumn(access.project, frozenset(findings_closed(access)))


def _cell(example: Example, score: float) -> Cell:
    said = f"{score:.2f}"
    return Cell(said, f"{example.get_absolute_url()}?why=1", f"Score {said}: why")
