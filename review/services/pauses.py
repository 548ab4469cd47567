"""Reviewers who may not decide at present: paused by their answers to gold examples, or by a manager."""

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from annotate.models import Project
from review.models import QueueItem, ReviewerPause
from review.queries.gold import GoldScore, score_since
from review.queries.rules import rules_of


@transaction.atomic
def pause_add(
    *, project: Project, user: User, score: GoldScore, by: User | None, note: str = ""
) -> ReviewerPause:
    """Pause a reviewer, who gives back what they hold; who is paused already stays so as they were."""
    pause, _ = ReviewerPause.objects.get_or_create(
        project=project, user=user, resumed_at=None,
        defaults={"right": score.right, "asked": score.asked, "by": by, "note": note[:300]},
    )  # fmt: skip
    QueueItem.objects.open().filter(project=project, claimed_by=user).update(
        claimed_by=None, claimed_until=None
    )
    return pause


def reviewer_pause(*, project: Project, user: User, by: User, note: str = "") -> ReviewerPause:
    """Pause a reviewer by hand; the note is shown to them."""
    score = score_since(project, user, last=rules_of(project).stored.gold_window)
    return pause_add(project=project, user=user, score=score, by=by, note=note)


def pause_resume(*, pause: ReviewerPause, by: User) -> ReviewerPause:
    """Let a paused reviewer go on; their answers to gold examples count anew from now, and so does a qualification."""
    ReviewerPause.objects.filter(pk=pause.pk, resumed_at=None).update(
        resumed_at=timezone.now(), resumed_by=by
    )
    pause.refresh_from_db()
    return pause
