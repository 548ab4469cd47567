"""One-time links: who gets in, exactly once, and what else the page must not do."""

import io
import logging
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from accounts.models import OneTimeLink, User
from accounts.services import (
    LIFETIME,
    LinkUnusable,
    link_create,
    link_use,
    person_deactivate,
    person_invite,
)
from config.logs import JsonLine, PlainLine
from tests.accounts.conftest import LOGIN, PASSWORD, is_in, try_in
from tests.jobs.conftest import in_threads

SIGN_IN, INVITATION = OneTimeLink.Kind.SIGN_IN, OneTimeLink.Kind.INVITATION
ACCEPTED = {"display_name": "Mara Lind", "password": PASSWORD}


def url(token: str) -> str:
    return f"/accounts/link/{token}/"


def sign_in_link(person: User) -> str:
    return link_create(user=person, kind=SIGN_IN)[1]


def invitation(email: str = "new@winnow.example", by: User | None = None) -> str:
    return person_invite(email=email, by=by)[1]


def refused(response: HttpResponse) -> bool:
    return response.status_code == 410 and b"does not work any more" in response.content


def at(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(timezone, "now", lambda: moment)


def test_looking_at_a_link_never_spends_it(person: User) -> None:
    token, client = sign_in_link(person), Client()
    for _ in range(3):
        response = client.get(url(token))
        assert response.status_code == client.head(url(token)).status_code == 200
        assert b"mara@winnow.example" in response.content
    assert OneTimeLink.objects.get().used_at is None
    assert not is_in(client)


def test_the_button_signs_in_once(person: User) -> None:
    token, client, second = sign_in_link(person), Client(), Client()
    response = client.post(url(token))
    assert (response.status_code, response["Location"]) == (302, "/")
    assert is_in(client)
    assert refused(second.post(url(token))) and refused(second.get(url(token)))
    assert not is_in(second)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", [SIGN_IN, INVITATION])
def test_of_twenty_at_once_exactly_one_gets_in(kind: str) -> None:
    if kind == SIGN_IN:
        token = sign_in_link(User.objects.create_user("mara@winnow.example", PASSWORD))
    else:
        token = invitation("mara@winnow.example")
    statuses = in_threads(20, lambda: Client().post(url(token), ACCEPTED).status_code)
    assert sorted(statuses) == [302] + [410] * 19
    assert User.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("kind", "lives"), [(SIGN_IN, timedelta(hours=24)), (INVITATION, timedelta(days=7))])
def test_a_link_lives_for_its_time(monkeypatch: pytest.MonkeyPatch, kind: str, lives: timedelta) -> None:
    person = User.objects.create_user("mara@winnow.example", is_active=kind == SIGN_IN)
    link, token = link_create(user=person, kind=kind)
    assert LIFETIME[OneTimeLink.Kind(kind)] == lives
    at(monkeypatch, link.created_at + lives + timedelta(seconds=1))
    assert refused(Client().post(url(token), ACCEPTED))
    at(monkeypatch, link.created_at + lives - timedelta(seconds=1))
    assert Client().get(url(token)).status_code == 200
    assert Client().post(url(token), ACCEPTED).status_code == 302


@pytest.mark.django_db
@pytest.mark.parametrize("wrong", ["x", "A" * 43, "%00", "%F0%9F%90%A6", "a" * 2000])
def test_a_wrong_token_is_refused_like_a_spent_one(wrong: str, person: User) -> None:
    sign_in_link(person)
    client = Client()
    assert refused(client.get(url(wrong))) and refused(client.post(url(wrong)))
    assert b"mara" not in client.get(url(wrong)).content


def test_a_deactivated_person_does_not_come_in_by_a_link(person: User) -> None:
    token = sign_in_link(person)
    User.objects.update(is_active=False)
    assert refused(Client().get(url(token))) and refused(Client().post(url(token)))
    person.refresh_from_db()
    assert not person.is_active


def test_deactivating_takes_away_every_link_for_good(person: User) -> None:
    token, invited = sign_in_link(person), link_create(user=person, kind=INVITATION)[1]
    person_deactivate(user=person, by=person)
    User.objects.update(is_active=True)
    assert refused(Client().get(url(token))) and refused(Client().get(url(invited)))


@pytest.mark.django_db(transaction=True)
def test_deactivating_and_coming_in_at_once_leaves_nobody_in() -> None:
    for number in range(5):
        person = User.objects.create_user(f"{number}@winnow.example")
        turns = iter([True, False, True, True])
        in_threads(4, partial(_in_or_out, turns, person, sign_in_link(person)))
        person.refresh_from_db()
        assert not person.is_active


def _in_or_out(turns: Iterator[bool], person: User, token: str) -> None:
    if not next(turns):
        person_deactivate(user=person, by=person)
        return
    with suppress(LinkUnusable):
        link_use(token=token)


def test_the_session_gets_a_new_name(person: User) -> None:
    client = Client()
    client.get(LOGIN)
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    before = session.session_key
    client.cookies["winnow-session"] = before
    client.post(url(sign_in_link(person)))
    assert client.session.session_key != before
    assert is_in(client)
    stranger = Client()
    stranger.cookies["winnow-session"] = before
    assert not is_in(stranger)


def test_whoever_was_signed_in_before_is_not_mixed_up_with_the_new_person(person: User) -> None:
    client = Client()
    client.force_login(User.objects.create_user("other@winnow.example"))
    session = client.session
    session["theirs"] = "secret"
    session.save()
    client.post(url(sign_in_link(person)))
    assert "theirs" not in client.session
    assert b"mara@winnow.example" in client.get("/accounts/me/").content


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("target", "goes_to"),
    [
        ("/p/kitchen/", "/p/kitchen/"),
        ("", "/"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("http://testserver/p/kitchen/", "http://testserver/p/kitchen/"),
    ],
)
def test_it_leads_on_to_pages_of_ours_only(person: User, target: str, goes_to: str) -> None:
    token, client = sign_in_link(person), Client()
    page = client.get(url(token), {"next": target}).content.decode()
    assert f'name="next" value="{goes_to}"' in page
    assert client.post(url(token), {"next": target})["Location"] == goes_to


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["usable", "spent", "posted"])
def test_the_address_with_the_token_does_not_travel(person: User, state: str) -> None:
    token, client = sign_in_link(person), Client()
    if state == "spent":
        client.post(url(token))
    response = client.post(url(token)) if state == "posted" else client.get(url(token))
    assert response["Referrer-Policy"] == "strict-origin"
    assert "no-store" in response["Cache-Control"]
    assert response["X-Robots-Tag"] == "noindex"
    assert "https://" not in response.content.decode()


def test_a_refused_request_leaves_no_token_in_the_log(person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    token, written = sign_in_link(person), io.StringIO()
    console = next(h for h in logging.getLogger().handlers if isinstance(h.formatter, PlainLine | JsonLine))
    monkeypatch.setattr(console, "stream", written)
    refusals = [
        Client(enforce_csrf_checks=True).post(url(token)).status_code,
        Client().post(url(token), {"password": "short"}).status_code,
        Client().get(f"{url(token)}x?next=/").status_code,
    ]
    assert refusals == [403, 422, 404]
    assert written.getvalue().count("/accounts/link/…") == 3 and token not in written.getvalue()


def test_a_browser_that_sends_its_origin_gets_through_and_a_foreign_page_does_not(person: User) -> None:
    token, client = sign_in_link(person), Client(enforce_csrf_checks=True)
    client.get(url(token))
    key = {"csrfmiddlewaretoken": client.cookies["winnow-csrf"].value}
    assert client.post(url(token), key, headers={"origin": "https://evil.example"}).status_code == 403
    assert client.post(url(token), key, headers={"origin": "null"}).status_code == 403
    assert client.post(url(token), headers={"origin": "http://testserver"}).status_code == 403
    assert client.post(url(token), key, headers={"origin": "http://testserver"}).status_code == 302


def test_a_lost_password_is_replaced_on_the_way_in(person: User) -> None:
    token, new = sign_in_link(person), "another handful of words"
    assert Client().post(url(token), {"password": "short"}).status_code == 422
    assert OneTimeLink.objects.get().used_at is None
    assert Client().post(url(token), {"password": new}).status_code == 302
    assert try_in(person.email, new)[1] == 302
    assert try_in(person.email, PASSWORD)[1] == 200


def test_without_a_new_password_the_old_one_stays(person: User) -> None:
    Client().post(url(sign_in_link(person)), {"password": ""})
    assert try_in(person.email, PASSWORD)[1] == 302


@pytest.mark.django_db
def test_the_token_is_nowhere_in_the_database(person: User) -> None:
    tokens = [sign_in_link(person), invitation("new@winnow.example")]
    for token in tokens:
        Client().get(url(token))
    Client().post(url(tokens[0]))
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        kept = ""
        for table in tables:
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            kept += "\n".join(row[0] for row in cursor.fetchall())
    assert "mara@winnow.example" in kept
    assert not [token for token in tokens if token in kept or token.encode().hex() in kept]


def test_two_tokens_are_never_the_same_and_long_enough(person: User) -> None:
    tokens: set[Any] = {sign_in_link(person) for _ in range(50)}
    assert len(tokens) == 50 and min(map(len, tokens)) >= 43
