"""Which policy holds in a project."""

from dataclasses import dataclass

from annotate.models import Project
from review.models import PolicyVersion
from review.policies import DEFAULT_POLICY, Policy


@dataclass(frozen=True, slots=True)
class KnownPolicy:
    """A project's policy with its version, which is 0 for the default where none is stored."""

    version: int
    policy: Policy


_remembered: dict[int, KnownPolicy] = {}


def policy_of(project: Project) -> tuple[PolicyVersion | None, Policy]:
    """Return the project's newest policy; without a stored one the default holds, and the version is None."""
    version = PolicyVersion.objects.filter(project=project).order_by("-version").first()
    if version is None:
        return None, DEFAULT_POLICY
    return version, Policy.from_json(version.limits)


def policy_read(project: Project) -> KnownPolicy:
    """Return the project's newest policy, and remember it in this process."""
    version, policy = policy_of(project)
    known = _remembered[project.pk] = KnownPolicy(version.version if version else 0, policy)
    return known


def policy_remembered(project: Project) -> KnownPolicy:
    """Return the policy as this process read it last; who uses it makes sure that its version is still the newest."""
    return _remembered.get(project.pk) or policy_read(project)
