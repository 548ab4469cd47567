"""Who asks the API: a person, by one of their tokens. Sessions of browsers open no part of it."""

from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import ApiToken, User
from accounts.services import TokenRefused, token_use

HOW = "Send `Authorization: Bearer winnow_…`; tokens are made under Your account, API tokens."


class BearerAuthentication(BaseAuthentication):
    """Takes the token of the header Authorization; `request.auth` is its row."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """Return the token's person and the token, None without the header. Raises AuthenticationFailed."""
        header = request.headers.get("Authorization", "")
        if not header:
            return None
        scheme, _, secret = header.partition(" ")
        if scheme.lower() != "bearer" or not secret.strip():
            raise AuthenticationFailed(f"The header Authorization cannot be read. {HOW}")
        try:
            token = token_use(secret=secret.strip())
        except TokenRefused as reason:
            raise AuthenticationFailed(str(reason)) from reason
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="Winnow"'
