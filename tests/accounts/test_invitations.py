"""Invitations: they make exactly the person they were sent to, once that person has a name and a good password."""

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import OneTimeLink, User
from accounts.services import person_invite
from tests.accounts.conftest import PASSWORD, is_in, try_in
from tests.accounts.test_links import ACCEPTED, invitation, refused, url


@pytest.mark.django_db
def test_an_invitation_makes_the_person_that_it_was_sent_to(person: User) -> None:
    token, client = invitation("New.Person@Winnow.example", by=person), Client()
    page = client.get(url(token)).content.decode()
    assert "new.person@winnow.example" in page and "Mara Lind" in page
    answer = client.post(url(token), ACCEPTED | {"email": "thief@winnow.example", "is_superuser": "on"})
    assert answer.status_code == 302 and is_in(client)
    new = User.objects.exclude(pk=person.pk).get()
    assert (new.email, new.display_name, new.is_active) == ("new.person@winnow.example", "Mara Lind", True)
    assert not new.is_superuser and new.check_password(PASSWORD)
    assert try_in("new.person@winnow.example", PASSWORD)[1] == 302


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("display_name", "password"),
    [
        ("", PASSWORD),
        ("Mara", ""),
        ("Mara", "eleven char"),
        ("Mara", "password1234"),
        ("Mara", "mara@winnow.example"),
        ("Marabelle Lindqvist", "marabelle lindqvist"),
        ("Mara", "i love winnow a lot"),
        ("Mara", "long " * 26),
        ("M" * 81, PASSWORD),
        ("Ma\0ra", PASSWORD),
    ],
)
def test_what_is_typed_must_do_and_the_invitation_stays_good(display_name: str, password: str) -> None:
    token, client = invitation("mara@winnow.example"), Client()
    response = client.post(url(token), {"display_name": display_name, "password": password})
    assert response.status_code == 422 and b'role="alert"' in response.content
    assert not User.objects.get().is_active
    assert client.post(url(token), ACCEPTED).status_code == 302


@pytest.mark.django_db
def test_only_the_newest_invitation_counts() -> None:
    first, second = invitation("mara@winnow.example"), invitation("Mara@Winnow.example ")
    assert refused(Client().post(url(first), ACCEPTED))
    assert Client().post(url(second), ACCEPTED).status_code == 302
    assert User.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("active", [True, False])
def test_who_has_been_in_before_is_not_invited_again(person: User, active: bool) -> None:
    User.objects.update(is_active=active, last_login=timezone.now())
    assert person_invite(email=person.email, by=None)[1] == ""
    assert not OneTimeLink.objects.exists()
