"""The ways in that a start prints: one-time links, because no fixed password exists."""

import json

from django.db import transaction
from django.urls import reverse

from accounts.models import OneTimeLink, User
from accounts.services import link_create
from annotate.models import Membership
from config.environ import ROOT


def link_for(user: User, base: str) -> str:
    """Return the address that signs `user` in once."""
    _, token = link_create(user=user, kind=OneTimeLink.Kind.SIGN_IN)
    return f"{base}{reverse('accounts:link', args=[token])}"


def demo_links(base: str) -> list[tuple[str, str]]:
    """Return one (role, link) for each role of the demo project, the manager's first."""
    slug = json.loads((ROOT / "fixtures" / "demo" / "project.json").read_text())["slug"]
    members = (
        Membership.objects.filter(project__slug=slug, user__is_active=True)
        .select_related("user")
        .order_by("pk")
    )
    first = {member.role: member.user for member in reversed(members)}
    return [(role, link_for(first[role], base)) for role in Membership.Role.values if role in first]


def has_admin() -> bool:
    """Tell whether anybody can administer this site."""
    return User.objects.filter(is_superuser=True, is_active=True).exists()


@transaction.atomic
def first_admin_link(email: str, base: str) -> str:
    """Make the first site admin and return the link that lets them in."""
    user = User.objects.filter(email__iexact=email).first() or User.objects.create_superuser(email)
    User.objects.filter(pk=user.pk).update(is_staff=True, is_superuser=True, is_active=True)
    return link_for(user, base)
