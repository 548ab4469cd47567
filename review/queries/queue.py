"""The review queue as a page shows it: why nothing is left for somebody."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from annotate.models import Example, Project
from review.models import Queue, QueueItem, Skip
from review.models.queue import BLIND, SETTLING
from review.queries.gold import PauseState, QualificationState, pause_of, qualification_of
from review.queries.policies import policy_of
from review.queries.verdicts import kept


@dataclass(frozen=True, slots=True)
class QueueState:
    """The undecided items of a project as one person meets them; each is counted once, in this order.

    `dropped` the limits do not keep now, `own` the person wrote or edited, `skipped` they passed on, `second` they
    labelled in its other seat, `held` somebody else has, `free` they could have next (or hold already). Seats for
    one person only are counted for nobody else. With a `pause` they get nothing; with a `qualification` only the
    gold examples that it takes, whatever is free.
    """

    dropped: int
    own: int
    skipped: int
    held: int
    free: int
    second: int = 0
    pause: PauseState | None = None
    qualification: QualificationState | None = None


def queue_state(project: Project, by: Any, now: datetime) -> QueueState:
    """Count what is undecided in a project, to say why somebody has nothing to do."""
    _, policy = policy_of(project)
    is_kept = Exists(
        Example.objects.filter(kept(policy), pk=OuterRef("example"), state=Example.State.SUBMITTED)
    )
    others = QueueItem.objects.filter(
        sample_item=OuterRef("sample_item"), queue__in=BLIND, decided_at__isnull=False, claimed_by=by
    )
    same_seats = Q(item=OuterRef("pk")) | Q(item__sample_item=OuterRef("sample_item"))
    items = QueueItem.objects.open().filter(project=project).exclude(queue__in=SETTLING)
    items = items.filter(Q(for_user=None) | Q(for_user=by)).alias(
        is_kept=is_kept,
        is_skipped=Exists(Skip.objects.filter(same_seats, by=by)),
        is_second=Exists(others),
    )
    left = Q(is_kept=True) | Q(queue=Queue.MENDED, example__state=Example.State.SUBMITTED)
    left |= Q(revision__isnull=False) | Q(sample_item__revision__isnull=False)
    counts: dict[str, Q] = {"dropped": ~left}
    rules = {
        "own": Q(example__author=by) | Q(example__edited_by=by),
        "second": Q(is_second=True),
        "skipped": Q(is_skipped=True),
        "held": Q(claimed_until__gt=now) & ~Q(claimed_by=by),
    }
    for name, rule in rules.items():
        counts[name] = left & rule
        left &= ~rule
    counts["free"] = left
    found = items.aggregate(**{name: Count("pk", filter=rule) for name, rule in counts.items()})
    return QueueState(**found, pause=pause_of(project, by), qualification=qualification_of(project, by))
