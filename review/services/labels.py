"""Labels: what a reviewer decides about an item, and taking it back."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import User
from annotate.models import Example, Project
from review.models import Label, SampleItem
from review.services.claims import CLAIM_LEASE, ClaimLost
from review.services.statements import columns_of, returning

# One statement, so that an item is decided once and never without its label.
DECIDE = f"""
WITH decided AS (
    UPDATE review_sampleitem item SET decided_at = %(now)s, claimed_by_id = %(by)s
    FROM annotate_example example
    WHERE item.id = %(item)s AND item.decided_at IS NULL AND (item.claimed_by_id IS NULL OR item.claimed_by_id = %(by)s)
      AND example.id = item.example_id AND example.revision = %(revision)s
      AND example.author_id IS DISTINCT FROM %(by)s AND example.edited_by_id IS DISTINCT FROM %(by)s
    RETURNING item.id, item.example_id
)
INSERT INTO review_label (example_id, revision, item_id, verdict, reasons, note, by_id, at)
SELECT example_id, %(revision)s, id, %(verdict)s, %(reasons)s::varchar[], %(note)s, %(by)s, %(now)s FROM decided
RETURNING {columns_of(Label)}
"""  # noqa: S608  the names of our own columns


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
    *, item: SampleItem, by: User, revision: int, verdict: str, reasons: Sequence[str] = (), note: str = ""
) -> Label:
    """Decide an item: good, or bad with at least one reason, on the revision that was shown.

    A lease that ran out is no matter while nobody else took the item, and the same decision sent twice is
    one label. Raises ReasonMissing, ClaimLost, OwnWork and StaleRevision; then nothing is stored.
    """
    said = _said(verdict, reasons) | {"revision": revision, "note": note}
    label = returning(Label, DECIDE, said | {"item": item.pk, "by": by.pk, "now": timezone.now()})
    return label or _refused(item, by, said)


def _said(verdict: str, reasons: Sequence[str]) -> dict[str, Any]:
    if verdict not in (Label.Verdict.GOOD, Label.Verdict.BAD):
        raise ValueError(f"{verdict!r} is no verdict on an example")
    if verdict == Label.Verdict.GOOD:
        return {"verdict": verdict, "reasons": []}
    if not reasons:
        raise ReasonMissing
    return {"verdict": verdict, "reasons": [Label.Reason(reason).value for reason in reasons]}


def _refused(item: SampleItem, by: User, said: dict[str, Any]) -> Label:
    """Say why nothing was decided, or return the label of a decision whose answer got lost on its way."""
    item = SampleItem.objects.get(pk=item.pk)
    if item.decided_at:
        newest = Label.objects.filter(item=item).order_by("-pk").first()
        if newest and newest.by == by and all(getattr(newest, name) == value for name, value in said.items()):
            return newest
        raise ClaimLost
    if item.claimed_by_id not in (None, by.pk):
        raise ClaimLost
    example = Example.objects.get(pk=item.example_id)
    if by.pk in (example.author_id, example.edited_by_id):
        raise OwnWork
    raise StaleRevision(example)


@transaction.atomic
def label_undo(*, project: Project, by: User) -> SampleItem | None:
    """Take back the person's newest decision in the project that stands, and give them its item again.

    Called again it goes further back; None when nothing is left. What was said before stays in the history.
    """
    label = _newest_standing(project, by)
    if label is None or label.item_id is None:
        return None
    # Of two calls at once the second waits here and then finds that decision taken back already.
    item = SampleItem.objects.select_for_update().get(pk=label.item_id)
    if label != _newest_standing(project, by):
        return label_undo(project=project, by=by)
    Label.objects.create(
        example_id=label.example_id,
        revision=label.revision,
        item=item,
        verdict=Label.Verdict.UNDONE,
        by=by,
    )
    item.decided_at, item.claimed_by, item.claimed_until = (
        None,
        by,
        timezone.now() + CLAIM_LEASE,
    )
    item.save(update_fields=["decided_at", "claimed_by", "claimed_until"])
    return item


def _newest_standing(project: Project, by: User) -> Label | None:
    newer = Label.objects.filter(example=OuterRef("example"), by=by, pk__gt=OuterRef("pk"))
    mine = Label.objects.filter(~Exists(newer), by=by, item__sample__dataset__project=project)
    return mine.exclude(verdict=Label.Verdict.UNDONE).order_by("-pk").first()
