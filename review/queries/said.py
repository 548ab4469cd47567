"""What people said of each text, label by label, and which verdict that comes to."""

from dataclasses import dataclass

from django.db.models import QuerySet

from annotate.models import Project
from review.models import Label, Queue
from review.queries.outcomes import untaken

# Raised whenever the same labels could come to another verdict: what was counted before is counted anew.
RULE = 1


@dataclass(slots=True)
class Said:
    """What was said of one revision of an example.

    `verdicts` has each person's newest one; `settled` is that of an adjudication, by `settled_by`; `looked` that of a
    second look that came after it. `newest` is the newest label and `reviewer` who gave the newest that is no second
    look; `random` says whether a random draw brought the text before somebody.
    """

    verdicts: dict[int, str]
    settled: str
    settled_by: int
    looked: str
    newest: int
    reviewer: int
    random: bool

    @property
    def verdict(self) -> str:
        """The verdict that holds, or "" where people differ and nobody settled it."""
        return self.looked or self.first

    @property
    def first(self) -> str:
        """What all who judged it said before any second look, or "" where they differ and nobody settled it."""
        if self.settled:
            return self.settled
        return next(iter(self.verdicts.values())) if len(set(self.verdicts.values())) == 1 else ""


def people_said(project: Project) -> QuerySet[Label]:
    """Return every label on a text of a project, without those that check a reviewer."""
    return Label.objects.filter(example__dataset__project=project).exclude(queue=Queue.GOLD)


def said_of(labels: QuerySet[Label], until: int | None = None) -> dict[tuple[int, int], Said]:
    """Return by example and revision what labels say, without those that were taken back.

    `until` is the id of the last label that is heard, of those that take others back as well; None hears all.
    """
    heard = labels if until is None else labels.filter(pk__lte=until)
    found: dict[tuple[int, int], Said] = {}
    rows = untaken(heard, until).order_by("pk").values_list(
        "pk", "example", "revision", "queue", "verdict", "by", "item__sample_item"
    )  # fmt: skip
    for pk, example, revision, queue, verdict, by, sampled in rows.iterator():
        said = found.setdefault((example, revision), Said({}, "", 0, "", pk, by, False))
        said.newest = pk
        if queue == Queue.SECOND_LOOK:
            said.looked = verdict
            continue
        said.verdicts[by], said.reviewer = verdict, by
        if queue == Queue.ADJUDICATION:
            said.settled, said.settled_by, said.looked = verdict, by, ""
        said.random = said.random or sampled is not None
    return found
