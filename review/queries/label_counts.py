"""How many verdicts a project's classifier would learn from: counted once, then only where something was said since."""

from collections import Counter
from dataclasses import dataclass
from typing import NamedTuple

from django.db.models import Max, QuerySet

from annotate.models import Project
from review.models import ClassifierRules, Label, LabelTally
from review.quality.labels import weighed
from review.queries.imported_labels import ImportedCount, imported_counted
from review.queries.outcomes import BAD, GOOD
from review.queries.said import RULE, people_said, said_of


class LabelCount(NamedTuple):
    """How many texts people agree are good, and how many bad."""

    good: int
    bad: int


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a project's labels go: those of people, and the imported ones where it learns from such.

    An imported label counts on the ladder as what it weighs. That people judged some of those texts is not looked at:
    a training leaves the imported labels of these out.
    """

    people: LabelCount
    imported: ImportedCount | None
    weight: float

    @property
    def good(self) -> int:
        return self.people.good + self._weighed(self.imported.good if self.imported else 0)

    @property
    def bad(self) -> int:
        return self.people.bad + self._weighed(self.imported.bad if self.imported else 0)

    @property
    def is_known(self) -> bool:
        return self.imported is None or self.imported.is_known

    def _weighed(self, count: int | None) -> int:
        return weighed(self.weight * (count or 0))


class Mark(NamedTuple):
    """How far the labels of all projects go: the id of the last one, and how many have none above it."""

    last: int
    labels: int


def labels_reached(project: Project, rules: ClassifierRules) -> Reached:
    """Return how far a project's labels go."""
    return Reached(labels_counted(project), imported_counted(rules), rules.imported_weight)


def labels_counted(project: Project, until: int | None = None) -> LabelCount:
    """Return how many verdicts of people a training started now would learn from; of labels up to an id, or of all.

    Only what was said of since the stored count is looked at: what it says with the newer labels and without them.
    """
    stored, said = LabelTally.objects.filter(project=project).first(), people_said(project)
    if stored is None or not holds(stored):
        return counted(said, until)
    newer = Label.objects.filter(example__dataset__project=project, pk__gt=stored.last)
    touched = said.filter(example__in=list(newer.values_list("example", flat=True).distinct()))
    now, before = counted(touched, until), counted(touched, stored.last)
    return LabelCount(stored.good + now.good - before.good, stored.bad + now.bad - before.bad)


def counted(labels: QuerySet[Label], until: int | None = None) -> LabelCount:
    """Count the verdicts that labels come to, until one of them or all."""
    found = Counter(said.verdict for said in said_of(labels, until).values())
    return LabelCount(found[GOOD], found[BAD])


def mark() -> Mark:
    """Return how far the labels go."""
    last = Label.objects.aggregate(last=Max("pk"))["last"] or 0
    return Mark(last, labels_until(last))


def labels_until(last: int) -> int:
    """Count the labels of all projects up to an id; an index alone answers that."""
    return Label.objects.filter(pk__lte=last).count()


def holds(stored: LabelTally) -> bool:
    """Say whether a stored count is still of all labels up to its last one, and by the rule of today."""
    return stored.rule == RULE and labels_until(stored.last) == stored.labels
