"""Adjudication: a third person or a manager settles what two labels differ about."""

from collections.abc import Sequence

from accounts.models import User
from annotate.models import Project
from review.models import Label, Queue, QueueItem, Skip
from review.services.claims import claim_next
from review.services.labels import label_add


def adjudication_next(*, project: Project, by: User, manages: bool) -> QueueItem | None:
    """Give somebody the dispute they hold, or else the next free one; None when there is none for them.

    A manager may settle what they labelled themselves, a reviewer only what they did not label.
    """
    return claim_next(project=project, by=by, settles=Queue.ADJUDICATION, any_seat=manages)


def skips_take_back(*, project: Project, by: User) -> int:
    """Let somebody be given the open disputes again that they skipped; return how many.

    Where nobody else is left to settle one, it would stay unsettled for good.
    """
    open_disputes = QueueItem.objects.open().filter(project=project, queue=Queue.ADJUDICATION)
    return Skip.objects.filter(by=by, item__in=open_disputes).delete()[0]


def adjudicate(
    *,
    item: QueueItem,
    by: User,
    manages: bool,
    revision: int,
    verdict: str,
    reasons: Sequence[str] = (),
    note: str = "",
    seconds: float | None = None,
) -> Label:
    """Settle a dispute: the label overrules the two that differ. Raises what label_add raises."""
    if item.queue != Queue.ADJUDICATION:
        raise ValueError(f"{item} is no dispute")
    return label_add(
        item=item, by=by, revision=revision, verdict=verdict, reasons=reasons, note=note, seconds=seconds,
        any_seat=manages,
    )  # fmt: skip
