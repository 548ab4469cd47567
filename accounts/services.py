"""Changes to people: links and tokens made and used, invitations, names, keys, and the door closed behind somebody."""

import hashlib
import secrets
from collections.abc import Iterable, Mapping
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from accounts.keys import Action, refusal
from accounts.models import ApiToken, OneTimeLink, User

LIFETIME = {OneTimeLink.Kind.SIGN_IN: timedelta(hours=24), OneTimeLink.Kind.INVITATION: timedelta(days=7)}
BEGINNING = "winnow_"  # what tools that look for secrets in texts can know ours by
SHOWN = len(BEGINNING) + 6
MOST_TOKENS = 20
USE_NOTED = timedelta(minutes=1)


class LinkUnusable(Exception):
    """The link does not exist, was used already, is too old, or is for somebody who may not come in."""


class KeyRefused(Exception):
    """The key is not to be had for that; says why, for the person who pressed it."""


class TooManyTokens(Exception):
    """A person has as many live tokens as anybody may; the message says what to do."""


class TokenRefused(Exception):
    """The token opens nothing; the message says why, and what to do."""


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
    ApiToken.objects.filter(user=user, revoked_at=None).update(revoked_at=timezone.now(), revoked_by=by)
    return user


@transaction.atomic
def token_make(*, user: User, name: str, lifetime: timedelta, by: User) -> tuple[ApiToken, str]:
    """Make an API token and return it with its secret, which is shown once and stored nowhere. Raises TooManyTokens."""
    # Two at once would each count the tokens without the other's.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    now = timezone.now()
    if user.api_tokens.live(now).count() >= MOST_TOKENS:
        raise TooManyTokens(
            f"You have {MOST_TOKENS} live tokens, which is as many as there may be. Revoke one first."
        )
    secret = BEGINNING + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user, name=name, digest=_digest(secret), prefix=secret[:SHOWN], created_at=now,
        expires_at=now + lifetime,
    )  # fmt: skip
    return token, secret


def token_revoke(*, token: ApiToken, by: User) -> ApiToken:
    """End a token at once; one that was ended before keeps when and by whom."""
    ended = {"revoked_at": timezone.now(), "revoked_by": by}
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(**ended)
    token.refresh_from_db()
    return token


def token_use(*, secret: str) -> ApiToken:
    """Return the live token of a secret, its person with it, and note that it was used. Raises TokenRefused."""
    token = ApiToken.objects.select_related("user").filter(digest=_digest(secret)).first()
    if token is None:
        raise TokenRefused("There is no such token. Look whether all of it was copied, or make another.")
    if token.revoked_at:
        raise TokenRefused(f"This token was revoked on {token.revoked_at:%-d %B %Y}. Make another.")
    now = timezone.now()
    if token.expires_at <= now:
        raise TokenRefused(f"This token expired on {token.expires_at:%-d %B %Y}. Make another.")
    if not token.user.is_active:
        raise TokenRefused("The person of this token may not come in any more. Ask a site admin.")
    # A write for every request of a program that polls would cost more than the figure is worth.
    if token.last_used_at is None or token.last_used_at <= now - USE_NOTED:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
        token.last_used_at = now
    return token
