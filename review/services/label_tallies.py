"""The stored counts of labels are brought up to date, so that a page has little left to count."""

from annotate.models import Project
from review.models import LabelTally
from review.queries.label_counts import holds, labels_counted, mark
from review.queries.said import RULE, people_said

# With fewer that are not in the stored count yet a page takes some milliseconds longer.
BEHIND = 500


def label_tally_renew(*, project: Project) -> LabelTally:
    """Store how many verdicts the labels of a project come to."""
    # How far first: a label that is saved while the others are counted makes the count stale, and never wrong.
    to = mark()
    found = labels_counted(project, until=to.last)
    values = {"last": to.last, "labels": to.labels, "rule": RULE, "good": found.good, "bad": found.bad}
    tally, _ = LabelTally.objects.update_or_create(project=project, defaults=values)
    return tally


def label_tallies_catch_up() -> list[LabelTally]:
    """Store counts anew wherever many labels came since or the stored one does not hold. Called every minute."""
    stored = {tally.project_id: tally for tally in LabelTally.objects.all()}
    return [
        label_tally_renew(project=project)
        for project in Project.objects.filter(datasets__isnull=False).distinct()
        if _is_due(project, stored.get(project.pk))
    ]


def _is_due(project: Project, stored: LabelTally | None) -> bool:
    if stored is not None and not holds(stored):
        return True
    last = 0 if stored is None else stored.last
    return people_said(project).filter(pk__gt=last)[BEHIND : BEHIND + 1].exists()
