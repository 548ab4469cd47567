"""What tests of people share."""

import pytest
from django.core.cache import cache
from django.test import Client

from accounts.models import User

PASSWORD = "four plain words walk home"
LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """Forget the guesses that other tests have made."""
    cache.clear()


@pytest.fixture
def person(db: None) -> User:
    return User.objects.create_user("mara@winnow.example", PASSWORD, display_name="Mara Lind")


def try_in(email: str, password: str, client: Client | None = None, **extra: str) -> tuple[Client, int]:
    """Try to sign in; return the client and the status: 302 for whoever is in."""
    client = client or Client()
    response = client.post(LOGIN, {"login": email, "password": password}, **extra)
    return client, response.status_code


def is_in(client: Client) -> bool:
    """Say whether the client's session is somebody's."""
    return client.get("/accounts/me/").status_code == 200
