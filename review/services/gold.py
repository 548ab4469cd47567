"""Gold examples: a manager says what the right label is, and takes one out of use."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from annotate.models import Example
from review.models import GoldExample, Label, QueueItem
from review.queries.rules import rules_of


class NotGold(Exception):
    """An example that cannot be a gold one; says why."""


@transaction.atomic
def gold_mark(
    *,
    example: Example,
    verdict: str,
    by: User,
    reasons: Sequence[str] = (),
    note: str = "",
    revision: int | None = None,
) -> GoldExample:
    """Say what the right label of an example is, at its current revision unless told otherwise.

    Marked again, the new word counts, for answers given before too; a retired one is in use again. Raises
    NotGold for an example that is not submitted, and for a bad one without a known reason.
    """
    if verdict not in (Label.Verdict.GOOD, Label.Verdict.BAD):
        raise ValueError(f"{verdict!r} is no verdict on an example")
    current = Example.objects.select_related("dataset").get(pk=example.pk)
    if current.state != Example.State.SUBMITTED:
        raise NotGold("Only a submitted example can be a gold one.")
    known = {reason.slug for reason in rules_of(current.dataset.project_id).reasons}
    given = list(reasons) if verdict == Label.Verdict.BAD else []
    if verdict == Label.Verdict.BAD and (not given or set(given) - known):
        raise NotGold("Say why it is bad: pick at least one of the project's reasons.")
    gold, _ = GoldExample.objects.update_or_create(
        example=current,
        defaults={
            "project_id": current.dataset.project_id, "revision": revision or current.revision, "verdict": verdict,
            "reasons": given, "note": note, "by": by, "retired_at": None,
        },
    )  # fmt: skip
    _seats_close(gold, keep=gold.revision)
    return gold


def gold_from_label(*, label: Label, by: User, note: str = "") -> GoldExample:
    """Make what somebody said of an example its right label, at the revision that they judged."""
    return gold_mark(
        example=label.example, verdict=label.verdict, by=by, reasons=label.reasons, note=note or label.note,
        revision=label.revision,
    )  # fmt: skip


@transaction.atomic
def gold_retire(*, gold: GoldExample, by: User) -> GoldExample:
    """Ask a gold example of nobody any more; the answers that were given still count."""
    GoldExample.objects.filter(pk=gold.pk, retired_at=None).update(retired_at=timezone.now())
    _seats_close(gold)
    gold.refresh_from_db()
    return gold


def _seats_close(gold: GoldExample, keep: int | None = None) -> None:
    """Take back the seats at a gold example that nobody answered, but for those at one revision."""
    seats = QueueItem.objects.open().filter(example=gold.example_id, queue="gold", labels=None)
    seats.exclude(revision=keep).delete() if keep else seats.delete()
