"""Who may ask what of the API: one row for each address, compared with those that there are."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.services import token_make
from annotate.models import Project
from config.api import urlpatterns
from jobs.models import Job
from jobs.services import job_start
from review.services import classifiers
from tests.cast import Cast
from tests.review.scene import classifier_version

pytestmark = pytest.mark.django_db

PEOPLE = ("manager", "reviewer", "annotator", "outsider", "anonymous")
ANYBODY = (200, 200, 200, 200, 401)
EVERYONE = (200, 200, 200, 404, 401)
STAFF = (200, 200, 403, 404, 401)
JOB = (200, 200, 404, 404, 401)
MANAGER_REFUSED = (409, 403, 403, 404, 401)  # there are no labels; it does not beat length

# name: method, the status for each of PEOPLE.
TABLE: dict[str, tuple[str, tuple[int, ...]]] = {
    "contents": ("get", ANYBODY),
    "schema": ("get", ANYBODY),
    "me": ("get", ANYBODY),
    "projects": ("get", ANYBODY),
    "project": ("get", EVERYONE),
    "train": ("post", MANAGER_REFUSED),
    "versions": ("get", STAFF),
    "version": ("get", STAFF),
    "activate": ("post", MANAGER_REFUSED),
    "job": ("get", JOB),
}


@pytest.fixture
def addresses(project: Project) -> dict[str, str]:
    classifier_version(project)
    job = job_start(
        kind=classifiers.KIND, subject=f"project:{project.pk}", label="Training", by=None,
        payload={"project": project.pk}, unit="fits", total=6,
    )  # fmt: skip
    of_project = {"project": project.slug}
    arguments: dict[str, dict[str, Any]] = {
        **dict.fromkeys(("project", "train", "versions"), of_project),
        **dict.fromkeys(("version", "activate"), of_project | {"number": 1}),
        "job": {"public_id": job.public_id},
    }
    Job.objects.update(cancel_requested=True)  # else it would be the training that is under way
    return {name: reverse(f"api:{name}", kwargs=arguments.get(name)) for name in TABLE}


@pytest.fixture
def headers(cast: Cast) -> dict[str, dict[str, str]]:
    """The header that each of PEOPLE sends."""

    def of(role: str) -> dict[str, str]:
        _, secret = token_make(user=cast[role], name="Test", lifetime=timedelta(days=1), by=cast[role])
        return {"Authorization": f"Bearer {secret}"}

    return {role: {} if role == "anonymous" else of(role) for role in PEOPLE}


def ask(name: str, addresses: dict[str, str], headers: dict[str, str]) -> HttpResponse:
    kind = {"content_type": "application/json"} if TABLE[name][0] == "post" else {}
    answer: HttpResponse = getattr(Client(), TABLE[name][0])(addresses[name], headers=headers, **kind)
    return answer


def test_every_address_has_its_row() -> None:
    assert sorted(str(entry.name) for entry in urlpatterns) == sorted(TABLE)


def test_who_may_ask_what(addresses: dict[str, str], headers: dict[str, dict[str, str]]) -> None:
    """Outside the project there is nothing; inside it the role is the reason; strangers are told of tokens."""
    found = {}
    for name in TABLE:
        answers = [ask(name, addresses, headers[person]) for person in PEOPLE]
        found[name] = tuple(answer.status_code for answer in answers)
        for answer in answers:
            kind = "application/problem+json" if answer.status_code >= 400 else answer["Content-Type"]
            assert answer["Content-Type"] == kind
    assert found == {name: statuses for name, (_, statuses) in TABLE.items()}


def test_another_projects_things_are_not_found_by_their_ids(
    addresses: dict[str, str], headers: dict[str, dict[str, str]]
) -> None:
    for name in ("version", "activate"):
        elsewhere = addresses | {name: addresses[name].replace("/kitchen/", "/elsewhere/")}
        assert ask(name, elsewhere, headers["outsider"]).status_code == 404


def test_the_other_method_is_refused(addresses: dict[str, str], headers: dict[str, dict[str, str]]) -> None:
    for name, (method, _) in TABLE.items():
        for other in {"get", "post", "put", "patch", "delete"} - {method}:
            answer = getattr(Client(), other)(addresses[name], headers=headers["manager"])
            assert (answer.status_code, answer.json()["title"]) == (405, "Not done this way"), (name, other)
            assert method.upper() in answer["Allow"]


@pytest.mark.parametrize(
    "path",
    [
        "", "v1", "v2/me", "v1/me/", "v1/nothing", "v1/projects/none", f"v1/jobs/{uuid.UUID(int=1)}", "v1/jobs/1",
        "v1/projects/kitchen/classifier/versions/2", f"v1/projects/kitchen/classifier/versions/{10**20}",
    ],
)  # fmt: skip
def test_what_is_not_there_is_a_problem_too(path: str, headers: dict[str, dict[str, str]]) -> None:
    answer = Client().get(f"/api/{path}", headers=headers["manager"])
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["detail"].startswith("The address is wrong")
