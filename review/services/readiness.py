"""A person's word on a point of the checklist before fine-tuning."""

from accounts.models import User
from annotate.models import Project
from review.models import ReadinessSign
from review.readiness import BY_SLUG


class NotSignable(Exception):
    """The point is measured, or there is none of that name: nobody's word decides it."""


def readiness_sign(*, project: Project, point: str, holds: bool, note: str, by: User) -> ReadinessSign:
    """Record that a point holds or does not; earlier words stay, the newest counts. Raises NotSignable."""
    if point not in BY_SLUG or BY_SLUG[point].measured:
        raise NotSignable(point)
    return ReadinessSign.objects.create(project=project, point=point, holds=holds, note=note, by=by)
