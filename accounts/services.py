"""Changes to people: one-time links made and used."""

import hashlib
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from accounts.models import OneTimeLink, User

LIFETIME = {OneTimeLink.Kind.SIGN_IN: timedelta(hours=24), OneTimeLink.Kind.INVITATION: timedelta(days=7)}


class LinkUnusable(Exception):
    """The link does not exist, was used already, or is too old."""


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def link_create(*, user: User, kind: str, by: User | None = None) -> tuple[OneTimeLink, str]:
    """Make a link for `user` and return it with its token, which is shown once and stored nowhere."""
    token = secrets.token_urlsafe(32)
    kind = OneTimeLink.Kind(kind)
    link = OneTimeLink.objects.create(
        user=user, kind=kind, digest=_digest(token), created_by=by, expires_at=timezone.now() + LIFETIME[kind]
    )
    return link, token


def link_find(*, token: str) -> OneTimeLink:
    """Return the usable link of a token, or raise LinkUnusable."""
    link = (
        OneTimeLink.objects.select_related("user")
        .filter(digest=_digest(token), used_at=None, expires_at__gt=timezone.now())
        .first()
    )
    if link is None:
        raise LinkUnusable
    return link


@transaction.atomic
def link_use(*, token: str, display_name: str = "", password: str = "") -> User:
    """Spend a link and return its person, who becomes active; of many at once exactly one succeeds."""
    link = link_find(token=token)
    spent = OneTimeLink.objects.filter(pk=link.pk, used_at=None).update(used_at=timezone.now())
    if not spent or (link.kind == OneTimeLink.Kind.SIGN_IN and not link.user.is_active):
        raise LinkUnusable
    user = link.user
    user.is_active = True
    if display_name:
        user.display_name = display_name
    if password:
        user.set_password(password)
    user.save(update_fields=["is_active", "display_name", "password"])
    return user


@transaction.atomic
def person_invite(*, email: str, by: User | None) -> tuple[User, str]:
    """Return the person with that address and, if they have yet to accept, the token of their invitation ("" if not)."""
    email = email.strip().lower()
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        user = User.objects.create_user(email, is_active=False)
    if user.is_active or user.last_login:
        return user, ""
    OneTimeLink.objects.filter(user=user, kind=OneTimeLink.Kind.INVITATION, used_at=None).delete()
    _, token = link_create(user=user, kind=OneTimeLink.Kind.INVITATION, by=by)
    return user, token
