"""How allauth behaves here: nobody signs up by themselves, and guessing is counted per person."""

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse


class AccountAdapter(DefaultAccountAdapter):
    error_messages: ClassVar[dict[str, Any]] = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": "That e-mail address and password do not go together.",
        "too_many_login_attempts": "Too many wrong tries. Wait five minutes, or ask a site admin for a one-time link.",
        "enter_current_password": "That is not your current password.",
        "incorrect_password": "That is not your password.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Answer no: people come by invitation."""
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("accounts:me")

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # allauth puts the Host header into the key, port and all: any port passes ALLOWED_HOSTS, so that each
        # one would bring five fresh guesses.
        return str(credentials.get("email", "")).strip().lower()
