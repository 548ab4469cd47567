"""The policy of a project: its limits moved over the values there are, previewed, saved, compared."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from annotate.access import MANAGERS, STAFF, Access
from annotate.http import is_part, project_view
from annotate.models import Dataset
from review.models import PolicyVersion
from review.policies import Policy
from review.policy_forms import PolicyForms
from review.queries.policies import KnownPolicy, policy_of
from review.services.policy_changes import PolicyMoved, policy_change
from review.views.policy_cards import cards_context
from review.views.policy_history import history_context, version_of
from review.views.policy_previews import preview_context
from review.views.policy_words import differences

PAGE, PREVIEW, VERSIONS = "review/policy.html", "review/_policy_preview.html", "review/policy_versions.html"


@require_safe
@project_view(*STAFF)
def policy(request: HttpRequest, access: Access) -> HttpResponse:
    """Show the limits that hold, over the values of the project or of the dataset that the address names."""
    stored = _stored(access)
    forms = PolicyForms(access.project, stored.policy, stored.version, dataset=request.GET.get("dataset", ""))
    scope = _scope(access, request.GET.get("dataset", ""))
    return render(request, PAGE, _context(access, forms, scope, stored, stored.policy))


@require_POST
@project_view(*MANAGERS)
def policy_preview(request: HttpRequest, access: Access) -> HttpResponse:
    """Show what the limits as sent would do, without keeping them."""
    stored = _stored(access)
    forms = PolicyForms(access.project, stored.policy, stored.version, request.POST)
    valid = forms.is_valid()
    scope = _scope(access, request.POST.get("dataset", ""))
    new = forms.said if valid else stored.policy
    status = 200 if valid else 422
    if is_part(request) and request.headers.get("HX-Target") == "preview":
        context = preview_context(access, scope, stored.policy, new) | {"forms": forms, "part": True}
        return render(request, PREVIEW, context, status=status)
    return render(request, PAGE, _context(access, forms, scope, stored, new), status=status)


@require_POST
@project_view(*MANAGERS)
def policy_save(request: HttpRequest, access: Access) -> HttpResponse:
    """Save the limits as sent as a new version; 409 shows what somebody else saved meanwhile."""
    stored = _stored(access)
    forms = PolicyForms(access.project, stored.policy, stored.version, request.POST)
    scope = _scope(access, request.POST.get("dataset", ""))
    if not forms.is_valid():
        return render(request, PAGE, _context(access, forms, scope, stored, stored.policy), status=422)
    sent = forms.save.cleaned_data
    if sent["based_on"] == stored.version and not differences(stored.policy, forms.said):
        messages.info(request, "Nothing was changed, so no version was saved.")
        return redirect("review:policy", access.project.slug)
    try:
        saved = policy_change(
            project=access.project,
            policy=forms.said,
            based_on=sent["based_on"],
            by=access.user,
            note=sent["note"],
        )
    except PolicyMoved as moved:
        context = _context(access, forms, scope, stored, forms.said) | _conflict(
            access, moved, sent["based_on"]
        )
        return render(request, PAGE, context, status=409)
    messages.success(request, f"Saved as version {saved.version}.")
    return redirect("review:policy", access.project.slug)


@require_safe
@project_view(*STAFF)
def policy_versions(request: HttpRequest, access: Access) -> HttpResponse:
    """List the versions, and set two of them side by side."""
    return render(request, VERSIONS, history_context(access, request.GET, _scope(access, "")))


@require_POST
@project_view(*MANAGERS)
def policy_use(request: HttpRequest, access: Access, version: int) -> HttpResponse:
    """Save an earlier version's limits and options as a new version."""
    earlier = version_of(access, version)
    if earlier is None:
        raise Http404
    saved = policy_change(
        project=access.project, policy=Policy.from_json(earlier.limits), based_on=_stored(access).version,
        by=access.user, note=f"As version {version} again.",
    )  # fmt: skip
    messages.success(request, f"Saved as version {saved.version}, with the limits of version {version}.")
    return redirect("review:policy", access.project.slug)


def _stored(access: Access) -> KnownPolicy:
    version, found = policy_of(access.project)
    return KnownPolicy(version.version if version else 0, found)


def _scope(access: Access, slug: str) -> Sequence[Dataset]:
    """Return the dataset of that slug alone, or all of the project's."""
    datasets = Dataset.objects.filter(project=access.project).select_related("project")
    return list(datasets.filter(slug=slug)) or list(datasets)


def _context(
    access: Access, forms: PolicyForms, scope: Sequence[Dataset], stored: KnownPolicy, new: Policy
) -> dict[str, Any]:
    found = cards_context(access, forms, scope, stored)
    return found | preview_context(access, scope, stored.policy, new) | {"newest": _newest(access)}


def _newest(access: Access) -> PolicyVersion | None:
    return PolicyVersion.objects.filter(project=access.project).select_related("by").first()


def _conflict(access: Access, moved: PolicyMoved, based_on: int) -> dict[str, Any]:
    """Return what the other save changed, where it is known what it was made from."""
    before = version_of(access, based_on)
    theirs = Policy.from_json(moved.version.limits)
    return {
        "conflict": moved.version,
        "theirs": differences(Policy.from_json(before.limits), theirs) if before else [],
    }
