"""Who may do what in a project: the one place where roles are read."""

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404

from annotate.models import Example, Membership, Project

Role = Membership.Role
EVERYONE = (Role.MANAGER, Role.REVIEWER, Role.ANNOTATOR)
STAFF = (Role.MANAGER, Role.REVIEWER)
WRITERS = (Role.MANAGER, Role.ANNOTATOR)
MANAGERS = (Role.MANAGER,)


@dataclass(frozen=True, slots=True)
class Access:
    """A person inside a project: what a page needs to know before it looks up anything else."""

    user: Any
    project: Project
    role: str

    @property
    def manages(self) -> bool:
        return self.role == Role.MANAGER

    @property
    def reviews(self) -> bool:
        return self.role in STAFF

    @property
    def writes(self) -> bool:
        return self.role in WRITERS

    def may_read(self, example: Example) -> bool:
        """Managers and reviewers read everything; annotators only what they wrote."""
        return self.reviews or example.author_id == self.user.pk

    def may_edit(self, example: Example) -> bool:
        """Managers edit everything that is not somebody else's draft; annotators what they wrote."""
        if example.state == Example.State.DRAFT:
            return bool(example.author_id == self.user.pk)
        return self.manages or (self.writes and example.author_id == self.user.pk)


def role_in(user: Any, project: Project) -> str | None:
    """Return the person's role in a project, or None; a site admin manages every project."""
    if user.is_superuser:
        return Role.MANAGER
    return Membership.objects.filter(user=user, project=project).values_list("role", flat=True).first()


def may_create_projects(user: Any) -> bool:
    """Site admins and whoever manages a project; a project's manager can invite people, so not everybody."""
    return user.is_superuser or Membership.objects.filter(user=user, role=Role.MANAGER).exists()


def access_to(user: Any, slug: str, roles: tuple[str, ...] = EVERYONE) -> Access:
    """Return the person's access to a project by its slug.

    Raises Http404 outside the project, as if it did not exist, and PermissionDenied inside it when the role
    is none of `roles`.
    """
    project = Project.objects.filter(slug=slug).first()
    role = role_in(user, project) if project else None
    if project is None or role is None:
        raise Http404
    if role not in roles:
        raise PermissionDenied("Your role in this project does not allow this.")
    return Access(user, project, role)
