"""Fix and accept: a bad text is labelled bad, and the reviewer's own takes its place."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, transaction

from accounts.models import User
from annotate.models import Draft, Example
from annotate.queries import draft_of, text_at
from annotate.records import Conversation
from annotate.services import examples
from annotate.services.examples import NotReady, draft_save, example_submit, submit_problems
from review.models import Label, Queue, QueueItem, Remedy
from review.queries.rules import rules_of
from review.services.claims import ClaimLost
from review.services.labels import StaleRevision, label_add
from review.services.seats import seat_for_another

OLDER = (
    "The text was changed since, and you judge it as it was: it cannot be changed here. "
    "Say good or bad; what you typed is kept until then."
)
UNCHANGED = "This is the text as it was. Change what is wrong with it, or press Good or Bad."


class NotFixable(Exception):
    """The text of an item cannot be changed from here; says why. A plain label still works."""


@transaction.atomic
def item_fix(
    *,
    item: QueueItem,
    by: User,
    revision: int,
    conversation: Conversation,
    reasons: Sequence[str],
    note: str = "",
    seconds: float | None = None,
) -> Label:
    """Label the text that was shown bad and put the reviewer's own in its place; return that label.

    The new revision is labelled good by whoever wrote it, unless the project wants a second look: then it waits
    for somebody else in the mended queue. Of a gold example nothing is changed, and nothing tells so: its right
    label is known, and a text "mended" by whoever missed it would be no better. What was typed stays as their
    draft, the label checks them as any other.

    Raises what label_add raises, NotReady, and NotFixable for an unchanged text or where the item judges an
    older one; then nothing is stored. Sent twice it is one fix.
    """
    older = item.fixed_revision is not None
    label = bad_label(item=item, by=by, revision=revision, reasons=reasons, note=note, seconds=seconds)
    current = current_of(item.example_id)
    if _sent_before(label, conversation, current):
        return label
    if problems := submit_problems(conversation):
        raise NotReady(problems)
    judged = text_at(current, revision)
    if conversation.content_hash() == judged.content_hash():
        raise NotFixable(UNCHANGED)
    if item.queue == Queue.GOLD:
        _keep(current, by, conversation, revision)
        return label
    if judged.content_hash() != bytes(current.content_hash) or current.state != Example.State.SUBMITTED:
        if older:
            raise NotFixable(OLDER)
        raise StaleRevision(current)
    _replace(label, current, conversation)
    return label


def bad_label(**given: Any) -> Label:
    """Label an item bad as part of something larger; raises what label_add raises."""
    try:
        with transaction.atomic():
            return label_add(verdict=Label.Verdict.BAD, **given)
    except IntegrityError as both:
        # The same person took the example's other seat in this very moment.
        raise ClaimLost from both


def current_of(example: int) -> Example:
    """Return an example as it is now, and keep everybody else from changing it until this transaction is over."""
    locked = Example.objects.select_for_update(no_key=True, of=("self",))
    return locked.select_related("dataset__project").get(pk=example)


def _sent_before(label: Label, conversation: Conversation, current: Example) -> bool:
    """Say whether this very fix is stored already; a label alone, that somebody sent before, is none."""
    remedy = Remedy.objects.filter(label=label, revision__isnull=False).first()
    if remedy is None or remedy.revision is None:
        return False
    return text_at(current, remedy.revision).content_hash() == conversation.content_hash()


def _replace(label: Label, current: Example, conversation: Conversation) -> None:
    try:
        fixed = example_submit(
            example=current, conversation=conversation, based_on=current.revision, by=label.by
        )
    except examples.StaleRevision as stale:
        raise StaleRevision(stale.current) from stale
    remedy = Remedy(label=label, example=fixed, kind=Remedy.Kind.FIX, revision=fixed.revision)
    if rules_of(current.dataset.project).stored.fix_second_look:
        remedy.asked = seat_for_another(fixed)
    else:
        Label.objects.create(
            example=fixed, revision=fixed.revision, queue="fix", verdict=Label.Verdict.GOOD, by=label.by
        )
    remedy.save()


def _keep(example: Example, by: User, conversation: Conversation, revision: int) -> Draft:
    """Keep what somebody typed as their draft of an example."""
    draft = draft_of(example, by)
    return draft_save(
        example=example, by=by, conversation=conversation, based_on=revision, saves=draft.saves if draft else 0
    )  # fmt: skip
