"""Changes to a project's policy: each is a new version."""

from django.db import transaction

from accounts.models import User
from annotate.models import Dataset, Project
from review.models import PolicyVersion
from review.policies import DEFAULT_POLICY, Policy
from review.queries.policies import policy_of
from review.services.sample_items import samples_admit


def policy_version(*, project: Project, by: User | None = None) -> PolicyVersion:
    """Return the stored version of the project's policy; the default becomes version 1 where there is none."""
    version, _ = policy_of(project)
    if version:
        return version
    limits = DEFAULT_POLICY.to_json()
    return PolicyVersion.objects.get_or_create(
        project=project, version=1, defaults={"limits": limits, "by": by}
    )[0]


@transaction.atomic
def policy_save(*, project: Project, policy: Policy, by: User | None, note: str = "") -> PolicyVersion:
    """Make a policy the project's newest; what becomes kept by it joins the samples by their stored bounds."""
    Project.objects.select_for_update(no_key=True).get(pk=project.pk)
    number = policy_version(project=project).version + 1
    version = PolicyVersion.objects.create(
        project=project, version=number, limits=policy.to_json(), note=note, by=by
    )
    for dataset in Dataset.objects.filter(project=project):
        samples_admit(dataset=dataset)
    return version
