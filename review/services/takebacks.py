"""Taking a decision back with what was done by it: a fix, a return, a removal."""

from django.utils import timezone

from accounts.models import User
from annotate.models import Draft, Example
from annotate.queries import text_at
from annotate.services.examples import draft_save, example_revert
from annotate.services.returns import return_undo
from review.models import Label, QueueItem, Remedy


def decided_by(label: Label) -> Label:
    """Return the label that a decision put on its item: of the good one that a fix brings, the bad one beside it."""
    if label.item_id is not None:
        return label
    same = Remedy.objects.filter(example=label.example_id, revision=label.revision, label__by=label.by_id)
    return same.select_related("label").get().label


def remedy_undo(*, label: Label, item: QueueItem, by: User) -> None:
    """Take back what a label's decision did to its example, unless somebody acted on that since.

    Sets `item.revision` where the text was changed since: the item goes on to judge what the label judged, so
    that no sampled example's outcome comes to be that of a mended text.
    """
    locked = Example.objects.select_for_update(no_key=True)
    current = locked.get(pk=label.example_id)
    remedy = Remedy.objects.filter(label=label, undone_at=None).first()
    if remedy and _undone(remedy, current, by):
        remedy.undone_at = timezone.now()
        remedy.save(update_fields=["undone_at"])
    current.refresh_from_db()
    if text_at(current, label.revision).content_hash() != bytes(current.content_hash):
        item.revision = label.revision


def _undone(remedy: Remedy, current: Example, by: User) -> bool:
    if remedy.kind == Remedy.Kind.FIX:
        looked_at = remedy.asked is not None and remedy.asked.decided_at is not None
        if looked_at or current.revision != remedy.revision or current.state != Example.State.SUBMITTED:
            return False
        _text_back(current, remedy.label.revision, by)
        return _seat_gone(remedy)
    returned = remedy.returned
    # The row goes, and what pointed at it no longer does.
    remedy.returned = None
    if returned is None or not return_undo(returned=returned, by=by):
        return False
    return _seat_gone(remedy)


def _text_back(current: Example, number: int, by: User) -> None:
    """Put the judged text back; what the reviewer typed is their draft again."""
    typed = current.conversation
    reverted = example_revert(example=current, number=number, based_on=current.revision, by=by)
    Draft.objects.filter(example=current, user=by).delete()
    draft_save(example=reverted, by=by, conversation=typed, based_on=reverted.revision, saves=0)


def _seat_gone(remedy: Remedy) -> bool:
    """Ask nobody any more to look at what is no longer there."""
    asked, remedy.asked = remedy.asked, None
    remedy.save(update_fields=["asked", "returned"])
    if asked:
        QueueItem.objects.open().filter(pk=asked.pk, labels=None).delete()
    return True
