"""One's own account, one's password, and the site admin's view of people."""

import re
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client

from accounts import models
from accounts.models import OneTimeLink, User
from accounts.services import link_create
from tests.accounts.conftest import LOGIN, PASSWORD, is_in, try_in

NEW = "another handful of words"
OWN = ["/accounts/me/", "/accounts/password/change/", "/accounts/password/set/", "/accounts/reauthenticate/"]


@pytest.fixture
def client(person: User) -> Client:
    return try_in(person.email, PASSWORD)[0]


@pytest.fixture
def admin(db: None) -> User:
    return User.objects.create_superuser("admin@winnow.example", PASSWORD)


@pytest.fixture
def admin_client(admin: User) -> Client:
    return try_in(admin.email, PASSWORD)[0]


@pytest.mark.django_db
@pytest.mark.parametrize("path", OWN)
@pytest.mark.parametrize("method", ["get", "post"])
def test_denies_whoever_is_signed_out(path: str, method: str) -> None:
    response = getattr(Client(), method)(path)
    assert (response.status_code, response["Location"].partition("?")[0]) == (302, LOGIN)


@pytest.mark.parametrize("path", [OWN[0], OWN[1], OWN[3]])
def test_allows_whoever_is_signed_in(client: Client, path: str) -> None:
    assert client.get(path).status_code == 200


def test_the_page_shows_name_address_and_pseudonym(client: Client, person: User) -> None:
    page = client.get("/accounts/me/").content.decode()
    for words in ("Mara Lind", "mara@winnow.example", person.pseudonym, "Change password", "Sign out"):
        assert words in page


def test_a_name_is_changed_and_nothing_besides(client: Client, person: User) -> None:
    before = User.objects.values().get()
    fields = {
        "display_name": "Mara L.",
        "email": "x@x.example",
        "pseudonym": "Calm Crane 1",
        "is_superuser": "on",
    }
    assert client.post("/accounts/me/", fields).status_code == 302
    assert User.objects.values().get() == before | {"display_name": "Mara L."}
    assert client.post("/accounts/me/", {"display_name": "M" * 81}).status_code == 422


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(client: Client, person: User) -> None:
    elsewhere = try_in(person.email, PASSWORD)[0]
    before = client.session.session_key
    fields = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    response = client.post("/accounts/password/change/", fields)
    assert (response.status_code, response["Location"]) == (302, "/accounts/me/")
    assert is_in(client) and not is_in(elsewhere)
    assert client.session.session_key != before
    assert try_in(person.email, NEW)[1] == 302


@pytest.mark.parametrize(
    ("old", "one", "two"),
    [
        ("wrong", NEW, NEW),
        (PASSWORD, NEW, "something else entirely"),
        (PASSWORD, "eleven char", "eleven char"),
        (PASSWORD, "mara@winnow.example", "mara@winnow.example"),
        (PASSWORD, "mara lind mara", "mara lind mara"),
        (PASSWORD, "winnow winnow winnow", "winnow winnow winnow"),
        (PASSWORD, "password1234", "password1234"),
        (PASSWORD, "x y " * 33, "x y " * 33),
    ],
)
def test_a_password_that_will_not_do_changes_nothing(
    client: Client, person: User, old: str, one: str, two: str
) -> None:
    fields = {"oldpassword": old, "password1": one, "password2": two}
    response = client.post("/accounts/password/change/", fields)
    assert response.status_code == 200 and b'role="alert"' in response.content
    person.refresh_from_db()
    assert person.check_password(PASSWORD)


@pytest.mark.django_db
def test_whoever_came_by_a_link_chooses_a_first_password() -> None:
    person = User.objects.create_user("mara@winnow.example")
    client = Client()
    client.post(f"/accounts/link/{link_create(user=person, kind=OneTimeLink.Kind.SIGN_IN)[1]}/")
    assert "Choose a password" in client.get("/accounts/me/").content.decode()
    assert client.get("/accounts/password/change/")["Location"] == "/accounts/password/set/"
    assert client.post("/accounts/password/set/", {"password1": NEW, "password2": NEW}).status_code == 302
    assert is_in(client) and try_in(person.email, NEW)[1] == 302


def test_confirming_asks_for_ones_own_password(client: Client) -> None:
    page = client.post("/accounts/reauthenticate/", {"password": "wrong"})
    assert page.status_code == 200 and b"That is not your password." in page.content
    assert client.post("/accounts/reauthenticate/", {"password": PASSWORD}).status_code == 302


@pytest.mark.django_db
def test_two_people_never_share_a_pseudonym(monkeypatch: pytest.MonkeyPatch) -> None:
    names = iter(["Calm Crane 1", "Calm Crane 1", "Calm Crane 2"])
    monkeypatch.setattr(models, "new_pseudonym", lambda: next(names))
    first = User.objects.create_user("a@winnow.example", pseudonym="Calm Crane 1")
    second = User.objects.create_user("b@winnow.example", pseudonym="Calm Crane 1")
    assert first.pseudonym != second.pseudonym


@pytest.mark.django_db
@pytest.mark.parametrize("email", ["MARA@winnow.example", " mara@Winnow.Example "])
def test_one_address_is_one_person(person: User, email: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user(email)
    assert User.objects.get_by_natural_key(email.strip()) == person


@pytest.mark.django_db
@pytest.mark.parametrize(("staff", "superuser"), [(True, False), (False, True)])
def test_there_is_one_kind_of_admin(person: User, staff: bool, superuser: bool) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.update(is_staff=staff, is_superuser=superuser)


def test_the_model_and_the_migrations_agree(db: None) -> None:
    call_command("makemigrations", "accounts", "jobs", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize("path", ["/admin/", "/admin/accounts/user/", "/admin/login/"])
def test_the_site_admin_is_for_admins_who_came_by_the_front_door(
    client: Client, admin_client: Client, path: str
) -> None:
    assert Client().get(path, follow=True).redirect_chain[-1][0].partition("?")[0] == LOGIN
    assert client.get(path, follow=True).status_code == 403
    assert admin_client.get(path, follow=True).status_code == 200


def test_the_admins_own_sign_in_form_is_no_second_door(admin: User) -> None:
    client = Client()
    response = client.post(
        "/admin/login/", {"username": admin.email, "password": PASSWORD, "next": "/admin/"}
    )
    assert response.status_code == 302 and not is_in(client)


def test_an_admin_sees_people_without_their_passwords(admin_client: Client, person: User) -> None:
    page = admin_client.get(f"/admin/accounts/user/{person.pk}/change/").content.decode()
    assert "mara@winnow.example" in page and person.pseudonym in page
    assert person.password not in page and 'name="password"' not in page and 'name="groups"' not in page


def save(client: Client, person: User, **fields: Any) -> int:
    sent = {"email": person.email, "display_name": person.display_name, "is_active": "on"} | fields
    kept = {name: value for name, value in sent.items() if value}
    status: int = client.post(f"/admin/accounts/user/{person.pk}/change/", kept).status_code
    return status


def test_an_admin_closes_an_account_and_its_links(admin_client: Client, client: Client, person: User) -> None:
    link_create(user=person, kind=OneTimeLink.Kind.SIGN_IN)
    assert save(admin_client, person, is_active="") == 302
    assert not is_in(client) and not OneTimeLink.objects.exists()


def test_an_admin_makes_an_admin_and_unmakes_one(admin_client: Client, person: User) -> None:
    for superuser in ("on", ""):
        assert save(admin_client, person, is_superuser=superuser) == 302
        person.refresh_from_db()
        assert person.is_superuser is person.is_staff is (superuser == "on")


def test_an_admin_cannot_lock_themselves_out(admin_client: Client, admin: User) -> None:
    assert save(admin_client, admin, is_active="", display_name="Ada") == 302
    admin.refresh_from_db()
    assert (admin.is_active, admin.is_superuser, admin.display_name) == (True, True, "Ada")


def test_an_admin_adds_a_person_without_a_password(admin_client: Client) -> None:
    fields = {"email": "New@Winnow.example", "display_name": "New", "is_active": "on"}
    assert admin_client.post("/admin/accounts/user/add/", fields).status_code == 302
    new = User.objects.get(email="new@winnow.example")
    assert new.pseudonym and not new.has_usable_password()


def test_nobody_is_deleted(admin_client: Client, person: User) -> None:
    assert admin_client.post(f"/admin/accounts/user/{person.pk}/delete/", {"post": "yes"}).status_code == 403
    action = {"action": "delete_selected", "_selected_action": person.pk, "post": "yes"}
    admin_client.post("/admin/accounts/user/", action)
    assert User.objects.filter(pk=person.pk).exists()


def make_link(client: Client, *people: User) -> Any:
    fields = {"action": "sign_in_link", "_selected_action": [person.pk for person in people]}
    return client.post("/admin/accounts/user/", fields)


def test_an_admin_lets_in_whoever_lost_their_password(
    admin_client: Client, admin: User, person: User
) -> None:
    response = make_link(admin_client, person)
    page = response.content.decode()
    path = re.search(r"http://testserver(/accounts/link/[\w-]{43}/)", page)
    assert path and "mara@winnow.example" in page and "no-store" in response["Cache-Control"]
    client = Client()
    assert client.post(path[1]).status_code == 302
    assert b"mara@winnow.example" in client.get("/accounts/me/").content
    assert OneTimeLink.objects.get().created_by == admin


def test_an_admin_makes_one_link_at_a_time_and_none_for_the_deactivated(
    admin_client: Client, admin: User, person: User
) -> None:
    assert make_link(admin_client, person, admin).status_code == 302
    User.objects.filter(pk=person.pk).update(is_active=False)
    assert make_link(admin_client, person).status_code == 302
    assert not OneTimeLink.objects.exists()


def test_nobody_else_makes_links(client: Client, person: User) -> None:
    assert make_link(client, person).status_code in (302, 403)
    assert not OneTimeLink.objects.exists()
