"""Claims for a page that shows several items at once."""

from django.utils import timezone

from accounts.models import User
from annotate.models import Project
from review.models import Queue, QueueItem
from review.services.claims import CLAIM_LEASE, claim_next


def claims_fill(*, project: Project, by: User, count: int) -> list[QueueItem]:
    """Give a reviewer `count` items, what they hold first, each for a new lease; fewer where there are no more."""
    items: list[QueueItem] = []
    while len(items) < count and (item := claim_next(project=project, by=by, after=items)):
        items.append(item)
    return items


def claims_renew(*, project: Project, by: User) -> int:
    """Hold on to what a reviewer has before them: leases with less than half left begin anew; return how many."""
    now = timezone.now()
    held = QueueItem.objects.held_by(by, now).filter(project=project, claimed_until__lt=now + CLAIM_LEASE / 2)
    return held.exclude(queue=Queue.ADJUDICATION).update(claimed_until=now + CLAIM_LEASE)
