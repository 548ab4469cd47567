"""A site admin releases datasets from their list; nobody else gets there."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from annotate.models import Dataset, Project
from review.models import Release
from review.services.decisions import decision_record
from tests.cast import Cast, ClientOf
from tests.review.scene import sampled

pytestmark = pytest.mark.django_db
LIST = "/admin/annotate/dataset/"


@pytest.fixture
def admin(project: Project) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("admin@winnow.example"))
    return client


@pytest.fixture
def approved(dataset: Dataset, cast: Cast, settings: Any, tmp_path: Path) -> Dataset:
    settings.MEDIA_ROOT = tmp_path
    sampled(dataset, 3)
    decision_record(dataset=dataset, verdict="accepted", by=cast.manager)
    return dataset


def act(client: Client, action: str, *datasets: Dataset) -> Any:
    chosen = {"action": action, "_selected_action": [dataset.pk for dataset in datasets]}
    return client.post(LIST, chosen, follow=True)


def test_the_list_offers_a_release_in_every_format(admin: Client, approved: Dataset) -> None:
    page = admin.get(LIST).content.decode()
    for label in ("Alpaca", "ShareGPT", "messages"):
        assert f"Release as {label}".lower() in page.lower()


def test_an_action_starts_a_release(admin: Client, approved: Dataset) -> None:
    page = act(admin, "release_sharegpt", approved)
    release = Release.objects.get()
    assert (release.format, list(release.datasets.all())) == ("sharegpt", [approved])
    assert release.by is not None
    assert release.job is not None
    assert "Kitchen science: release-1 is being made." in page.content.decode()


def test_each_project_has_a_release_of_its_own(admin: Client, approved: Dataset, cast: Cast) -> None:
    elsewhere = Project.objects.get(slug="elsewhere")
    other = Dataset.objects.create(project=elsewhere, name="Strange", slug="strange")
    page = act(admin, "release_alpaca", approved, other)
    assert Release.objects.get().project == approved.project
    assert "Elsewhere: There is nothing in these datasets yet" in page.content.decode()


def test_datasets_are_neither_added_nor_deleted_here(admin: Client, approved: Dataset) -> None:
    assert admin.get(f"{LIST}add/").status_code == 403
    assert admin.get(f"{LIST}{approved.pk}/delete/").status_code == 403
    assert admin.get(f"{LIST}{approved.pk}/change/").status_code == 200


@pytest.mark.parametrize("role", ["manager", "reviewer", "annotator", "outsider", "anonymous"])
def test_nobody_else_gets_there(approved: Dataset, client_of: ClientOf, role: str) -> None:
    chosen = {"action": "release_alpaca", "_selected_action": [approved.pk]}
    assert client_of(role).post(LIST, chosen).status_code == 302
    assert client_of(role).get(LIST).status_code == 302
    assert not Release.objects.exists()
