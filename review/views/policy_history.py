"""The versions of a policy: who saved what and why, and two of them side by side."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from annotate.access import Access
from annotate.models import Dataset
from review.models import PolicyVersion
from review.policies import DEFAULT_POLICY, Policy
from review.views.policy_previews import preview_context
from review.views.policy_words import differences


def version_of(access: Access, number: int) -> PolicyVersion | None:
    """Return the project's stored version of that number."""
    return PolicyVersion.objects.filter(project=access.project, version=number).select_related("by").first()


def history_context(access: Access, asked: Mapping[str, str], scope: Sequence[Dataset]) -> dict[str, Any]:
    """Return the versions with what each changed, and the comparison that the address asks for."""
    versions = list(PolicyVersion.objects.filter(project=access.project).select_related("by"))
    context: dict[str, Any] = {"versions": list(_changed(versions)), "compared": None}
    if len(versions) > 1:
        known = {version.version: version for version in versions}
        one = known.get(_number(asked.get("from")), versions[1])
        other = known.get(_number(asked.get("to")), versions[0])
        policies = [Policy.from_json(version.limits) for version in (one, other)]
        context |= {"compared": (one, other), "from": one.version, "to": other.version}
        context |= preview_context(access, scope, *policies)
        context |= {"was_label": f"Version {one.version}", "will_label": f"Version {other.version}"}
    return context


def _changed(versions: Sequence[PolicyVersion]) -> Iterator[dict[str, Any]]:
    """Yield the versions, newest first, each with what differs from the one before it."""
    policies = [Policy.from_json(version.limits) for version in versions] + [DEFAULT_POLICY]
    for version, (policy, before) in zip(versions, pairwise(policies), strict=True):
        yield {"row": version, "differences": differences(before, policy)}


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else -1
