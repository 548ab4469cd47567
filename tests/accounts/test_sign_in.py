"""Signing in by password: nobody signs up, guessing is limited, and nothing tells who exists."""

import re
import subprocess
import sys
from typing import Any

import pytest
from django.contrib.auth import hashers
from django.core.cache import caches
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import NoReverseMatch, reverse

from accounts.models import User
from accounts.services import person_deactivate
from tests.accounts.conftest import LOGIN, PASSWORD, is_in, try_in
from tests.faults.environment import worker_environment

TOO_MANY = b"Too many wrong tries"
GUESSES = """
import django
from django.conf import settings
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
django.setup()
from django.test import Client
for _ in range({count}):
    client = Client(headers={{"host": "localhost"}})
    assert client.post("/accounts/login/", {{"login": "mara@winnow.example", "password": "wrong"}}).status_code == 200
"""


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["signup/", "password/reset/", "email/", "confirm-email/", "login/code/", "3rdparty/"]
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_what_is_not_used_is_not_there(path: str, method: str) -> None:
    assert getattr(Client(), method)(f"/accounts/{path}").status_code == 404


@pytest.mark.parametrize("name", ["account_signup", "account_reset_password", "account_email"])
def test_nor_has_it_an_address(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_the_page_says_what_to_do_about_a_lost_password(db: None) -> None:
    page = Client().get(LOGIN).content.decode()
    assert "one-time link" in page and "Sign up" not in page and "placeholder" not in page


def test_the_right_password_gets_in_and_the_wrong_one_does_not(person: User) -> None:
    client, status = try_in("Mara@Winnow.example", PASSWORD)
    assert status == 302 and is_in(client)
    client, status = try_in(person.email, PASSWORD + "!")
    assert status == 200 and not is_in(client)


def test_it_leads_on_to_where_the_person_was_going(person: User) -> None:
    client = Client()
    to = client.get("/accounts/me/")["Location"]
    page = client.get(to).content.decode()
    assert 'name="next" value="/accounts/me/"' in page
    answer = client.post(LOGIN, {"login": person.email, "password": PASSWORD, "next": "/accounts/me/"})
    assert answer["Location"] == "/accounts/me/"
    foreign = {"login": person.email, "password": PASSWORD, "next": "https://evil.example/"}
    assert Client().post(LOGIN, foreign)["Location"] == "/"


def test_the_sixth_wrong_try_closes_the_door_even_to_the_right_password(person: User) -> None:
    for _ in range(4):
        assert try_in(person.email, "wrong")[1] == 200
    assert try_in(person.email, PASSWORD)[1] == 302, "four wrong tries are forgiven"
    assert try_in(person.email, "wrong")[1] == 200
    response = Client().post(LOGIN, {"login": person.email, "password": PASSWORD})
    assert response.status_code == 200 and TOO_MANY in response.content


@pytest.mark.parametrize(
    "headers", [{"host": "testserver:{}"}, {"x-forwarded-for": "10.0.0.{}"}, {"host": "localhost:{}"}]
)
def test_no_header_brings_fresh_guesses(person: User, headers: dict[str, str]) -> None:
    for number in range(5):
        sent = {name: value.format(8000 + number) for name, value in headers.items()}
        Client().post(LOGIN, {"login": f" {person.email.upper()}", "password": "wrong"}, headers=sent)
    assert try_in(person.email, PASSWORD)[1] == 200


def test_the_door_opens_again_after_five_minutes(person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    from allauth.core.internal import ratelimit

    for _ in range(6):
        try_in(person.email, "wrong")
    now = ratelimit.time.time()
    monkeypatch.setattr(ratelimit.time, "time", lambda: now + 299)
    assert try_in(person.email, PASSWORD)[1] == 200
    monkeypatch.setattr(ratelimit.time, "time", lambda: now + 302)
    assert try_in(person.email, PASSWORD)[1] == 302


def test_others_are_let_in_meanwhile(person: User) -> None:
    User.objects.create_user("other@winnow.example", PASSWORD)
    for _ in range(6):
        try_in(person.email, "wrong", REMOTE_ADDR="10.0.0.1")
    assert try_in("other@winnow.example", PASSWORD)[1] == 302


def test_one_address_cannot_try_many_people(person: User) -> None:
    for number in range(10):
        try_in(f"{number}@winnow.example", "wrong")
    assert try_in(person.email, PASSWORD)[1] == 200
    assert try_in(person.email, PASSWORD, REMOTE_ADDR="10.0.0.2")[1] == 302


def test_whoever_hammers_the_form_is_told_to_wait(db: None) -> None:
    for number in range(30):
        try_in(f"{number}@winnow.example", "wrong")
    response = Client().post(LOGIN, {"login": "x@winnow.example", "password": "wrong"})
    assert response.status_code == 429 and b"Wait a minute" in response.content


@pytest.mark.django_db(transaction=True)
def test_the_limit_holds_over_processes(settings: Any, tmp_path: Any) -> None:
    from config.settings import CACHES

    settings.CACHES = CACHES
    assert caches["default"].__class__.__name__ == "DatabaseCache"
    call_command("createcachetable")
    User.objects.create_user("mara@winnow.example", PASSWORD)
    for _ in range(2):
        subprocess.run(
            [sys.executable, "-c", GUESSES.format(count=2)],
            env=worker_environment(tmp_path),
            check=True,
            timeout=60,
        )
    assert try_in("mara@winnow.example", "wrong")[1] == 200
    response = Client().post(LOGIN, {"login": "mara@winnow.example", "password": PASSWORD})
    assert response.status_code == 200 and TOO_MANY in response.content


def bare(response: HttpResponse, email: str) -> str:
    """Return the page without what must differ: the token of the form and what was typed."""
    page = response.content.decode().replace(email, "")
    return re.sub(r"[A-Za-z0-9]{64}", "", page)


@pytest.mark.parametrize("kind", ["known", "no password", "deactivated"])
def test_nothing_tells_whether_somebody_exists(
    person: User, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    if kind == "no password":
        person.set_unusable_password()
    person.is_active = kind != "deactivated"
    person.save()
    hashed: list[str] = []
    encode = hashers.get_hasher().__class__.encode
    monkeypatch.setattr(
        hashers.get_hasher().__class__,
        "encode",
        lambda self, *args: (hashed.append(kind), encode(self, *args))[1],
    )
    pages, costs = [], []
    for email in (person.email, "nobody@winnow.example"):
        for _ in range(6):
            hashed.clear()
            response = Client().post(
                LOGIN, {"login": email, "password": "wrong"}, REMOTE_ADDR=f"10.0.{len(pages)}.1"
            )
            pages.append((response.status_code, bare(response, email)))
            costs.append(len(hashed))
    assert pages[:6] == pages[6:]
    assert costs[:6] == costs[6:] and costs[0] == 1


def test_a_deactivated_person_with_the_right_password_is_told_so_and_stays_out(person: User) -> None:
    person_deactivate(user=person, by=person)
    client, status = try_in(person.email, PASSWORD)
    assert status == 302 and not is_in(client)
    assert b"Your account is closed" in client.get("/accounts/inactive/").content


def test_deactivating_ends_every_session_with_its_next_request(person: User) -> None:
    client = try_in(person.email, PASSWORD)[0]
    assert is_in(client)
    person_deactivate(user=person, by=person)
    assert not is_in(client)


def test_the_session_gets_a_new_name_and_the_old_one_is_worth_nothing(person: User) -> None:
    client = Client()
    session = client.session
    session["planted"] = "x"
    session.save()
    planted = session.session_key
    try_in(person.email, PASSWORD, client)
    assert client.session.session_key != planted
    stranger = Client()
    stranger.cookies["winnow-session"] = planted
    assert not is_in(stranger)


def test_signing_out_ends_the_session_on_the_server(person: User) -> None:
    client = try_in(person.email, PASSWORD)[0]
    kept = client.cookies["winnow-session"].value
    assert client.get("/accounts/logout/").status_code == 200 and is_in(client), (
        "a link alone signs nobody out"
    )
    client.post("/accounts/logout/")
    client.cookies["winnow-session"] = kept
    assert not is_in(client)


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_part_of_a_page_is_never_the_sign_in_page(db: None, method: str) -> None:
    by_htmx = {"HX-Request": "true", "HX-Current-URL": "http://testserver/accounts/me/"}
    response = getattr(Client(), method)("/accounts/me/", headers=by_htmx)
    assert (response.status_code, response.content, response["HX-Reswap"]) == (286, b"", "none")
    assert "You are signed out" in response["HX-Trigger"]
    by_our_module = getattr(Client(), method)("/accounts/me/", headers={"HX-Request": "true"})
    assert by_our_module.status_code == 302


def test_a_password_is_kept_as_argon2id() -> None:
    from config.settings import PASSWORD_HASHERS

    assert PASSWORD_HASHERS[0] == "django.contrib.auth.hashers.Argon2PasswordHasher"
    assert hashers.make_password("x", hasher=hashers.Argon2PasswordHasher()).startswith("argon2$argon2id$")
