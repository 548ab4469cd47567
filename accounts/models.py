"""Who people are: the user, the links that let somebody in once, and the tokens that let programs in."""

from datetime import datetime
from typing import Any, ClassVar, Self

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.names import new_pseudonym


class UserManager(BaseUserManager["User"]):
    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Create a person; without a password they can sign in only by a one-time link."""
        user = self.model(email=email.strip().lower(), **fields)
        # Names are drawn from millions, so a second draw is rare and a third next to never needed.
        while self.filter(pseudonym=user.pseudonym).exists():
            user.pseudonym = new_pseudonym()
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin):
    """A person, known to colleagues by `display_name` and to other contractors by `pseudonym`."""

    email = models.EmailField(unique=True)
    display_name = models.CharField(max_length=80, blank=True)
    pseudonym = models.CharField(max_length=60, unique=True, default=new_pseudonym, editable=False)
    keys = models.JSONField(
        default=dict, db_default={}, blank=True, help_text="Keys this person has moved: action to key."
    )
    preferences = models.JSONField(
        default=dict,
        db_default={},
        blank=True,
        help_text="How pages are shown to this person: name to value.",
    )
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField("site admin", default=False)
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects = UserManager()

    class Meta:
        verbose_name = "person"
        verbose_name_plural = "people"
        constraints: ClassVar = [
            models.UniqueConstraint(Lower("email"), name="user_email_lower_unique"),
            # Django knows two kinds of admin, Winnow one: nobody becomes the greater by way of the lesser.
            models.CheckConstraint(
                condition=Q(is_staff=models.F("is_superuser")), name="user_one_kind_of_admin"
            ),
        ]

    def __str__(self) -> str:
        return self.display_name or self.email

    def get_full_name(self) -> str:
        return str(self)

    def get_short_name(self) -> str:
        return str(self)


class OneTimeLink(models.Model):
    """A link that signs one person in once; only the SHA-256 of its token is stored."""

    class Kind(models.TextChoices):
        SIGN_IN = "sign_in", "sign in"
        INVITATION = "invitation", "invitation"

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="one_time_links")
    kind = models.CharField(max_length=12, choices=Kind)
    digest = models.BinaryField(max_length=32, unique=True)
    created_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.kind} for {self.user}"


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def live(self, now: datetime) -> Self:
        """Tokens that still open the API, as long as their person may come in."""
        return self.filter(revoked_at=None, expires_at__gt=now)

    def ended(self, now: datetime) -> Self:
        """Tokens that were revoked or expired."""
        return self.exclude(revoked_at=None, expires_at__gt=now)


class ApiToken(models.Model):
    """What lets a program act for one person; only the SHA-256 of its secret is stored, and how the secret begins."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(max_length=60)
    digest = models.BinaryField(max_length=32, unique=True)
    prefix = models.CharField(max_length=16)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_used_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    revoked_by = models.ForeignKey(User, null=True, on_delete=models.SET_NULL, related_name="+")

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = "API token"
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("created_at")), name="apitoken_expires_later"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"

    @property
    def standing(self) -> str:
        """Say whether it opens anything: "live", "expired" or "revoked"."""
        if self.revoked_at:
            return "revoked"
        return "live" if self.expires_at > timezone.now() else "expired"
