"""The limit on the classifier's score: the least that is kept, saved as a version of the policy."""

from dataclasses import replace

from django.db import transaction

from accounts.models import User
from annotate.models import Project
from review.limits import LIMITS, number
from review.models import PolicyVersion
from review.policies import Policy
from review.queries.classifiers import QUALITY, active_version
from review.queries.policies import policy_of
from review.services.policies import policy_save


class NoScores(Exception):
    """There is no score to set a limit on; the message says why."""


@transaction.atomic
def score_limit_set(*, project: Project, minimum: float | None, by: User) -> PolicyVersion:
    """Keep only what scores at least `minimum`, or whatever it scores where that is None; the rest of the policy stays.

    Raises NoScores for a limit where no classifier is active.
    """
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    if minimum is not None and active_version(project) is None:
        raise NoScores("No version is active, so nothing new is scored: activate one first.")
    _, policy = policy_of(project)
    note = (
        "No limit by the quality classifier"
        if minimum is None
        else f"Quality classifier at least {number(minimum)}"
    )
    return policy_save(project=project, policy=with_minimum(policy, minimum), by=by, note=note)


def with_minimum(policy: Policy, minimum: float | None) -> Policy:
    """Return a policy with another least score, its limit in the place of the funnel where it belongs."""
    held = {limit.slug: limit for limit in policy.limits}
    whole = next(limit for limit in LIMITS if limit.slug == QUALITY)
    held[QUALITY] = replace(held.get(QUALITY, whole), minimum=minimum, maximum=None)
    order = [limit.slug for limit in LIMITS if limit.slug in held]
    return replace(policy, limits=tuple(held[slug] for slug in order))
