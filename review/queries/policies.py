"""Which policy holds in a project."""

from annotate.models import Project
from review.limits import DEFAULT_POLICY, Policy
from review.models import PolicyVersion


def policy_of(project: Project) -> tuple[PolicyVersion | None, Policy]:
    """Return the project's newest policy; without a stored one the default holds, and the version is None."""
    version = PolicyVersion.objects.filter(project=project).order_by("-version").first()
    if version is None:
        return None, DEFAULT_POLICY
    return version, Policy.from_json(version.limits)
