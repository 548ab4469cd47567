"""What each reviewer did in a project, counted in the database: one row for a person, whatever there is of labels."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.utils import timezone

from annotate.models import Membership, Project

WEEK = timedelta(days=7)

# A label is taken back by a later row of the same person on the same item.
STANDS = """label.verdict <> 'undone' AND NOT EXISTS (
    SELECT FROM review_label back
    WHERE back.item_id = label.item_id AND back.by_id = label.by_id AND back.verdict = 'undone' AND back.id > label.id
)"""
DID = f"""
SELECT label.by_id, count(*), count(*) FILTER (WHERE label.verdict = 'bad'),
    count(*) FILTER (WHERE item.queue IN ('sample', 'overlap')),
    count(*) FILTER (WHERE item.queue IN ('sample', 'overlap') AND label.verdict = 'bad'),
    count(*) FILTER (WHERE label.at >= %(today)s), count(*) FILTER (WHERE label.at >= %(week)s),
    count(label.seconds), coalesce(sum(label.seconds), 0),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY label.seconds), max(label.at)
FROM review_label label JOIN review_queueitem item ON item.id = label.item_id
WHERE item.project_id = %(project)s AND item.queue NOT IN ('adjudication', 'second-look') AND {STANDS}
GROUP BY label.by_id
"""  # noqa: S608  text of our own
# What was settled is little beside what was labelled: it begins there.
OVERRULED = f"""
WITH settled AS (
    SELECT item.sample_item_id, label.verdict
    FROM review_queueitem item JOIN review_label label ON label.item_id = item.id
    WHERE item.project_id = %(project)s AND item.queue = 'adjudication' AND item.decided_at IS NOT NULL AND {STANDS}
)
SELECT label.by_id, count(*), count(*) FILTER (WHERE label.verdict <> settled.verdict)
FROM settled JOIN review_queueitem item ON item.sample_item_id = settled.sample_item_id
    AND item.queue IN ('sample', 'overlap') AND item.decided_at IS NOT NULL
JOIN review_label label ON label.item_id = item.id
WHERE {STANDS}
GROUP BY label.by_id
"""  # noqa: S608  text of our own
# Only what the classifier doubts is looked at again, so these are no share of what somebody labelled.
LOOKED = f"""
WITH looked AS (
    SELECT label.example_id, label.revision, label.verdict
    FROM review_queueitem item JOIN review_label label ON label.item_id = item.id
    WHERE item.project_id = %(project)s AND item.queue = 'second-look' AND item.decided_at IS NOT NULL AND {STANDS}
)
SELECT label.by_id, count(*), count(*) FILTER (WHERE label.verdict <> looked.verdict)
FROM looked JOIN review_label label ON label.example_id = looked.example_id AND label.revision = looked.revision
WHERE label.queue NOT IN ('gold', 'adjudication', 'second-look') AND label.item_id IS NOT NULL AND {STANDS}
GROUP BY label.by_id
"""  # noqa: S608  text of our own
# Only what two people labelled says how far they agree.
TWICE = f"""
SELECT item.sample_item_id, label.by_id, label.verdict, label.reasons
FROM review_queueitem second
JOIN review_queueitem item ON item.sample_item_id = second.sample_item_id AND item.queue IN ('sample', 'overlap')
    AND item.decided_at IS NOT NULL
JOIN review_label label ON label.item_id = item.id
WHERE second.project_id = %(project)s AND second.queue = 'overlap' AND second.decided_at IS NOT NULL AND {STANDS}
ORDER BY label.id
"""  # noqa: S608  text of our own
SKIPPED = """
SELECT skip.by_id, count(*) FROM review_skip skip JOIN review_queueitem item ON item.id = skip.item_id
WHERE item.project_id = %(project)s GROUP BY skip.by_id
"""


@dataclass(frozen=True, slots=True)
class Work:
    """What a reviewer decided in the stream, gold examples among it; `seconds` are those that were measured.

    `sampled` were drawn at random, so that only their bad share can be set beside another reviewer's.
    """

    decided: int = 0
    bad: int = 0
    sampled: int = 0
    sampled_bad: int = 0
    today: int = 0
    week: int = 0
    timed: int = 0
    seconds: float = 0.0
    median: float | None = None
    last_at: datetime | None = None

    @property
    def an_hour(self) -> float | None:
        """Decisions per hour of active time."""
        return self.timed * 3600 / self.seconds if self.seconds else None


@dataclass(frozen=True, slots=True)
class Told:
    """One of the labels of what two people labelled."""

    item: int
    rater: int
    verdict: str
    reasons: tuple[str, ...]


def work_done(project: Project, now: datetime | None = None) -> dict[int, Work]:
    """Return what everybody decided in a project, by user id; one pass over the labels."""
    now = timezone.localtime(now)
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    rows = _rows(DID, project, today=today, week=now - WEEK)
    return {by: Work(*values) for by, *values in rows}


def overruled(project: Project) -> dict[int, tuple[int, int]]:
    """Return by user id how many of somebody's labels were settled, and how many of these otherwise than they said."""
    return {by: (settled, against) for by, settled, against in _rows(OVERRULED, project)}


def overturned(project: Project) -> dict[int, tuple[int, int]]:
    """Return by user id how many of somebody's labels had a second look, and how many of these found otherwise."""
    return {by: (looked, against) for by, looked, against in _rows(LOOKED, project)}


def labelled_twice(project: Project) -> list[Told]:
    """Return the labels that stand on what two people labelled, in the order of their making."""
    return [Told(item, by, verdict, tuple(reasons)) for item, by, verdict, reasons in _rows(TWICE, project)]


def skips(project: Project) -> dict[int, int]:
    """Return by user id how many examples somebody passed on."""
    return dict(_rows(SKIPPED, project))


def staff_of(project: Project) -> list[Membership]:
    """Return the memberships of a project's reviewers and managers, with their people."""
    staff = Membership.objects.filter(project=project, role__in=("reviewer", "manager"))
    return list(staff.select_related("user").order_by("pk"))


def _rows(statement: str, project: Project, **parameters: Any) -> Sequence[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"project": project.pk, **parameters})
        found: Sequence[Any] = cursor.fetchall()
        return found
