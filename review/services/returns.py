"""Reject: a bad example goes back to its author with a note, or out of its dataset."""

from collections.abc import Sequence

from django.db import transaction

from accounts.models import User
from annotate.models import Example
from annotate.services.returns import NoAuthor, example_remove, example_return
from review.models import Label, Queue, QueueItem, Remedy
from review.queries.rules import rules_of
from review.services.fixes import bad_label, current_of
from review.services.labels import StaleRevision
from review.services.seats import seat_for_another

OLDER = (
    "The text was changed since, and you judge it as it was: it can be neither returned nor removed here. "
    "Say good or bad."
)
NOBODY = "Nobody who writes in this project wrote it, so there is nobody to return it to. It can be removed."
NO_NOTE = "Say in the note what its author should mend."


class NotRejectable(Exception):
    """An item's example cannot be returned, or neither that nor removed; says why. A plain label still works."""


@transaction.atomic
def item_reject(
    *,
    item: QueueItem,
    by: User,
    revision: int,
    reasons: Sequence[str],
    note: str = "",
    remove: bool = False,
    seconds: float | None = None,
) -> Label:
    """Label an example bad and return it to its author with the note, or remove it; return that label.

    What its author submits then waits in the mended queue for anybody but them. With a gold example nothing
    happens but the label, and nothing tells so. Raises what label_add raises and NotRejectable; then nothing is
    stored. Sent twice it is one rejection.
    """
    older = item.fixed_revision is not None
    label = bad_label(item=item, by=by, revision=revision, reasons=reasons, note=note, seconds=seconds)
    kind = Remedy.Kind.REMOVE if remove else Remedy.Kind.RETURN
    if Remedy.objects.filter(label=label, kind=kind).exists():
        return label
    if not remove and not note.strip():
        raise NotRejectable(NO_NOTE)
    current = current_of(item.example_id)
    if item.queue == Queue.GOLD:
        return label
    if current.revision != revision or current.state != Example.State.SUBMITTED:
        if older:
            raise NotRejectable(OLDER)
        raise StaleRevision(current)
    _leave(label, current, kind)
    return label


def _leave(label: Label, current: Example, kind: Remedy.Kind) -> None:
    words = {reason.slug: reason.label for reason in rules_of(current.dataset.project).reasons}
    leave = example_remove if kind == Remedy.Kind.REMOVE else example_return
    try:
        returned = leave(
            example=current, by=label.by, revision=current.revision, note=label.note,
            reasons=[words.get(slug, slug) for slug in label.reasons],
        )  # fmt: skip
    except NoAuthor as refusal:
        raise NotRejectable(NOBODY) from refusal
    asked = None if kind == Remedy.Kind.REMOVE else seat_for_another(current)
    Remedy.objects.create(label=label, example=current, kind=kind, returned=returned, asked=asked)
