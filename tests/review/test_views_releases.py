"""The pages of releases: what one would hold, making it, what it states, its files."""

import html
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotate.models import Dataset
from jobs.models import Job
from review.models import Release, ReleaseFile
from review.services.decisions import decision_record
from review.services.labels import label_add
from tests.cast import Cast, ClientOf
from tests.review.conftest import LINES
from tests.review.scene import SHORT, imported, queue_of, sampled, screened

LIST = "/p/kitchen/releases/"


def words(response: Any) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


@pytest.fixture
def manager(client_of: ClientOf) -> Client:
    return client_of("manager")


@pytest.fixture
def reviewed(dataset: Dataset, cast: Cast) -> Dataset:
    """Six good examples, one labelled good and one bad, and two that are too short."""
    first, second, *_ = queue_of(sampled(dataset, 6))
    label_add(item=first, by=cast.reviewer, revision=1, verdict="good")
    label_add(item=second, by=cast.reviewer, revision=1, verdict="bad", reasons=["unsafe"])
    imported(dataset, 2, text=SHORT)
    screened(dataset)
    return dataset


def test_a_project_without_a_dataset_says_so(manager: Client) -> None:
    page = words(manager.get(LIST))
    assert "There is no dataset yet" in page
    assert "No release yet" in page


def test_the_list_says_what_would_go_in_and_why_the_rest_would_not(
    manager: Client, reviewed: Dataset
) -> None:
    assert "Baking open 1 1 4 2 0" in words(manager.get(LIST))
    decision_record(dataset=reviewed, verdict="accepted", by=None)
    page = manager.get(LIST)
    assert "Baking accepted 5 1 0 2 0" in words(page)
    assert "Baking 5 of 8" in words(page)
    assert re.search(r'value="baking" checked', page.content.decode())


def test_a_dataset_with_nothing_to_give_is_not_chosen_beforehand(manager: Client, reviewed: Dataset) -> None:
    Dataset.objects.create(project=reviewed.project, name="Soups", slug="soups")
    page = manager.get(LIST).content.decode()
    assert re.search(r'value="baking" checked', page)
    assert not re.search(r'value="soups" checked', page)


def test_only_a_manager_gets_the_form(client_of: ClientOf, reviewed: Dataset) -> None:
    assert "Make a release" not in words(client_of("reviewer").get(LIST))


def test_making_a_release_leads_to_its_progress(manager: Client, reviewed: Dataset, cast: Cast) -> None:
    fields = {"datasets": ["baking"], "format": "sharegpt", "name": "First"}
    answer = manager.post(f"{LIST}new/", fields, follow=True)
    release = Release.objects.get()
    assert (release.name, release.format, release.by) == ("First", "sharegpt", cast.manager)
    assert answer.redirect_chain[0][0] == reverse("review:release", args=["kitchen", release.public_id])
    assert f"/jobs/{Job.objects.get(kind='release').public_id}/progress/" in answer.content.decode()


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"datasets": [], "format": "alpaca"}, "Choose at least one dataset."),
        ({"datasets": ["none"], "format": "alpaca"}, "Select a valid choice"),
        ({"datasets": ["baking"], "format": "xml"}, "Select a valid choice"),
        ({"datasets": ["baking"], "format": "alpaca", "name": "x" * 81}, "at most 80 characters"),
    ],
)
def test_a_release_that_cannot_be_is_refused_in_words(
    manager: Client, reviewed: Dataset, fields: dict[str, Any], said: str
) -> None:
    answer = manager.post(f"{LIST}new/", fields)
    assert answer.status_code == 422
    assert said in words(answer)
    assert not Release.objects.exists()


def test_a_name_that_is_taken_is_said_beside_it(manager: Client, reviewed: Dataset) -> None:
    fields = {"datasets": ["baking"], "format": "alpaca", "name": "First"}
    manager.post(f"{LIST}new/", fields)
    answer = manager.post(f"{LIST}new/", fields)
    assert answer.status_code == 422
    assert "There is a release “First” already" in words(answer)
    assert Release.objects.count() == 1


def test_an_empty_release_is_refused_with_the_reason(manager: Client, dataset: Dataset) -> None:
    sampled(dataset, 3)
    answer = manager.post(f"{LIST}new/", {"datasets": ["baking"], "format": "alpaca"})
    assert answer.status_code == 422
    assert "No dataset is accepted yet and nothing is labelled good" in words(answer)


def test_another_projects_dataset_is_no_choice(client_of: ClientOf, reviewed: Dataset) -> None:
    answer = client_of("outsider").post(
        "/p/elsewhere/releases/new/", {"datasets": ["baking"], "format": "alpaca"}
    )
    assert answer.status_code == 422
    assert not Release.objects.exists()


def test_a_finished_release_states_what_its_manifest_does(manager: Client, released: Release) -> None:
    page = words(manager.get(reverse("review:release", args=["kitchen", released.public_id])))
    assert "4 Dropped by the limit “Length”" in page
    assert "2 Labelled bad" in page
    assert "3 The tag of a turn." in page
    assert "Baking 60 of 60" not in page
    assert "60 of 60 5.0 % 1.7 to 13.7 %" in page
    assert "accepted by Green Heron: “Good.”" in page
    assert "ab" * 32 in page
    for file in released.files.all():
        assert f"{file.sha256} {file.path}" in page


def test_a_file_is_only_ever_saved_and_is_what_was_released(manager: Client, released: Release) -> None:
    answer = manager.get(
        reverse("review:release_file", args=["kitchen", released.public_id, "kitchen.jsonl"])
    )
    assert b"".join(answer.streaming_content) == LINES  # type: ignore[attr-defined]
    assert answer["Content-Disposition"] == 'attachment; filename="kitchen.jsonl"'
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Security-Policy"] == "sandbox"


@pytest.mark.parametrize(
    "path", ["other.jsonl", "../kitchen.jsonl", "%2e%2e/secret_key", "/etc/passwd", "kitchen.jsonl/"]
)
def test_only_what_a_row_names_is_sent(manager: Client, released: Release, path: str, tmp_path: Path) -> None:
    (tmp_path / "releases" / str(released.public_id) / "other.jsonl").write_text("not released")
    address = reverse("review:release", args=["kitchen", released.public_id])
    assert manager.get(f"{address}files/{path}").status_code == 404


def test_a_release_that_is_not_done_sends_nothing(manager: Client, released: Release) -> None:
    Release.objects.update(done_at=None)
    address = reverse("review:release_file", args=["kitchen", released.public_id, "kitchen.jsonl"])
    assert manager.get(address).status_code == 404


def test_a_file_of_another_release_is_not_sent_under_this_one(manager: Client, released: Release) -> None:
    other = Release.objects.create(project=released.project, name="Other", format="alpaca")
    ReleaseFile.objects.create(release=other, path="theirs.jsonl", sha256="0" * 64, size=1)
    address = reverse("review:release_file", args=["kitchen", released.public_id, "theirs.jsonl"])
    assert manager.get(address).status_code == 404


def test_the_list_costs_the_same_for_many_releases(
    manager: Client, reviewed: Dataset, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        release = Release.objects.create(
            project=reviewed.project, name=f"r{number}", format="alpaca", done_at=timezone.now()
        )
        release.datasets.add(reviewed)
    with django_assert_max_num_queries(20):
        manager.get(LIST)
