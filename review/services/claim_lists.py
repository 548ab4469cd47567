"""Claims for a page that shows several items at once."""

from datetime import datetime

from django.db.models import Min
from django.utils import timezone

from accounts.models import User
from annotate.models import Project
from review.models import QueueItem
from review.models.queue import SETTLING
from review.services.claims import CLAIM_LEASE, claim_next


def claims_fill(*, project: Project, by: User, count: int) -> list[QueueItem]:
    """Give a reviewer `count` items, what they hold first, each for a new lease; fewer where there are no more."""
    items: list[QueueItem] = []
    while len(items) < count and (item := claim_next(project=project, by=by, after=items)):
        items.append(item)
    return items


def claims_renew(*, project: Project, by: User) -> datetime | None:
    """Begin leases with less than half left anew; return until when all that a reviewer holds is theirs, or None."""
    now = timezone.now()
    held = QueueItem.objects.held_by(by, now).filter(project=project).exclude(queue__in=SETTLING)
    held.filter(claimed_until__lt=now + CLAIM_LEASE / 2).update(claimed_until=now + CLAIM_LEASE)
    until: datetime | None = held.aggregate(first=Min("claimed_until"))["first"]
    return until
