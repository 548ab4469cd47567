"""Who is in a project, in which role, and how others are let in."""

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from annotate.access import MANAGERS, Access
from annotate.forms import InviteForm, RoleForm
from annotate.http import member_of, project_view
from annotate.models import Membership
from annotate.queries import members_of
from annotate.services.projects import LastManager, member_add, member_remove, member_set_role


def _page(
    request: HttpRequest, access: Access, form: InviteForm, *, status: int = 200, **context: object
) -> HttpResponse:
    members, roles = members_of(access.project), Membership.Role.choices
    context |= {"form": form, "members": members, "roles": roles}
    return render(request, "annotate/people.html", context, status=status)


@require_safe
@project_view(*MANAGERS)
def people(request: HttpRequest, access: Access) -> HttpResponse:
    """List a project's people."""
    return _page(request, access, InviteForm())


@never_cache
@require_POST
@project_view(*MANAGERS)
def invite(request: HttpRequest, access: Access) -> HttpResponse:
    """Give somebody a role; a person without an account gets a link, which this answer alone shows."""
    form = InviteForm(request.POST)
    if not form.is_valid():
        return _page(request, access, form, status=422)
    try:
        member, token = member_add(project=access.project, by=access.user, **form.cleaned_data)
    except LastManager as refusal:
        form.add_error("role", str(refusal))
        return _page(request, access, form, status=422)
    if token:
        link = request.build_absolute_uri(reverse("accounts:link", args=[token]))
        return _page(request, access, InviteForm(), invited=member, link=link)
    messages.success(request, f"{member.user} is in the project as {member.role}.")
    return redirect("annotate:people", access.project.slug)


@require_POST
@project_view(*MANAGERS)
def member_role(request: HttpRequest, access: Access, member: int) -> HttpResponse:
    """Change what a person may do."""
    found = member_of(access, member)
    form = RoleForm(request.POST)
    if not form.is_valid():
        raise BadRequest("There is no such role.")
    try:
        member_set_role(membership=found, by=access.user, **form.cleaned_data)
        messages.success(request, f"{found.user} is {found.role} now.")
    except LastManager as refusal:
        return _page(request, access, InviteForm(), status=422, refusal=str(refusal))
    return redirect("annotate:people", access.project.slug)


@require_POST
@project_view(*MANAGERS)
def member_out(request: HttpRequest, access: Access, member: int) -> HttpResponse:
    """Take a person out of the project; what they wrote stays."""
    found = member_of(access, member)
    try:
        member_remove(membership=found, by=access.user)
        messages.success(request, f"{found.user} is no longer in the project.")
    except LastManager as refusal:
        return _page(request, access, InviteForm(), status=422, refusal=str(refusal))
    return redirect("annotate:people", access.project.slug)
