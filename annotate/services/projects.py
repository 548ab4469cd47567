"""Changes to projects, their people and their datasets."""

from itertools import chain, count
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.text import slugify

from accounts.models import User
from accounts.services import person_invite
from annotate.models import Dataset, Membership, Project


class NameTaken(Exception):
    """Something of that name is there already; the message names it."""


class LastManager(Exception):
    """A project keeps at least one manager."""


def _free_slug(found: QuerySet[Any], name: str, fallback: str) -> str:
    """Make an address of a name, numbered where another one has it: names in other scripts leave no letters."""
    base = slugify(name)[:50].strip("-") or fallback
    taken = set(found.filter(slug__startswith=base).values_list("slug", flat=True))
    return next(slug for slug in chain([base], (f"{base}-{n}" for n in count(2))) if slug not in taken)


@transaction.atomic
def project_create(
    *,
    name: str,
    by: User,
    slug: str = "",
    objective: str = Project.Objective.INSTRUCTION,
    description: str = "",
    guidelines: str = "",
) -> Project:
    """Create a project with `by` as its manager.

    Raises NameTaken where they are in one of that name already, or where a given `slug` is taken.
    """
    if Project.objects.of(by).filter(name__iexact=name).exists():
        raise NameTaken(f"You are in a project “{name}” already.")
    if slug and Project.objects.filter(slug=slug).exists():
        raise NameTaken(f"There is a project “{slug}” already.")
    slug = slug or _free_slug(Project.objects.all(), name, "project")
    project = Project.objects.create(
        name=name,
        slug=slug,
        objective=objective,
        description=description,
        guidelines=guidelines,
        created_by=by,
    )
    Membership.objects.create(project=project, user=by, role=Membership.Role.MANAGER)
    return project


def project_edit(*, project: Project, by: User, **fields: Any) -> Project:
    """Change name, objective, description or guidelines."""
    if fields.get("guidelines", project.guidelines) != project.guidelines:
        project.guidelines_changed_at = timezone.now()
    for name, value in fields.items():
        setattr(project, name, value)
    project.save(update_fields=[*fields, "guidelines_changed_at"])
    return project


def dataset_create(*, project: Project, name: str, source: str, by: User | None, **fields: str) -> Dataset:
    """Create an empty dataset; `fields` are licence, origin and notes. Raises NameTaken."""
    slug = _free_slug(project.datasets.all(), name, "dataset")
    try:
        with transaction.atomic():
            return Dataset.objects.create(
                project=project,
                name=name,
                slug=slug,
                source=source,
                created_by=by,
                **fields,
            )
    except IntegrityError:
        raise NameTaken(f"There is a dataset “{name}” in this project already.") from None


def dataset_edit(*, dataset: Dataset, by: User, **fields: str) -> Dataset:
    """Change what is said of a dataset: name, source, licence, origin or notes. Raises NameTaken."""
    for name, value in fields.items():
        setattr(dataset, name, value)
    try:
        with transaction.atomic():
            dataset.save(update_fields=list(fields))
    except IntegrityError:
        raise NameTaken(f"There is a dataset “{dataset.name}” in this project already.") from None
    return dataset


@transaction.atomic
def member_add(*, project: Project, email: str, role: str, by: User | None) -> tuple[Membership, str]:
    """Give the person with that address a role; return it with the token of their invitation ("" if they have none).

    Raises LastManager when the person is in the project already, as its only manager.
    """
    user, token = person_invite(email=email, by=by)
    membership, is_new = Membership.objects.get_or_create(project=project, user=user, defaults={"role": role})
    return membership if is_new else member_set_role(membership=membership, role=role, by=by), token


def _manages_alone(membership: Membership) -> bool:
    managers = Membership.objects.select_for_update().filter(
        project=membership.project, role=Membership.Role.MANAGER, user__is_active=True
    )
    return [manager.pk for manager in managers] == [membership.pk]


@transaction.atomic
def member_remove(*, membership: Membership, by: User) -> None:
    """End a membership; what the person wrote and labelled stays. Raises LastManager."""
    if _manages_alone(membership):
        raise LastManager("A project keeps at least one manager: give somebody else the role first.")
    membership.delete()


@transaction.atomic
def member_set_role(*, membership: Membership, role: str, by: User | None) -> Membership:
    """Change what a person may do in the project. Raises LastManager."""
    if role != Membership.Role.MANAGER and _manages_alone(membership):
        raise LastManager("A project keeps at least one manager: give somebody else the role first.")
    membership.role = role
    membership.save(update_fields=["role"])
    return membership
