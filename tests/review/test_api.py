"""The classifier by the API: the figures of its versions, training one, and activating one."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.services import token_make
from annotate.models import Dataset, Project
from review.queries.classifiers import active_version
from review.services import classifiers
from tests.cast import Cast
from tests.review.scene import classifier_version
from tests.review.test_classifiers import many
from tests.review.test_views_classifier import BETTER

__all__ = ["many"]

pytestmark = pytest.mark.django_db
VERSIONS = "/api/v1/projects/kitchen/classifier/versions"
TRAIN = "/api/v1/projects/kitchen/classifier/train"


class Asker:
    """A program with a token; answers are JSON."""

    def __init__(self, cast: Cast, role: str) -> None:
        _, secret = token_make(user=cast[role], name="Test", lifetime=timedelta(days=1), by=cast[role])
        self.headers = {"Authorization": f"Bearer {secret}"}

    def get(self, path: str, **headers: str) -> HttpResponse:
        return Client().get(path, headers=self.headers | headers)  # type: ignore[return-value]

    def post(self, path: str, body: str = "", kind: str = "application/json") -> HttpResponse:
        return Client().post(path, body, content_type=kind, headers=self.headers)  # type: ignore[return-value]


@pytest.fixture
def manager(cast: Cast) -> Asker:
    return Asker(cast, "manager")


def read(answer: HttpResponse) -> Any:
    return json.loads(answer.content)


def test_a_program_starts_a_training_and_sees_how_far_it_is(
    many: Dataset, project: Project, manager: Asker
) -> None:
    started = manager.post(TRAIN)
    job = read(started)
    assert (started.status_code, started["Location"]) == (202, job["url"])
    assert "no-store" in started["Cache-Control"]
    assert (job["state"], job["done"], job["total"], job["unit"]) == ("queued", 0, 6, "fits")
    assert (job["waits_for_worker"], job["is_over"], job["result"]) == (True, False, {})
    assert read(manager.post(TRAIN))["id"] == job["id"]
    assert read(manager.get(job["url"].removeprefix("http://testserver"))) == job


def test_what_labels_lack_is_said_as_on_the_page(project: Project, manager: Asker) -> None:
    answer = manager.post(TRAIN)
    assert answer.status_code == 409
    assert read(answer) == {
        "title": "Not possible now",
        "status": 409,
        "detail": "Label 20 more, at least 5 of them good and at least 5 of them bad for a first model.",
    }


def test_a_version_that_must_not_be_used_is_not_activated(project: Project, manager: Asker) -> None:
    classifier_version(project)
    answer = manager.post(f"{VERSIONS}/1/activate")
    assert (answer.status_code, active_version(project)) == (409, None)
    assert read(answer)["detail"].startswith("Version 1 was not activated. Not measured")


def test_versions_come_in_pages_the_newest_first(project: Project, cast: Cast) -> None:
    for number in (1, 2, 3):
        classifier_version(project, number, evaluation=BETTER)
    reviewer = Asker(cast, "reviewer")
    first = read(reviewer.get(f"{VERSIONS}?size=2"))
    assert (first["count"], [each["number"] for each in first["results"]]) == (3, [3, 2])
    figures = first["results"][0]["evaluation"]
    assert (figures["auc"], figures["auc_interval"]) == (0.861, {"low": 0.804, "high": 0.912})
    assert "slices" not in figures  # one's own row only is for reviewers
    second = read(reviewer.get(first["next"].removeprefix("http://testserver")))
    assert (second["next"], [each["number"] for each in second["results"]]) == (None, [1])
    gone = reviewer.get(f"{VERSIONS}?page=9")
    assert (gone.status_code, read(gone)["detail"]) == (404, "There is no such page.")


@pytest.mark.parametrize(
    "query", ["page=0", "page=x", "size=0", "size=201", "size=-1", f"page={10**30}", "page="]
)
def test_a_page_that_is_no_number_is_said(manager: Asker, project: Project, query: str) -> None:
    answer = manager.get(f"{VERSIONS}?{query}")
    assert answer.status_code == 422
    assert read(answer)["detail"].startswith(f"{query.split('=', maxsplit=1)[0]}: A whole number from 1 to ")


def test_what_is_unchanged_is_not_sent_again(project: Project, manager: Asker) -> None:
    version = classifier_version(project)
    answer = manager.get(f"{VERSIONS}/1")
    kept = {name: answer[name] for name in ("Cache-Control", "Vary")}
    assert kept == {"Cache-Control": "private, no-cache", "Vary": "Authorization"}
    again = manager.get(f"{VERSIONS}/1", **{"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    version.activated_at = version.made_at
    version.save()
    assert manager.get(f"{VERSIONS}/1", **{"If-None-Match": answer["ETag"]}).status_code == 200
    assert Client().get(f"{VERSIONS}/1", headers={"If-None-Match": answer["ETag"]}).status_code == 401


@pytest.mark.parametrize(
    ("body", "kind", "status", "words"),
    [
        ('{"version": 3}', "application/json", 422, "This takes no fields"),
        ("{", "application/json", 400, "JSON parse error"),
        ("a=b", "application/x-www-form-urlencoded", 415, "Unsupported media type"),
        ("{}", "application/json", 409, "Label 20 more"),
        ("", "application/x-www-form-urlencoded", 409, "Label 20 more"),
    ],
)
def test_a_body_is_refused_unless_it_is_empty(
    project: Project, manager: Asker, body: str, kind: str, status: int, words: str
) -> None:
    answer = manager.post(TRAIN, body, kind)
    assert (answer.status_code, read(answer)["detail"].startswith(words)) == (status, True)


def test_an_annotator_learns_nothing_of_a_training(many: Dataset, project: Project, cast: Cast) -> None:
    job = classifiers.classifier_train(project=project, by=cast.manager)
    assert Asker(cast, "annotator").get(f"/api/v1/jobs/{job.public_id}").status_code == 404


def test_a_project_is_shown_with_its_datasets_and_ones_role(dataset: Dataset, cast: Cast) -> None:
    annotator = Asker(cast, "annotator")
    (listed,) = read(annotator.get("/api/v1/projects"))["results"]
    assert (listed["slug"], listed["role"]) == ("kitchen", "annotator")
    whole = read(annotator.get(listed["url"].removeprefix("http://testserver")))
    assert listed.items() <= whole.items()
    assert (whole["guidelines"], [each["slug"] for each in whole["datasets"]]) == (
        "One idea per step.",
        ["baking"],
    )
