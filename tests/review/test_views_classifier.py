"""The classifier's page: its ladder, its versions and what they may be used for."""

import pytest
from django.test import Client

from annotate.models import Dataset, Project
from jobs.models import Job
from review.models import ClassifierRules, ClassifierVersion, Label
from review.queries.classifiers import active_version
from tests.cast import Cast, ClientOf
from tests.review.scene import classifier_version, done, words
from tests.review.test_classifiers import many

__all__ = ["many"]

pytestmark = pytest.mark.django_db
PAGE = "/p/kitchen/classifier/"
BETTER = {
    "count": 60, "bad": 20, "auc": 0.861, "auc_interval": {"low": 0.804, "high": 0.912}, "length_auc": 0.617,
    "gain": 0.244, "gain_interval": {"low": 0.1, "high": 0.3}, "average_precision": 0.71, "brier": 0.121, "ece": 0.043,
    "base_rate": 1 / 3, "beats_length": True, "standing": "Better than length: its area is 0.86.",
}  # fmt: skip


@pytest.fixture
def manager(client_of: ClientOf) -> Client:
    return client_of("manager")


def test_without_labels_the_page_says_how_many_a_first_model_needs(manager: Client, project: Project) -> None:
    page = manager.get(PAGE)
    text = words(page)
    assert "Too few labels for a model" in text
    assert "Label 20 more, at least 5 of them good and at least 5 of them bad for a first model." in text
    assert "classifier/train/" not in page.content.decode()
    refused = manager.post(f"{PAGE}train/")
    assert refused.status_code == 409
    assert 'role="alert"' in refused.content.decode()
    assert not Job.objects.exists()


def test_a_manager_trains_and_activates_what_is_better_than_length(
    many: Dataset, client_of: ClientOf, project: Project
) -> None:
    manager = client_of("manager")
    good = Label.objects.filter(verdict="good").count()
    assert f"{good} good and {60 - good} bad labels: features and words." in words(manager.get(PAGE))
    assert manager.post(f"{PAGE}train/")["Location"] == PAGE
    assert "Training on 60 labels" in words(manager.get(PAGE))
    done(Job.objects.get(kind="train-classifier"))
    page = manager.get(PAGE)
    version = ClassifierVersion.objects.get()
    assert version.evaluation["standing"] in words(page)
    assert "No label came since version 1" in words(page)
    assert "Activate" not in words(client_of("reviewer").get(PAGE))
    assert manager.post(f"{PAGE}1/activate/")["Location"] == PAGE
    assert active_version(project) == version
    assert "Scores by classifier 1" in words(manager.get(PAGE))
    assert manager.post(f"{PAGE}retire/")["Location"] == PAGE
    assert active_version(project) is None


def test_a_version_that_is_not_better_than_length_is_refused_in_words(
    manager: Client, project: Project
) -> None:
    classifier_version(project)
    page = manager.post(f"{PAGE}1/activate/")
    assert page.status_code == 409
    assert "Version 1 was not activated. Not measured: too few good and bad labels" in words(page)
    assert active_version(project) is None
    assert f"{PAGE}1/activate/" not in manager.get(PAGE).content.decode()


def test_a_training_that_failed_is_an_alert_with_its_reason(manager: Client, project: Project) -> None:
    Job.objects.create(
        kind="train-classifier", subject=f"project:{project.pk}", label="Training", state=Job.State.FAILED,
        error="All labels are of one kind.",
    )  # fmt: skip
    page = manager.get(PAGE)
    assert 'role="alert"' in page.content.decode()
    assert "All labels are of one kind." in words(page)


def test_the_page_shows_the_active_version_and_any_other_by_its_number(
    manager: Client, project: Project, cast: Cast
) -> None:
    classifier_version(project, 1, evaluation=BETTER, by=cast.manager)
    classifier_version(project, 2, evaluation=BETTER | {"auc": 0.5, "beats_length": False}, step="features")
    assert manager.post(f"{PAGE}1/activate/").status_code == 302
    text = words(manager.get(PAGE))
    assert "Version 1 active" in text
    assert "0.86 0.80 to 0.91" in text
    assert "Version 2 was trained since." in text
    assert "Version 2 not better than length preview" in words(manager.get(f"{PAGE}?version=2"))
    for wrong in ("3", "x", "9" * 40):
        assert manager.get(f"{PAGE}?version={wrong}").status_code == 404


def test_rules_are_saved_and_mistakes_named(manager: Client, project: Project) -> None:
    sent = {"every": 25, "activates": "on", "targeted": 40, "uncertain": 30}
    assert manager.post(f"{PAGE}rules/", sent)["Location"] == PAGE
    rules = ClassifierRules.objects.get()
    assert (rules.every, rules.activates, rules.targeted, rules.uncertain) == (25, True, 40, 0.3)
    page = manager.post(f"{PAGE}rules/", sent | {"uncertain": 101})
    assert page.status_code == 422
    assert "less than or equal to 100" in words(page)
    assert 'value="30"' in manager.get(PAGE).content.decode()
