"""Second looks: labels that the classifier doubts wait in a queue of their own; what is said there overrules them."""

import json
from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from annotate.models import Example, Project
from review.models import ClassifierVersion, Label, Queue, QueueItem, Skip
from review.models.queue import SECOND_LOOK_RANK
from review.quality.suspects import Suspect, label_errors
from review.queries.disagreements import newest_version
from review.queries.held_out import HeldOut, held_out_of, reasons_of
from review.queries.pools import PICKED_BY
from review.queries.second_looks import second_looks
from review.services.claims import claim_next
from review.services.labels import label_add

# So many wait at most: each fitting of the classifier to what was settled finds better which labels to doubt.
MOST = 200

# Of what is doubted that whose label is the newest word on the text as it is now. What is looked at anyway is left
# out, and what had its second look. The surest come first, whenever they were added.
ADD = f"""
INSERT INTO review_queueitem (project_id, queue, example_id, rank, batch, key, revision, pick, barred)
SELECT %(project)s, 'second-look', example.id, {SECOND_LOOK_RANK}, 0, int8send((chosen.probability * 1e12)::bigint),
    example.revision, chosen.pick, (
        SELECT array_agg(DISTINCT said.by_id) FROM review_label said
        WHERE said.example_id = example.id AND said.revision = example.revision AND said.queue <> 'gold'
          AND said.verdict <> 'undone'
    )
FROM unnest(%(labels)s::bigint[], %(probabilities)s::float[], %(picks)s::jsonb[]) AS chosen (label, probability, pick)
JOIN review_label label ON label.id = chosen.label
JOIN annotate_example example ON example.id = label.example_id AND example.revision = label.revision
JOIN annotate_dataset dataset ON dataset.id = example.dataset_id AND dataset.project_id = %(project)s
WHERE example.state = %(submitted)s AND NOT EXISTS (
    SELECT FROM review_label newer
    WHERE newer.example_id = example.id AND newer.revision = example.revision AND newer.id > label.id
      AND newer.queue <> 'gold'
) AND NOT EXISTS (
    SELECT FROM review_label looked
    WHERE looked.example_id = example.id AND looked.revision = example.revision AND looked.queue = 'second-look'
      AND looked.verdict <> 'undone' AND NOT EXISTS (
        SELECT FROM review_label back
        WHERE back.item_id = looked.item_id AND back.id > looked.id AND back.verdict = 'undone'
      )
) AND NOT EXISTS (
    SELECT FROM review_queueitem open
    WHERE open.example_id = example.id AND open.decided_at IS NULL AND open.queue <> 'gold'
)
ORDER BY chosen.probability, label.id LIMIT %(most)s
"""  # noqa: S608  a number of our own


@transaction.atomic
def second_looks_fill(*, project: Project) -> int:
    """Ask for a second look at the labels that the newest version finds improbable; return how many were added.

    None where no version does better than the length of the answer. What is no longer doubted is taken out.
    """
    version = newest_version(project)
    if version is None or not version.evaluation["beats_length"]:
        return 0
    held = held_out_of(version)
    found = label_errors(held.ids, held.good, held.probability)
    return _add(version, held, found, {"by": PICKED_BY, "version": version.number})


@transaction.atomic
def second_looks_ask(*, version: ClassifierVersion, labels: Collection[int], by: User) -> int:
    """Ask for a second look at labels that somebody picked of those that a version learnt from; return how many.

    Those that were changed since, whose example is looked at anyway, or that are too many are left out.
    """
    held, wanted = held_out_of(version), set(labels)
    found = [
        Suspect(row, held.ids[row], bool(held.good[row]), float(held.own[row]))
        for row, label in enumerate(held.label.tolist())
        if label in wanted
    ]
    why = {"by": "list", "asked_by": by.pk, "version": version.number}
    return _add(version, held, found, why)


def second_look_next(*, project: Project, by: User, manages: bool) -> QueueItem | None:
    """Give somebody the second look they hold, or else the next free one; None when there is none for them.

    A manager may look again at what they labelled themselves, a reviewer only at what they did not label.
    """
    return claim_next(project=project, by=by, settles=Queue.SECOND_LOOK, any_seat=manages)


def second_looks_take_back(*, project: Project, by: User) -> int:
    """Let somebody be given the open second looks again that they skipped; return how many."""
    waiting = QueueItem.objects.open().filter(project=project, queue=Queue.SECOND_LOOK)
    return Skip.objects.filter(by=by, item__in=waiting).delete()[0]


def second_look(
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
    """Decide what is doubted: the label overrules those before it. Raises what label_add raises.

    ClaimLost also where the label or the text was changed since it was doubted.
    """
    if item.queue != Queue.SECOND_LOOK:
        raise ValueError(f"{item} is no second look")
    return label_add(
        item=item, by=by, revision=revision, verdict=verdict, reasons=reasons, note=note, seconds=seconds,
        any_seat=manages,
    )  # fmt: skip


def _add(version: ClassifierVersion, held: HeldOut, found: Sequence[Suspect], why: dict[str, Any]) -> int:
    project, reasons = version.project, reasons_of(version)
    # Of two who add at once the second waits here and finds the first one's seats.
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    _take_out(project)
    waiting = QueueItem.objects.open().filter(project=project, queue=Queue.SECOND_LOOK).count()
    labels = [int(held.label[one.row]) for one in found]
    picks = [
        why | {
            "label": label, "verdict": "good" if one.good else "bad", "probability": one.probability,
            "reasons": reasons.get(str(label), []),
        }
        for one, label in zip(found, labels, strict=True)
    ]  # fmt: skip
    asked: dict[str, Any] = {
        "project": project.pk, "submitted": Example.State.SUBMITTED, "most": max(0, MOST - waiting),
        "labels": labels, "probabilities": [one.probability for one in found],
        "picks": [json.dumps(pick) for pick in picks],
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(ADD, asked)
        return int(cursor.rowcount)


def _take_out(project: Project) -> None:
    """Ask no more for second looks whose label or text was changed; who has one before them may finish reading."""
    now = timezone.now()
    waiting = QueueItem.objects.open().filter(project=project, queue=Queue.SECOND_LOOK)
    stale = waiting.exclude(pk__in=second_looks(project).values("pk")).exclude(claimed_until__gt=now)
    # What was said and taken back stays in the history, and with it its seat.
    stale.exclude(labels=None).update(decided_at=now, claimed_by=None, claimed_until=None)
    stale.filter(labels=None).delete()
