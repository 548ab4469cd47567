"""How each gold example was answered: who answers otherwise tells of the reviewer, but most of them of the example."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q

from annotate.access import Access
from annotate.models import Example, Project
from review.models import GoldExample
from review.queries.gold import gold_answers, gold_in

# Fewer answers than this say nothing against a gold example.
FEWEST_ANSWERS = 3


@dataclass(frozen=True, slots=True)
class GoldAnswers:
    """A gold example with how often it was asked, and how many of the answers gave its label."""

    gold: GoldExample
    asked: int
    right: int

    @property
    def share(self) -> float | None:
        return self.right / self.asked if self.asked else None

    @property
    def is_doubtful(self) -> bool:
        """Whether most reviewers answer otherwise: then the label may be what is wrong."""
        return self.asked >= FEWEST_ANSWERS and self.right * 2 < self.asked

    @property
    def is_older(self) -> bool:
        """Whether the text was changed since; the one that is asked stays as it was."""
        return self.gold.example.revision > self.gold.revision

    @property
    def is_gone(self) -> bool:
        return self.gold.example.state != Example.State.SUBMITTED


def gold_answered(project: Project) -> list[GoldAnswers]:
    """Return a project's gold examples with their answers, those in use first, newest first; two queries."""
    rows: Any = gold_answers(project).order_by().values("example")
    counted = rows.annotate(asked=Count("pk"), right=Count("pk", filter=Q(is_right=True)))
    counts = {row["example"]: (row["asked"], row["right"]) for row in counted}
    found = [GoldAnswers(gold, *counts.get(gold.example_id, (0, 0))) for gold in gold_in(project)]
    return sorted(found, key=lambda one: one.gold.retired_at is not None)


def gold_of(access: Access, pk: int) -> GoldExample | None:
    """Return the project's gold example of that id, or None."""
    return gold_in(access.project).filter(pk=pk).first()
