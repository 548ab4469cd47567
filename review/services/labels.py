"""Labels: what a reviewer decides about an item, and taking it back."""

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Func
from django.utils import timezone

from accounts.models import User
from annotate.models import Example, Project
from review.models import Label, Queue, QueueItem, SampleItem
from review.models.queue import ADJUDICATION_RANK, SETTLING
from review.queries.gold import is_paused
from review.queries.outcomes import newest_decision
from review.queries.rules import rules_read, rules_remembered
from review.queries.second_looks import STILL_DOUBTED
from review.services.claims import CLAIM_LEASE, ClaimLost, Paused
from review.services.gold_checks import gold_check
from review.services.gold_seats import gold_mix
from review.services.statements import columns_of, returning
from review.services.takebacks import decided_by, remedy_undo

# One statement, so that an item is decided once, never without its label, and a sampled example's outcome is that of
# its labels: whoever decides the second seat waits for the first one at the sampled example and sees what was said
# there. Everybody locks that row first, then seats.
DECIDE = f"""
WITH sampled AS (
    SELECT sampled.id, sampled.revision, sampled.outcome
    FROM review_sampleitem sampled JOIN review_queueitem item ON item.sample_item_id = sampled.id
    WHERE item.id = %(item)s
    FOR UPDATE OF sampled
), decided AS (
    UPDATE review_queueitem item SET decided_at = %(now)s, claimed_by_id = %(by)s
    FROM annotate_example example LEFT JOIN sampled ON TRUE
    WHERE item.id = %(item)s AND item.decided_at IS NULL AND (item.claimed_by_id IS NULL OR item.claimed_by_id = %(by)s)
      AND (item.for_user_id IS NULL OR item.for_user_id = %(by)s)
      AND (item.queue <> 'adjudication' OR sampled.outcome = 'disputed')
      AND (item.queue <> 'second-look' OR ({STILL_DOUBTED}
        AND (%(any_seat)s OR (%(by)s = ANY(item.barred)) IS NOT TRUE)))
      AND example.id = item.example_id AND example.author_id IS DISTINCT FROM %(by)s
      AND COALESCE(item.revision, sampled.revision, example.revision) = %(revision)s
      AND %(by)s IS DISTINCT FROM CASE WHEN example.revision = %(revision)s THEN example.edited_by_id ELSE (
        SELECT edited_by_id FROM annotate_revision WHERE example_id = example.id AND number = %(revision)s
      ) END
      AND (%(any_seat)s OR NOT EXISTS (
        SELECT FROM review_queueitem other
        WHERE other.sample_item_id = item.sample_item_id AND other.id <> item.id AND other.claimed_by_id = %(by)s
      ))
      AND NOT EXISTS (
        SELECT FROM review_reviewerpause pause
        WHERE pause.project_id = item.project_id AND pause.user_id = %(by)s AND pause.resumed_at IS NULL
      )
    RETURNING item.id, item.project_id, item.example_id, item.queue, item.sample_item_id, item.batch, item.key
), seen AS (
    UPDATE review_sampleitem sampled SET
        outcome = CASE
            WHEN decided.queue = 'adjudication' OR sampled.outcome IS NULL THEN %(verdict)s::varchar
            WHEN sampled.settled OR sampled.outcome = %(verdict)s::varchar THEN sampled.outcome
            ELSE 'disputed'
        END,
        settled = sampled.settled OR decided.queue = 'adjudication',
        revision = %(revision)s, outcome_at = COALESCE(sampled.outcome_at, %(now)s)
    FROM decided WHERE sampled.id = decided.sample_item_id
    RETURNING sampled.id, sampled.outcome
), other AS (
    UPDATE review_queueitem other SET barred = array_append(array_remove(other.barred, %(by)s), %(by)s)
    FROM decided
    WHERE other.sample_item_id = decided.sample_item_id AND other.id <> decided.id AND other.decided_at IS NULL
      AND other.queue <> 'adjudication'
), asked AS (
    INSERT INTO review_queueitem (project_id, queue, example_id, sample_item_id, rank, batch, key, revision)
    SELECT decided.project_id, 'adjudication', decided.example_id, seen.id, {ADJUDICATION_RANK}, decided.batch,
        decided.key, %(revision)s
    FROM decided JOIN seen ON seen.id = decided.sample_item_id WHERE seen.outcome = 'disputed'
    ON CONFLICT (sample_item_id, queue) WHERE sample_item_id IS NOT NULL DO UPDATE SET revision = excluded.revision
)
INSERT INTO review_label (example_id, revision, item_id, queue, verdict, reasons, note, by_id, at, seconds)
SELECT example_id, %(revision)s, id, queue, %(verdict)s::varchar, %(reasons)s::varchar[], %(note)s, %(by)s,
    %(now)s, %(seconds)s
FROM decided
RETURNING {columns_of(Label)}
"""  # noqa: S608  the names of our own columns


DISPUTED = SampleItem.Outcome.DISPUTED


class StaleRevision(Exception):
    """The text was changed after it was shown; carries the example as it is now."""

    def __init__(self, current: Example) -> None:
        super().__init__(f"example {current.public_id} is at revision {current.revision}")
        self.current = current


class ReasonMissing(Exception):
    """A bad label says why."""


class OwnWork(Exception):
    """Nobody reviews what they wrote or edited themselves."""


def label_add(
    *,
    item: QueueItem,
    by: User,
    revision: int,
    verdict: str,
    reasons: Sequence[str] = (),
    note: str = "",
    seconds: float | None = None,
    any_seat: bool = False,
) -> Label:
    """Decide an item: good, or bad with at least one reason, on the revision that was shown.

    A lease that ran out is no matter while nobody else took the item, and the same decision sent twice is
    one label. `seconds` is the time spent on it; `any_seat` lets somebody settle what they labelled themselves.
    What a gold example says of the reviewer follows at once, and so does the next one of these. Raises
    ReasonMissing, ClaimLost (Paused for whoever is), OwnWork and StaleRevision; then nothing is stored.
    """
    said = _said(item.project_id, verdict, reasons) | {"revision": revision, "note": note}
    when = {"item": item.pk, "by": by.pk, "now": timezone.now(), "seconds": seconds, "any_seat": any_seat}
    try:
        label = returning(Label, DECIDE, said | when)
    except IntegrityError:
        # The same person took the example's other seat in this very moment.
        if connection.in_atomic_block:
            raise
        raise ClaimLost from None
    if label is None:
        return _refused(item, by, said)
    if label.queue == Queue.GOLD:
        gold_check(project=item.project, by=by)
    if label.queue not in SETTLING:
        gold_mix(after=item, by=by)
    return label


def _said(project: int, verdict: str, reasons: Sequence[str]) -> dict[str, Any]:
    if verdict not in (Label.Verdict.GOOD, Label.Verdict.BAD):
        raise ValueError(f"{verdict!r} is no verdict on an example")
    if verdict == Label.Verdict.GOOD:
        return {"verdict": verdict, "reasons": []}
    if not reasons:
        raise ReasonMissing
    # A slug is for ever, so only one that is not known yet calls for a second look.
    for rules in (rules_remembered, rules_read):
        unknown = sorted(set(reasons) - {reason.slug for reason in rules(project).reasons})
        if not unknown:
            return {"verdict": verdict, "reasons": list(reasons)}
    raise ValueError(f"{unknown[0]!r} is no reason of this project")


def _refused(item: QueueItem, by: User, said: dict[str, Any]) -> Label:
    """Say why nothing was decided, or return the label of a decision whose answer got lost on its way."""
    item = QueueItem.objects.select_related("sample_item").get(pk=item.pk)
    if item.decided_at:
        newest = Label.objects.filter(item=item).order_by("-pk").first()
        if newest and newest.by == by and all(getattr(newest, name) == value for name, value in said.items()):
            return newest
        raise ClaimLost
    if is_paused(item.project_id, by):
        raise Paused
    if item.claimed_by_id not in (None, by.pk) or item.for_user_id not in (None, by.pk):
        raise ClaimLost
    example = Example.objects.get(pk=item.example_id)
    judged = item.fixed_revision or example.revision
    if by.pk in (example.author_id, _editor(example, judged)):
        raise OwnWork
    if judged == said["revision"]:
        # What is left: they labelled it in its other seat, or a dispute or a doubt that is none any more.
        raise ClaimLost
    raise StaleRevision(example)


def _editor(example: Example, revision: int) -> int | None:
    if revision == example.revision:
        return example.edited_by_id
    return example.revisions.filter(number=revision).values_list("edited_by_id", flat=True).first()


@transaction.atomic
def label_undo(*, project: Project, by: User) -> QueueItem | None:
    """Take back the person's newest decision in the project that stands, and give them its item again.

    A fix, a return or a removal is taken back with it, unless somebody acted on that since. Called again it goes
    further back; None when nothing is left, or while they are paused. What was said before stays in the history.
    """
    newest = newest_decision(project, by)
    if newest is None or is_paused(project.pk, by):
        return None
    label = decided_by(newest)
    # Of two calls at once the second waits here and then finds that decision taken back already.
    item = _locked(label)
    if newest != newest_decision(project, by):
        return label_undo(project=project, by=by)
    for said in dict.fromkeys((newest, label)):
        Label.objects.create(
            example_id=said.example_id, revision=said.revision, item_id=said.item_id, queue=said.queue,
            verdict=Label.Verdict.UNDONE, by=by,
        )  # fmt: skip
    remedy_undo(label=label, item=item, by=by)
    item.decided_at, item.claimed_by, item.claimed_until = None, by, timezone.now() + CLAIM_LEASE
    item.save(update_fields=["decided_at", "claimed_by", "claimed_until", "revision"])
    if item.sample_item_id:
        _outcome_renew(item.sample_item_id)
        others = QueueItem.objects.filter(sample_item=item.sample_item_id, barred__contains=[by.pk])
        others.exclude(pk=item.pk).update(barred=Func(F("barred"), by.pk, function="array_remove"))
    return item


def _locked(label: Label) -> QueueItem:
    """Lock the item of a label as a decision does: the sampled example first."""
    seat = QueueItem.objects.get(labels=label)
    if seat.sample_item_id:
        SampleItem.objects.select_for_update().get(pk=seat.sample_item_id)
    return QueueItem.objects.select_for_update().get(pk=seat.pk)


def _outcome_renew(sample_item: int) -> None:
    """Derive a sampled example's outcome from the labels of its seats that still stand."""
    sampled = SampleItem.objects.get(pk=sample_item)
    labels = Label.objects.filter(item__sample_item=sampled, item__decided_at__isnull=False)
    standing = labels.order_by("item_id", "-pk").distinct("item_id")
    said = {label.queue: label for label in standing}
    settled = said.get(Queue.ADJUDICATION)
    verdicts = {settled.verdict} if settled else {label.verdict for label in said.values()}
    sampled.outcome = None if not verdicts else DISPUTED if len(verdicts) > 1 else verdicts.pop()
    sampled.settled = settled is not None
    if sampled.outcome is None:
        sampled.revision, sampled.outcome_at = None, None
    sampled.save(update_fields=["outcome", "settled", "revision", "outcome_at"])
