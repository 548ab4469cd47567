"""Changes that a person makes to a policy: saved on the version they saw, and measured again where that is due."""

from django.db import transaction

from accounts.models import User
from annotate.models import Dataset, Example, Project
from review.models import PolicyVersion
from review.policies import DEFAULT_POLICY, Policy
from review.queries.policies import policy_of
from review.queries.remote import meaning_limit
from review.scorers import identities
from review.services.embedding import embedding_start
from review.services.policies import policy_save
from review.services.screening import screening_start


class PolicyMoved(Exception):
    """Somebody saved a version after the one that a change was made from; `version` is the newest."""

    def __init__(self, version: PolicyVersion) -> None:
        super().__init__(f"{version} was saved meanwhile")
        self.version = version


@transaction.atomic
def policy_change(
    *, project: Project, policy: Policy, based_on: int, by: User, note: str = ""
) -> PolicyVersion:
    """Save a policy that was made from version `based_on`, which is 0 where the default was not stored yet.

    Where it tells the scorers something else, every dataset with examples is screened for what that makes stale;
    where it sets another limit on similarity in meaning, examples are compared by that.
    Raises PolicyMoved when another version is the newest.
    """
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    newest, before = policy_of(project)
    if newest is not None and newest.version != based_on and not (based_on == 0 and before == DEFAULT_POLICY):
        raise PolicyMoved(newest)
    saved = policy_save(project=project, policy=policy, by=by, note=note)
    anew, compared = told_anew(before, policy), meaning_limit(before) != meaning_limit(policy)
    for dataset in (
        Dataset.objects.filter(project=project).select_related("project") if anew or compared else ()
    ):
        if Example.objects.submitted().filter(dataset=dataset).exists():
            if anew:
                screening_start(dataset=dataset, by=by)
            if compared:
                embedding_start(dataset=dataset, by=by)
    return saved


def told_anew(old: Policy, new: Policy) -> tuple[str, ...]:
    """Return the slugs of the scorers, and of the grouping, whose values another policy makes stale."""
    was, will = identities(old.options), identities(new.options)
    return tuple(slug for slug, found in will.items() if found.digest != was[slug].digest)
