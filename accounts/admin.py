"""People in the site admin: who exists, who may come in, by which tokens; no password is shown or set here."""

from typing import Any, ClassVar, cast

from allauth.account.decorators import secure_admin_login
from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse

from accounts.models import ApiToken, OneTimeLink, User
from accounts.services import link_create, person_deactivate, token_revoke

# The admin's own sign-in page would be a second door, without the limits on guessing.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]


class PersonForm(forms.ModelForm[User]):
    class Meta:
        model = User
        fields = ("email", "display_name", "is_active", "is_superuser")
        labels: ClassVar = {"is_active": "May sign in", "is_superuser": "Site admin"}
        help_texts: ClassVar = {
            "is_active": "Taking this away ends the person's sessions and links; what they wrote stays.",
            "is_superuser": "May do everything in every project.",
        }

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).strip().lower()


@admin.register(User)
class PersonAdmin(admin.ModelAdmin[User]):
    form = PersonForm
    list_display = ("email", "display_name", "pseudonym", "is_active", "is_superuser", "last_login")
    list_filter = ("is_active", "is_superuser")
    search_fields = ("email", "display_name", "pseudonym")
    ordering = ("email",)
    readonly_fields = ("pseudonym", "last_login", "date_joined")

    actions = ("sign_in_link",)

    @admin.action(description="Make a one-time sign-in link for the selected person")
    def sign_in_link(self, request: HttpRequest, queryset: QuerySet[User]) -> HttpResponse | None:
        """Show the link for whoever lost their password; this answer alone has it."""
        people = list(queryset.filter(is_active=True)[:2])
        if len(people) != 1:
            self.message_user(request, "Select one person who may sign in.", messages.ERROR)
            return None
        kind = OneTimeLink.Kind.SIGN_IN
        _, token = link_create(user=people[0], kind=kind, by=cast("User", request.user))
        link = request.build_absolute_uri(reverse("accounts:link", args=[token]))
        context = {
            **self.admin_site.each_context(request),
            "person": people[0],
            "link": link,
            "title": "One-time link",
        }
        return TemplateResponse(request, "accounts/admin_link.html", context)

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Nobody locks themselves out."""
        mine = ("is_active", "is_superuser") if obj == request.user else ()
        return (*self.readonly_fields, *mine)

    def save_model(self, request: HttpRequest, obj: User, form: forms.ModelForm[User], change: bool) -> None:
        if not change:
            obj.set_unusable_password()
        obj.is_staff = obj.is_superuser
        super().save_model(request, obj, form, change)
        if "is_active" in form.changed_data and not obj.is_active:
            person_deactivate(user=obj, by=cast("User", request.user))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Answer no: people are deactivated, their work stays theirs."""
        return False


@admin.register(ApiToken)
class TokenAdmin(admin.ModelAdmin[ApiToken]):
    """Every token that was ever made: whose, when used last, and by whom ended. An admin can only end one."""

    list_display = (
        "name",
        "user",
        "prefix",
        "standing",
        "created_at",
        "last_used_at",
        "expires_at",
        "revoked_by",
    )
    list_select_related = ("user", "revoked_by")
    list_filter = (("revoked_at", admin.EmptyFieldListFilter), "expires_at")
    search_fields = ("name", "user__email", "prefix")
    fields = ("user", *list_display[:1], *list_display[2:-1], "revoked_at", "revoked_by")
    readonly_fields = fields
    actions = ("revoke",)

    @admin.action(description="Revoke the selected tokens")
    def revoke(self, request: HttpRequest, queryset: QuerySet[ApiToken]) -> None:
        for token in queryset:
            token_revoke(token=token, by=cast("User", request.user))
        self.message_user(request, f"Revoked: {', '.join(map(str, queryset))}.", messages.SUCCESS)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ApiToken | None = None) -> bool:
        """Answer no: which tokens there were stays to be read."""
        return False
