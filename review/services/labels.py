"""Labels: what a reviewer decides about an item, and taking it back."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import User
from annotate.models import Example, Project
from review.models import Label, Queue, QueueItem, SampleItem
from review.models.queue import ADJUDICATION_RANK
from review.queries.rules import rules_of
from review.services.claims import CLAIM_LEASE, ClaimLost
from review.services.statements import columns_of, returning
from review.services.takebacks import decided_by, remedy_undo

FIXED = "COALESCE(item.revision, (SELECT revision FROM review_sampleitem WHERE id = item.sample_item_id))"
# One statement, so that an item is decided once, never without its label, and a sampled example's outcome is that of
# its labels: whoever decides the second seat waits for the first one's row and sees what was said there.
DECIDE = f"""
WITH decided AS (
    UPDATE review_queueitem item SET decided_at = %(now)s, claimed_by_id = %(by)s
    FROM annotate_example example
    WHERE item.id = %(item)s AND item.decided_at IS NULL AND (item.claimed_by_id IS NULL OR item.claimed_by_id = %(by)s)
      AND (item.for_user_id IS NULL OR item.for_user_id = %(by)s)
      AND example.id = item.example_id AND example.author_id IS DISTINCT FROM %(by)s
      AND COALESCE({FIXED}, example.revision) = %(revision)s
      AND ({FIXED} IS NOT NULL OR example.edited_by_id IS DISTINCT FROM %(by)s)
    RETURNING item.id, item.project_id, item.example_id, item.queue, item.sample_item_id, item.batch, item.key
), seen AS (
    UPDATE review_sampleitem sampled SET
        outcome = CASE
            WHEN decided.queue = 'adjudication' OR sampled.outcome IS NULL THEN %(verdict)s::varchar
            WHEN sampled.outcome = %(verdict)s::varchar THEN sampled.outcome
            ELSE 'disputed'
        END,
        revision = %(revision)s, outcome_at = COALESCE(sampled.outcome_at, %(now)s)
    FROM decided WHERE sampled.id = decided.sample_item_id
    RETURNING sampled.id, sampled.outcome
), asked AS (
    INSERT INTO review_queueitem (project_id, queue, example_id, sample_item_id, rank, batch, key, revision)
    SELECT decided.project_id, 'adjudication', decided.example_id, seen.id, {ADJUDICATION_RANK}, decided.batch,
        decided.key, %(revision)s
    FROM decided JOIN seen ON seen.id = decided.sample_item_id WHERE seen.outcome = 'disputed'
    ON CONFLICT (sample_item_id, queue) WHERE sample_item_id IS NOT NULL DO NOTHING
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
) -> Label:
    """Decide an item: good, or bad with at least one reason, on the revision that was shown.

    A lease that ran out is no matter while nobody else took the item, and the same decision sent twice is
    one label. `seconds` is the time spent on it. Raises ReasonMissing, ClaimLost, OwnWork and StaleRevision;
    then nothing is stored.
    """
    said = _said(item.project_id, verdict, reasons) | {"revision": revision, "note": note}
    when = {"item": item.pk, "by": by.pk, "now": timezone.now(), "seconds": seconds}
    label = returning(Label, DECIDE, said | when)
    return label or _refused(item, by, said)


def _said(project: int, verdict: str, reasons: Sequence[str]) -> dict[str, Any]:
    if verdict not in (Label.Verdict.GOOD, Label.Verdict.BAD):
        raise ValueError(f"{verdict!r} is no verdict on an example")
    if verdict == Label.Verdict.GOOD:
        return {"verdict": verdict, "reasons": []}
    if not reasons:
        raise ReasonMissing
    known = {reason.slug for reason in rules_of(project).reasons}
    if unknown := sorted(set(reasons) - known):
        raise ValueError(f"{unknown[0]!r} is no reason of this project")
    return {"verdict": verdict, "reasons": list(reasons)}


def _refused(item: QueueItem, by: User, said: dict[str, Any]) -> Label:
    """Say why nothing was decided, or return the label of a decision whose answer got lost on its way."""
    item = QueueItem.objects.get(pk=item.pk)
    if item.decided_at:
        newest = Label.objects.filter(item=item).order_by("-pk").first()
        if newest and newest.by == by and all(getattr(newest, name) == value for name, value in said.items()):
            return newest
        raise ClaimLost
    if item.claimed_by_id not in (None, by.pk) or item.for_user_id not in (None, by.pk):
        raise ClaimLost
    example = Example.objects.get(pk=item.example_id)
    if by.pk == example.author_id or (by.pk == example.edited_by_id and item.fixed_revision is None):
        raise OwnWork
    raise StaleRevision(example)


@transaction.atomic
def label_undo(*, project: Project, by: User) -> QueueItem | None:
    """Take back the person's newest decision in the project that stands, and give them its item again.

    A fix, a return or a removal is taken back with it, unless somebody acted on that since. Called again it goes
    further back; None when nothing is left. What was said before stays in the history.
    """
    newest = _newest_standing(project, by)
    if newest is None:
        return None
    label = decided_by(newest)
    # Of two calls at once the second waits here and then finds that decision taken back already.
    item = QueueItem.objects.select_for_update().get(pk=label.item_id)
    if newest != _newest_standing(project, by):
        return label_undo(project=project, by=by)
    for said in dict.fromkeys((newest, label)):
        Label.objects.create(
            example_id=said.example_id, revision=said.revision, item_id=said.item_id, queue=said.queue,
            verdict=Label.Verdict.UNDONE, by=by,
        )  # fmt: skip
    remedy_undo(label=label, item=item, by=by)
    item.decided_at, item.claimed_by, item.claimed_until = None, by, timezone.now() + CLAIM_LEASE
    item.save(update_fields=["decided_at", "claimed_by", "claimed_until", "revision"])
    _outcome_renew(item.sample_item_id)
    return item


def _outcome_renew(sample_item: int | None) -> None:
    """Derive a sampled example's outcome from the labels of its seats that still stand."""
    if sample_item is None:
        return
    sampled = SampleItem.objects.select_for_update().get(pk=sample_item)
    labels = Label.objects.filter(item__sample_item=sampled, item__decided_at__isnull=False)
    standing = labels.order_by("item_id", "-pk").distinct("item_id")
    said = {label.queue: label for label in standing if label.verdict != Label.Verdict.UNDONE}
    settled = said.get(Queue.ADJUDICATION)
    verdicts = {settled.verdict} if settled else {label.verdict for label in said.values()}
    sampled.outcome = None if not verdicts else DISPUTED if len(verdicts) > 1 else verdicts.pop()
    if sampled.outcome is None:
        sampled.revision, sampled.outcome_at = None, None
    sampled.save(update_fields=["outcome", "revision", "outcome_at"])


def _newest_standing(project: Project, by: User) -> Label | None:
    newer = Label.objects.filter(example=OuterRef("example"), by=by, pk__gt=OuterRef("pk"))
    mine = Label.objects.filter(~Exists(newer), by=by, example__dataset__project=project)
    return mine.exclude(verdict=Label.Verdict.UNDONE).order_by("-pk").first()
