"""How a project is reviewed: the stored rules, or the defaults."""

from dataclasses import dataclass

from django.db.models.expressions import RawSQL

from annotate.models import Project
from review.models import ReviewRules

# Where a row lies and who wrote it last: another pair after every change, whoever makes it.
RULES_VERSION = "review_reviewrules.ctid::text || ' ' || review_reviewrules.xmin::text"


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason a reviewer can give; a retired one is no longer offered, and stays readable."""

    slug: str
    label: str
    note: bool = False
    retired: bool = False


@dataclass(frozen=True, slots=True)
class Rules:
    """A project's rules as they are read on every decision; `version` is "" for the defaults where none are stored."""

    stored: ReviewRules
    reasons: tuple[Reason, ...]
    version: str = ""

    @property
    def offered(self) -> tuple[Reason, ...]:
        return tuple(reason for reason in self.reasons if not reason.retired)


_remembered: dict[int, Rules] = {}


def rules_of(project: Project | int) -> Rules:
    """Return the rules of a project, given by its row or its id; without a stored row the defaults hold."""
    return rules_read(project)


def rules_read(project: Project | int) -> Rules:
    """Return a project's rules as they are now, and remember them in this process."""
    pk = _pk(project)
    rows = ReviewRules.objects.annotate(version=RawSQL(RULES_VERSION, []))  # noqa: S611  no parameters
    stored = rows.filter(project_id=pk).first() or ReviewRules(project_id=pk)
    reasons = tuple(Reason(**reason) for reason in stored.reasons)
    known = _remembered[pk] = Rules(stored, reasons, getattr(stored, "version", ""))
    return known


def rules_remembered(project: Project | int) -> Rules:
    """Return the rules as this process read them last; every claim makes sure that they are still the newest."""
    return _remembered.get(_pk(project)) or rules_read(project)


def _pk(project: Project | int) -> int:
    return project if isinstance(project, int) else project.pk
