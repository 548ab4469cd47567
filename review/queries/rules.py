"""How a project is reviewed: the stored rules, or the defaults."""

from dataclasses import dataclass

from annotate.models import Project
from review.models import ReviewRules


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason a reviewer can give; a retired one is no longer offered, and stays readable."""

    slug: str
    label: str
    note: bool = False
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """A project's rules as they are read on every decision."""

    stored: ReviewRules
    reasons: tuple[Reason, ...]

    @property
    def offered(self) -> tuple[Reason, ...]:
        return tuple(reason for reason in self.reasons if not reason.retired)


def rules_of(project: Project | int) -> Rules:
    """Return the rules of a project, given by its row or its id; without a stored row the defaults hold."""
    pk = project if isinstance(project, int) else project.pk
    stored = ReviewRules.objects.filter(project_id=pk).first() or ReviewRules(project_id=pk)
    return Rules(stored, tuple(Reason(**reason) for reason in stored.reasons))
