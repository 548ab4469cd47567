"""Forms about oneself: signing in, accepting a link, one's name, one's password."""

from datetime import timedelta
from typing import Any, ClassVar

from allauth.account import forms as allauth_forms
from django import forms
from django.conf import settings
from django.contrib.auth import password_validation

from accounts.keys import Action
from accounts.models import User

LENGTH_HELP = "At least 12 characters; a few words in a row are easy to keep in mind."


class _Plain(forms.Form):
    """Leaves the label to say what a field is: a placeholder beside it says the same again, in grey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)


class SignInForm(_Plain, allauth_forms.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = "E-mail address"


class ReauthenticateForm(_Plain, allauth_forms.ReauthenticateForm):
    pass


class _NewPassword(_Plain):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label, self.fields["password1"].help_text = "New password", LENGTH_HELP
        self.fields["password2"].label = "New password again"


class PasswordChangeForm(_NewPassword, allauth_forms.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"].label = "Current password"


class PasswordSetForm(_NewPassword, allauth_forms.SetPasswordForm):
    pass


class LinkForm(forms.Form):
    """Signing in by a link; whoever lost their password chooses a new one on the way."""

    password = forms.CharField(
        label="New password",
        help_text=f"{LENGTH_HELP} Leave it empty to keep the one you have.",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        strip=False,
        required=False,
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if password := cleaned.get("password"):
            person = User(
                email=self.user.email, display_name=cleaned.get("display_name", self.user.display_name)
            )
            try:
                password_validation.validate_password(password, person)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return cleaned


class InvitationForm(LinkForm):
    """Accepting an invitation: a name for colleagues and a password for the next time."""

    display_name = forms.CharField(
        label="Your name",
        help_text="Managers and reviewers see it. Other annotators see a pseudonym.",
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ("display_name", "password")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].required = True
        self.fields["password"].label, self.fields["password"].help_text = "Password", LENGTH_HELP


class NameForm(forms.ModelForm[User]):
    class Meta:
        model = User
        fields = ("display_name",)
        labels: ClassVar = {"display_name": "Your name"}
        help_texts: ClassVar = {"display_name": "Managers and reviewers see it."}
        widgets: ClassVar = {"display_name": forms.TextInput(attrs={"autocomplete": "name"})}


class TokenForm(forms.Form):
    """A token to be made: what it is for, and how long it works."""

    DAYS = ((7, "7 days"), (30, "30 days"), (90, "90 days"), (365, "one year"))

    name = forms.CharField(
        label="What it is for",
        help_text="So that you know later which one to revoke: “nightly training on build-3”.",
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    lifetime = forms.TypedChoiceField(
        label="Works for", choices=DAYS, coerce=lambda days: timedelta(days=int(days)), initial=90
    )


class KeyForm(forms.Form):
    """Which action on which key, as in data-key; without an action all go back, without a key that one does."""

    action = forms.CharField(required=False, max_length=40)
    key = forms.CharField(required=False, max_length=30, strip=True)

    def clean_action(self) -> Action | None:
        slug = self.cleaned_data["action"]
        found = next((action for action in settings.KEY_ACTIONS if action.slug == slug), None)
        if slug and found is None:
            raise forms.ValidationError("There is no such action.")
        return found
