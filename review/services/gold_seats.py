"""Gold seats: gold examples among the others, as many as the rules say, and nothing else before somebody qualified."""

from random import SystemRandom
from typing import Any

from django.db import connection

from accounts.models import User
from annotate.models import Project
from review.models import QueueItem
from review.models.queue import ADJUDICATION_RANK, RANKS
from review.queries.gold import is_paused, qualification_of, tried_since
from review.queries.rules import rules_remembered
from review.services.gold_checks import gold_check

chance = SystemRandom().random

# A seat stands right behind what the person has before them, so that nothing changes places on their page. It is never
# at their own work or their own marking; what they have never seen comes first, then what they saw longest ago.
SEAT = f"""
INSERT INTO review_queueitem (project_id, queue, example_id, rank, batch, key, for_user_id, revision)
SELECT gold.project_id, 'gold', gold.example_id, COALESCE(held.rank, %(rank)s), COALESCE(held.batch, %(batch)s),
    COALESCE(held.key, %(key)s), %(by)s, gold.revision
FROM review_goldexample gold
JOIN annotate_example example ON example.id = gold.example_id
LEFT JOIN annotate_revision judged ON judged.example_id = gold.example_id AND judged.number = gold.revision
LEFT JOIN LATERAL (
    SELECT rank, batch, key FROM review_queueitem
    WHERE claimed_by_id = %(by)s AND decided_at IS NULL AND project_id = %(project)s AND rank < {ADJUDICATION_RANK}
    ORDER BY rank DESC, batch DESC, key DESC, id DESC LIMIT 1
) held ON TRUE
LEFT JOIN LATERAL (
    SELECT max(at) AS at, max(at) FILTER (WHERE queue = 'gold' AND verdict <> 'undone') AS asked_at
    FROM review_label WHERE example_id = gold.example_id AND by_id = %(by)s
) seen ON TRUE
WHERE gold.project_id = %(project)s AND gold.retired_at IS NULL AND gold.by_id IS DISTINCT FROM %(by)s
  AND example.author_id IS DISTINCT FROM %(by)s
  AND COALESCE(judged.edited_by_id, CASE WHEN example.revision = gold.revision THEN example.edited_by_id END)
    IS DISTINCT FROM %(by)s
  AND NOT EXISTS (
    SELECT FROM review_queueitem open
    WHERE open.example_id = gold.example_id AND open.decided_at IS NULL
      AND (open.for_user_id = %(by)s OR open.claimed_by_id = %(by)s)
  )
  AND (%(tried_since)s::timestamptz IS NULL OR seen.asked_at IS NULL OR seen.asked_at <= %(tried_since)s::timestamptz)
ORDER BY seen.at NULLS FIRST, random() LIMIT 1
"""  # noqa: S608  a number of our own
BEGINNING = "-infinity"


def gold_mix(*, after: QueueItem, by: User) -> bool:
    """Let the next example for somebody who decided an item be a gold one, as often as the rules say."""
    if chance() >= rules_remembered(after.project_id).stored.gold_rate or _waiting(after.project_id, by):
        return False
    place = {"rank": after.rank, "batch": after.batch, "key": bytes(after.key)}
    return _seat(after.project_id, by, None, place)


def qualification_go_on(*, project: Project, by: User) -> bool:
    """Give somebody who has yet to qualify the next gold example of their try; False where nothing more is for them.

    Whoever has answered enough already, as before it was asked for, is judged at once and may qualify by that.
    """
    rules = rules_remembered(project)
    state = qualification_of(project, by, rules)
    if state is None or is_paused(project.pk, by):
        return False
    if state.asked >= state.wanted:
        gold_check(project=project, by=by)
        return qualification_of(project, by, rules) is None
    if state.asked + _waiting(project.pk, by) >= state.wanted:
        return False
    since = tried_since(project, by)
    place: dict[str, Any] = {"rank": min(RANKS.values()), "batch": 0, "key": b""}
    return _seat(project.pk, by, since.isoformat() if since else BEGINNING, place)


def _seat(project: int, by: User, tried_since: str | None, place: dict[str, Any]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(SEAT, {"project": project, "by": by.pk, "tried_since": tried_since, **place})
        return bool(cursor.rowcount)


def _waiting(project: int, by: User) -> int:
    """Count the gold examples that somebody has yet to answer and did not pass on."""
    waiting = QueueItem.objects.open().filter(project=project, for_user=by)
    return waiting.exclude(skips__by=by).count()
