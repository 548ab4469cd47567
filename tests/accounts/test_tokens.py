"""API tokens: made and revoked on one's own page, the only way into the API, and for the site admin to end."""

import hashlib
import logging
import re
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from accounts import services
from accounts.models import ApiToken, User
from accounts.services import TooManyTokens, link_create, person_deactivate, token_make, token_revoke
from config.logs import WithoutTokens
from tests.accounts.conftest import LOGIN, PASSWORD, try_in
from tests.review.scene import in_threads

PAGE, ME, CONFIRM = "/accounts/me/tokens/", "/api/v1/me", "/accounts/reauthenticate/"
WEEK = timedelta(days=7)
FORM = {"name": "Nightly training", "lifetime": "90"}


@pytest.fixture
def client(person: User) -> Client:
    client = try_in(person.email, PASSWORD)[0]
    client.post(CONFIRM, {"password": PASSWORD})
    return client


def made(person: User, name: str = "Nightly training") -> tuple[ApiToken, str]:
    return token_make(user=person, name=name, lifetime=WEEK, by=person)


def asked(secret: str, **headers: str) -> tuple[int, str]:
    """Ask who the token is of; return the status and the words."""
    answer = Client().get(ME, headers={"Authorization": f"Bearer {secret}", **headers})
    return answer.status_code, answer.json().get("detail") or answer.json()["email"]


def test_a_token_is_made_shown_once_and_opens_the_api(client: Client, person: User) -> None:
    page = client.post(PAGE, FORM)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    (secret,) = set(re.findall(r"winnow_[\w-]{43}", page.content.decode()))
    token = ApiToken.objects.get()
    assert bytes(token.digest) == hashlib.sha256(secret.encode()).digest()
    assert (token.user, token.name, token.prefix) == (person, "Nightly training", secret[:13])
    assert token.expires_at - token.created_at == timedelta(days=90)
    assert asked(secret) == (200, "mara@winnow.example")
    listed = client.get(PAGE).content.decode()
    assert "Nightly training" in listed
    assert secret[:13] in listed
    assert secret not in listed


def test_whoever_has_a_password_confirms_it_before_a_token_is_made(person: User) -> None:
    client = try_in(person.email, PASSWORD)[0]
    assert client.get(PAGE).status_code == 200
    asks = client.post(PAGE, FORM)
    assert (asks.status_code, asks["Location"].partition("?")[0]) == (302, CONFIRM)
    assert client.post(asks["Location"], {"password": "wrong"}).status_code == 200
    assert not ApiToken.objects.exists()
    page = client.post(asks["Location"], {"password": PASSWORD})
    assert ApiToken.objects.get().prefix in page.content.decode()
    assert f'action="{PAGE}"' in page.content.decode()


def test_whoever_has_none_makes_one_without(person: User) -> None:
    person.set_unusable_password()
    person.save()
    client = Client()
    client.post(f"/accounts/link/{link_create(user=person, kind='sign_in')[1]}/")
    assert client.post(PAGE, FORM).status_code == 200
    assert ApiToken.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [{"name": "  "}, {"name": "n" * 61}, {"lifetime": "3650"}, {"lifetime": "0"}, {"lifetime": ""}],
)
def test_a_token_that_will_not_do_is_not_made(client: Client, wrong: dict[str, str]) -> None:
    page = client.post(PAGE, FORM | wrong)
    assert page.status_code == 422
    assert b'role="alert"' in page.content
    assert not ApiToken.objects.exists()


def test_nobody_has_more_than_so_many_that_work(
    client: Client, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(services, "MOST_TOKENS", 2)
    tokens = [made(person)[0] for _ in range(2)]
    page = client.post(PAGE, FORM)
    assert page.status_code == 422
    assert "Revoke one first." in page.content.decode()
    token_revoke(token=tokens[0], by=person)
    assert client.post(PAGE, FORM).status_code == 200
    assert client.post(PAGE, FORM).status_code == 422


@pytest.mark.django_db(transaction=True)
def test_two_made_at_once_count_each_other(monkeypatch: pytest.MonkeyPatch) -> None:
    person = User.objects.create_user("mara@winnow.example")
    monkeypatch.setattr(services, "MOST_TOKENS", 1)

    def one() -> bool:
        try:
            return bool(made(person))
        except TooManyTokens:
            return False

    assert sorted(in_threads([one, one, one])) == [False, False, True]


def test_a_token_is_revoked_at_once_and_by_its_person_alone(client: Client, person: User) -> None:
    token, secret = made(person)
    path = f"{PAGE}{token.pk}/revoke/"
    other = User.objects.create_user("other@winnow.example", PASSWORD)
    assert try_in(other.email, PASSWORD)[0].post(path).status_code == 404
    assert client.get(path).status_code == 405
    assert asked(secret)[0] == 200
    assert client.post(path).status_code == 302
    status, words = asked(secret)
    assert (status, "was revoked on" in words) == (401, True)
    token.refresh_from_db()
    ended = (token.revoked_at, token.revoked_by, token.standing)
    assert ended[1:] == (person, "revoked")
    token_revoke(token=token, by=other)
    assert (token.revoked_at, token.revoked_by, token.standing) == ended
    assert "Ended" in client.get(PAGE).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "path"), [("get", PAGE), ("post", PAGE), ("post", f"{PAGE}1/revoke/")])
def test_the_page_is_for_whoever_is_signed_in(method: str, path: str) -> None:
    response = getattr(Client(), method)(path)
    assert (response.status_code, response["Location"].partition("?")[0]) == (302, LOGIN)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("header", "words"),
    [
        (None, "This needs a token. Send `Authorization: Bearer winnow_…`"),
        ("Basic bWFyYTpwYXNz", "The header Authorization cannot be read."),
        ("Bearer", "The header Authorization cannot be read."),
        ("winnow_abc", "The header Authorization cannot be read."),
        ("Bearer winnow_abc", "There is no such token."),
        ("Bearer winnow_äöü\x7f", "There is no such token."),
    ],
)
def test_without_a_token_the_api_says_what_to_do(header: str | None, words: str) -> None:
    answer = Client().get(ME, headers={"Authorization": header} if header else {})
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="Winnow"'
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["title"] == "Not signed in"
    assert answer.json()["detail"].startswith(words)


def test_a_session_opens_no_part_of_the_api(client: Client) -> None:
    assert client.get(ME).status_code == 401


def test_a_token_ends_with_its_time_and_with_its_person(person: User) -> None:
    token, secret = made(person)
    ApiToken.objects.update(created_at=timezone.now() - 2 * WEEK, expires_at=timezone.now() - WEEK)
    status, words = asked(secret)
    assert (status, words.startswith("This token expired on ")) == (401, True)
    token.refresh_from_db()
    assert token.standing == "expired"
    _, secret = made(person)
    User.objects.update(is_active=False)
    status, words = asked(secret)
    assert (status, words.startswith("The person of this token")) == (401, True)


def test_closing_an_account_ends_its_tokens_for_good(person: User) -> None:
    _, secret = made(person)
    person_deactivate(user=person, by=person)
    User.objects.update(is_active=True)
    assert asked(secret)[0] == 401


def test_when_it_was_used_is_noted_once_a_minute(person: User) -> None:
    token, secret = made(person)
    before = timezone.now()
    asked(secret)
    token.refresh_from_db()
    assert token.last_used_at
    assert token.last_used_at > before
    recent = timezone.now() - timedelta(seconds=50)
    ApiToken.objects.update(last_used_at=recent)
    asked(secret)
    token.refresh_from_db()
    assert token.last_used_at == recent
    ApiToken.objects.update(last_used_at=timezone.now() - timedelta(seconds=61))
    asked(secret)
    token.refresh_from_db()
    assert token.last_used_at > recent


def test_a_token_expires_after_it_is_made(person: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        token_make(user=person, name="Never", lifetime=timedelta(0), by=person)


def test_a_site_admin_reads_which_tokens_there_are_and_ends_them(person: User) -> None:
    admin = User.objects.create_superuser("admin@winnow.example", PASSWORD)
    client = try_in(admin.email, PASSWORD)[0]
    token, secret = made(person)
    listing, one = "/admin/accounts/apitoken/", f"/admin/accounts/apitoken/{token.pk}/"
    for page in (client.get(listing), client.get(f"{one}change/")):
        assert token.prefix in page.content.decode()
        assert secret not in page.content.decode()
    assert client.post(f"{one}delete/", {"post": "yes"}).status_code == 403
    assert client.get(f"{listing}add/").status_code == 403
    client.post(listing, {"action": "revoke", "_selected_action": token.pk})
    token.refresh_from_db()
    assert token.revoked_by == admin
    assert asked(secret)[0] == 401


@pytest.mark.parametrize("path", ["/api/v1/{}", "/api/v1/me?token={}"])
def test_a_token_in_an_address_is_not_logged(path: str) -> None:
    secret = "winnow_" + "Ab3-_" * 8 + "xyz"
    record = logging.LogRecord(
        "django", logging.WARNING, "", 1, "Not Found: %s", (path.format(secret),), None
    )
    WithoutTokens().filter(record)
    assert record.getMessage() == f"Not Found: {path.format('winnow_…')}"
