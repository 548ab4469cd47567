"""Changes to people: links made and used, invitations, names, keys, and the door closed behind somebody."""

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.keys import Action, refusal
from accounts.models import OneTimeLink, User

LIFETIME = {OneTimeLink.Kind.SIGN_IN: timedelta(hours=24), OneTimeLink.Kind.INVITATION: timedelta(days=7)}


class LinkUnusable(Exception):
    """The link does not exist, was used already, is too old, or is for somebody who may not come in."""


class KeyRefused(Exception):
    """The key is not to be had for that; says why, for the person who pressed it."""


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
    may_come_in = Q(kind=OneTimeLink.Kind.INVITATION) | Q(user__is_active=True)
    link = (
        OneTimeLink.objects.select_related("user")
        .filter(may_come_in, digest=_digest(token), used_at=None, expires_at__gt=timezone.now())
        .first()
    )
    if link is None:
        raise LinkUnusable
    return link


@transaction.atomic
def link_use(*, token: str, display_name: str = "", password: str = "") -> User:
    """Spend a link and return its person, who becomes active; of many at once exactly one succeeds."""
    link = link_find(token=token)
    # The person before the link, as when somebody is deactivated: neither waits for the other for ever.
    user = User.objects.select_for_update().get(pk=link.user_id)
    if not OneTimeLink.objects.filter(pk=link.pk, used_at=None).update(used_at=timezone.now()):
        raise LinkUnusable
    user.is_active = True
    if display_name:
        user.display_name = display_name
    if password:
        user.set_password(password)
    user.save(update_fields=["is_active", "display_name", "password"])
    return user


@transaction.atomic
def person_invite(*, email: str, by: User | None) -> tuple[User, str]:
    """Return the person with that address and the token of their invitation, "" for whoever has been in before."""
    email = email.strip().lower()
    user = User.objects.filter(email__iexact=email).first()
    if user is None:
        user = User.objects.create_user(email, is_active=False)
    if user.is_active or user.last_login:
        return user, ""
    OneTimeLink.objects.filter(user=user, kind=OneTimeLink.Kind.INVITATION, used_at=None).delete()
    _, token = link_create(user=user, kind=OneTimeLink.Kind.INVITATION, by=by)
    return user, token


def person_rename(*, user: User, display_name: str, by: User) -> User:
    """Give a person the name that colleagues see."""
    user.display_name = display_name
    user.save(update_fields=["display_name"])
    return user


def key_move(*, user: User, action: Action, key: str, actions: Iterable[Action], by: User) -> User:
    """Put an action on another key, as in data-key, or back on its own with "". Raises KeyRefused."""
    key = key.lower() or action.key
    if words := refusal(action, key, actions, user.keys):
        raise KeyRefused(words)
    others = {slug: known for slug, known in user.keys.items() if slug != action.slug}
    user.keys = others if key == action.key else {**others, action.slug: key}
    user.save(update_fields=["keys"])
    return user


def keys_reset(*, user: User, by: User) -> User:
    """Put every action back on its own key."""
    user.keys = {}
    user.save(update_fields=["keys"])
    return user


def preferences_set(*, user: User, values: Mapping[str, str | int | bool], by: User) -> User:
    """Keep how a person likes pages to be shown; what is not named stays."""
    user.preferences = {**user.preferences, **values}
    user.save(update_fields=["preferences"])
    return user


@transaction.atomic
def person_deactivate(*, user: User, by: User) -> User:
    """Close the door: sessions die with their next request, and no link that is still about lets the person in."""
    user.is_active = False
    user.save(update_fields=["is_active"])
    OneTimeLink.objects.filter(user=user, used_at=None).delete()
    return user
