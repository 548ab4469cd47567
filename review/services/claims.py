"""The review queue: who holds which item, for how long, and who passes it on."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Func
from django.utils import timezone

from accounts.models import User
from annotate.models import Example, Project
from review.models import Queue, QueueItem, Skip
from review.models.queue import ADJUDICATION_RANK, BLIND, RANKS, SECOND_LOOK_RANK
from review.policies import Policy
from review.queries.gold import QUALIFIED
from review.queries.policies import KnownPolicy, policy_read, policy_remembered
from review.queries.rules import RULES_VERSION, Rules, rules_read, rules_remembered
from review.queries.second_looks import STILL_DOUBTED
from review.queries.verdicts import kept_sql
from review.services.gold_seats import qualification_go_on
from review.services.statements import columns_of, returning

CLAIM_LEASE = timedelta(minutes=20)
RANKS_SETTLED = {Queue.ADJUDICATION: ADJUDICATION_RANK, Queue.SECOND_LOOK: SECOND_LOOK_RANK}

# One statement, so that no item is handed out twice: a row that somebody else is taking is passed over, and one
# taken a moment ago is looked at again before it is locked. The person's own held item comes first; then the queues
# by their rank, samples one after the other, each in the order of its keys. What is not for somebody whatever else
# holds is asked of the seat's own row first: ten thousand seats may have to be passed over.
CLAIM = """
UPDATE review_queueitem SET claimed_by_id = %(by)s, claimed_until = %(until)s
WHERE id = COALESCE((
    SELECT item.id
    FROM review_queueitem item
    WHERE item.claimed_by_id = %(by)s AND item.claimed_until > %(now)s AND item.project_id = %(project)s
      AND item.rank BETWEEN %(first)s AND %(last)s AND {reviewable}
    ORDER BY item.rank, item.batch, item.key, item.id LIMIT 1
    FOR UPDATE OF item
), (
    SELECT item.id
    FROM review_queueitem item
    WHERE item.project_id = %(project)s AND item.rank BETWEEN %(first)s AND %(last)s
      AND (item.claimed_by_id IS NULL OR item.claimed_until <= %(now)s)
      AND (item.for_user_id IS NULL OR item.for_user_id = %(by)s)
      AND (%(any_seat)s OR (%(by)s = ANY(item.barred)) IS NOT TRUE)
      AND {reviewable}
      AND NOT EXISTS (SELECT FROM review_skip skip WHERE skip.item_id = item.id AND skip.by_id = %(by)s)
      AND (%(any_seat)s OR NOT EXISTS (
        SELECT FROM review_queueitem other
        WHERE other.sample_item_id = item.sample_item_id AND other.id <> item.id AND other.claimed_by_id = %(by)s
      ))
    ORDER BY item.rank, item.batch, item.key, item.id LIMIT 1
    FOR UPDATE OF item SKIP LOCKED
))
AND %(version)s = (SELECT coalesce(max(version), 0) FROM review_policyversion WHERE project_id = %(project)s)
AND %(rules)s = coalesce((SELECT {rules} FROM review_reviewrules WHERE project_id = %(project)s), '')
AND NOT EXISTS (
    SELECT FROM review_reviewerpause
    WHERE project_id = %(project)s AND user_id = %(by)s AND resumed_at IS NULL
)
RETURNING {columns}
"""
# A subquery and no join: so items are looked at in their order whatever the planner thinks of the other tables.
# Where the text to judge is fixed, by the other seat or as gold, it does not matter what became of the example since.
REVIEWABLE = """
item.decided_at IS NULL AND item.id <> ALL(%(after)s::bigint[])
      AND (item.queue = 'gold' OR (SELECT {qualified}))
      AND (
        SELECT example.author_id IS DISTINCT FROM %(by)s
          AND {editor} IS DISTINCT FROM %(by)s
          AND (item.queue <> 'adjudication' OR sampled.outcome = 'disputed')
          AND {doubted}
          AND (COALESCE(item.revision, sampled.revision) IS NOT NULL OR (
            example.state = {submitted} AND (item.queue = 'mended' OR COALESCE(({kept}), FALSE))
          ))
        FROM annotate_example example
        LEFT JOIN review_measurement measurement ON measurement.example_id = example.id
        LEFT JOIN review_sampleitem sampled ON sampled.id = item.sample_item_id
        WHERE example.id = item.example_id
      )
"""
# Who edited the text that is judged, which may be an earlier one.
EDITOR = """(
CASE WHEN COALESCE(item.revision, sampled.revision, example.revision) = example.revision THEN example.edited_by_id
ELSE (
    SELECT edited_by_id FROM annotate_revision
    WHERE example_id = example.id AND number = COALESCE(item.revision, sampled.revision)
) END)"""


class ClaimLost(Exception):
    """The item was decided, or somebody else holds it by now; what the person wrote must be kept for them."""


class Paused(ClaimLost):
    """The person is paused: they decide nothing until somebody resumes them."""


def claim_next(
    *,
    project: Project,
    by: User,
    now: datetime | None = None,
    after: QueueItem | Sequence[QueueItem] = (),
    settles: Queue | None = None,
    any_seat: bool = False,
) -> QueueItem | None:
    """Give a reviewer the item they hold, or else the next free one, for CLAIM_LEASE; None when there is none.

    Nobody gets their own work, what they skipped, or both seats of one example, and only what the limits keep now
    is handed out. Whoever is paused gets nothing, and gold examples only who has yet to qualify. With `after`, what
    the person has before them, it claims one that follows: so a page can load it ahead, or fill a list. With
    `settles` it is an item of that queue, whose labels differ or are doubted; `any_seat` lets somebody settle what they
    labelled themselves.
    """
    now = now or timezone.now()
    first, last = (RANKS_SETTLED[settles],) * 2 if settles else (0, max(RANKS.values()))
    asked = {
        "by": by.pk,
        "project": project.pk,
        "after": [item.pk for item in ([after] if isinstance(after, QueueItem) else after)],
        "now": now,
        "until": now + CLAIM_LEASE,
        "first": first,
        "last": last,
        "any_seat": any_seat,
        "freely": settles is not None or by.is_superuser,
    }
    # Policy and rules are remembered to save round trips; the statement finds nothing where they changed since.
    policy, rules = policy_remembered(project), rules_remembered(project)
    if item := _claim(policy, rules, asked):
        return item
    newest = policy_read(project), rules_read(project)
    if newest != (policy, rules) and (item := _claim(*newest, asked)):
        return item
    if settles or not qualification_go_on(project=project, by=by):
        return None
    return _claim(*newest, asked)


def _claim(policy: KnownPolicy, rules: Rules, asked: dict[str, Any]) -> QueueItem | None:
    freely = asked["freely"] or not rules.stored.qualification
    known = {"version": policy.version, "rules": rules.version, "freely": freely}
    statement = _claim_statement(policy.policy, asked["first"] == SECOND_LOOK_RANK)
    try:
        return returning(QueueItem, statement, asked | known)
    except IntegrityError:
        # The same person took the example's other seat in this very moment, from another window.
        if connection.in_atomic_block:
            raise
        return returning(QueueItem, statement, asked | known)


def claims_release(*, project: Project, by: User) -> int:
    """Give back everything a reviewer holds in a project; return how many items that were."""
    held = QueueItem.objects.open().filter(claimed_by=by, project=project)
    return held.update(claimed_by=None, claimed_until=None)


@transaction.atomic
def item_skip(*, item: QueueItem, by: User, reason: str = "") -> Skip:
    """Pass an item on to somebody else; the same person is not offered its example again, by its other seat either."""
    skip, _ = Skip.objects.get_or_create(item=item, by=by, defaults={"reason": reason[:300]})
    QueueItem.objects.open().filter(pk=item.pk, claimed_by=by).update(claimed_by=None, claimed_until=None)
    seats_bar(item=item, by=by)
    return skip


def seats_bar(*, item: QueueItem, by: User) -> None:
    """Keep the open seats at an item's example from somebody who skipped it."""
    if item.sample_item_id is None:
        return
    seats = QueueItem.objects.open().filter(sample_item=item.sample_item_id, queue__in=BLIND)
    seats.update(
        barred=Func(Func(F("barred"), by.pk, function="array_remove"), by.pk, function="array_append")
    )


@lru_cache(maxsize=256)
def _claim_statement(policy: Policy, second_look: bool) -> str:
    reviewable = REVIEWABLE.format(
        submitted=Example.State.SUBMITTED.value, kept=kept_sql(policy, "example", "measurement"), editor=EDITOR,
        qualified=QUALIFIED, doubted=STILL_DOUBTED if second_look else "TRUE",
    )  # fmt: skip
    return CLAIM.format(reviewable=reviewable.strip(), rules=RULES_VERSION, columns=columns_of(QueueItem))
