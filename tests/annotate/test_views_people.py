"""Who is in a project: invitations shown once, roles, and the manager who cannot leave."""

from typing import Any

import pytest
from django.urls import reverse

from accounts.models import OneTimeLink, User
from annotate.models import Membership, Project
from tests.cast import Cast, ClientOf

pytestmark = pytest.mark.django_db


def post(client_of: ClientOf, name: str, *arguments: Any, **form: str) -> Any:
    return client_of("manager").post(reverse(f"annotate:{name}", args=["kitchen", *arguments]), form)


def role_of(user: User) -> str | None:
    return (
        Membership.objects.filter(project__slug="kitchen", user=user).values_list("role", flat=True).first()
    )


def member(user: User) -> int:
    return Membership.objects.get(project__slug="kitchen", user=user).pk


def test_an_invitation_link_is_shown_once_and_kept_by_nobody(cast: Cast, client_of: ClientOf) -> None:
    response = post(client_of, "invite", email="New@winnow.example", role="reviewer")
    html = response.content.decode()
    start = html.index("http://testserver/accounts/link/")
    link = html[start : html.index('"', start)]
    assert response["Cache-Control"].startswith("max-age=0")
    assert client_of("anonymous").get(link).status_code == 200
    assert role_of(User.objects.get(email="new@winnow.example")) == "reviewer"
    assert link not in client_of("manager").get(reverse("annotate:people", args=["kitchen"])).content.decode()


def test_inviting_again_makes_a_new_link_and_ends_the_old_one(cast: Cast, client_of: ClientOf) -> None:
    for _ in range(2):
        assert post(client_of, "invite", email="new@winnow.example", role="annotator").status_code == 200
    assert OneTimeLink.objects.count() == 1
    assert Membership.objects.filter(user__email="new@winnow.example").count() == 1


def test_somebody_with_an_account_needs_no_link(cast: Cast, client_of: ClientOf) -> None:
    assert post(client_of, "invite", email=cast.outsider.email, role="annotator").status_code == 302
    assert role_of(cast.outsider) == "annotator"
    assert not OneTimeLink.objects.exists()


def test_inviting_a_member_changes_the_role(cast: Cast, client_of: ClientOf) -> None:
    assert post(client_of, "invite", email=cast.annotator.email, role="reviewer").status_code == 302
    assert role_of(cast.annotator) == "reviewer"


def test_the_last_manager_cannot_be_invited_out_of_the_role(cast: Cast, client_of: ClientOf) -> None:
    response = post(client_of, "invite", email=cast.manager.email, role="annotator")
    assert response.status_code == 422
    assert "at least one manager" in response.content.decode()
    assert role_of(cast.manager) == "manager"


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"email": "nobody", "role": "annotator"}, "Enter a valid email address."),
        ({"email": "", "role": "annotator"}, "This field is required."),
        ({"email": "a@winnow.example", "role": "admin"}, "Select a valid choice."),
    ],
)
def test_an_invitation_that_cannot_be_sent_says_why(
    form: dict[str, str], words: str, client_of: ClientOf
) -> None:
    before = User.objects.count()
    response = post(client_of, "invite", **form)
    assert response.status_code == 422
    assert words in response.content.decode()
    assert User.objects.count() == before


def test_a_role_is_changed(cast: Cast, client_of: ClientOf) -> None:
    assert post(client_of, "member_role", member(cast.annotator), role="manager").status_code == 302
    assert role_of(cast.annotator) == "manager"


@pytest.mark.parametrize("role", ["admin", "", "MANAGER"])
def test_a_role_that_is_none_is_refused(role: str, cast: Cast, client_of: ClientOf) -> None:
    assert post(client_of, "member_role", member(cast.annotator), role=role).status_code == 400
    assert role_of(cast.annotator) == "annotator"


def test_the_last_manager_keeps_the_role_and_stays(cast: Cast, client_of: ClientOf) -> None:
    for response in (
        post(client_of, "member_role", member(cast.manager), role="reviewer"),
        post(client_of, "member_remove", member(cast.manager)),
    ):
        assert response.status_code == 422
        assert "at least one manager" in response.content.decode()
    assert role_of(cast.manager) == "manager"


def test_a_manager_who_never_came_does_not_count(cast: Cast, client_of: ClientOf) -> None:
    post(client_of, "invite", email="late@winnow.example", role="manager")
    assert post(client_of, "member_remove", member(cast.manager)).status_code == 422


def test_a_removed_person_is_out_at_once(project: Project, cast: Cast, client_of: ClientOf) -> None:
    client = client_of("annotator")
    assert client.get(project.get_absolute_url()).status_code == 200
    assert post(client_of, "member_remove", member(cast.annotator)).status_code == 302
    assert client.get(project.get_absolute_url()).status_code == 404


def test_a_member_of_another_project_is_not_found(cast: Cast, client_of: ClientOf) -> None:
    other = Membership.objects.get(user=cast.outsider)
    assert post(client_of, "member_role", other.pk, role="annotator").status_code == 404
    assert post(client_of, "member_remove", other.pk).status_code == 404
    other.refresh_from_db()
    assert other.role == "manager"
