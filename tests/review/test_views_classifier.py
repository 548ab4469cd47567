"""The classifier's page: its ladder, its versions and what they may be used for."""

import json
from dataclasses import replace

import numpy as np
import pytest
from django.test import Client
from django.utils import timezone

from annotate.models import Dataset, Example, Project
from jobs.models import Job
from review.limits import LIMITS
from review.models import ClassifierRules, ClassifierVersion, Label, Measurement, PolicyVersion
from review.policies import DEFAULT_POLICY, Policy
from review.quality.limits import counted, limits_of, preview
from review.queries.classifiers import active_version
from review.queries.funnels import funnel
from review.queries.scores import scores_of
from review.services.classifiers import classifier_train
from review.services.score_limits import with_minimum
from review.views.classifier_limits import limit_rows
from tests.cast import Cast, ClientOf
from tests.review.scene import classifier_version, done, sampled, words
from tests.review.test_classifiers import many

__all__ = ["many"]

pytestmark = pytest.mark.django_db
PAGE = "/p/kitchen/classifier/"
BETTER = {
    "count": 60, "bad": 20, "auc": 0.861, "auc_interval": {"low": 0.804, "high": 0.912}, "length_auc": 0.617,
    "gain": 0.244, "gain_interval": {"low": 0.1, "high": 0.3}, "average_precision": 0.71, "brier": 0.121, "ece": 0.043,
    "base_rate": 1 / 3, "beats_length": True, "standing": "Better than length: its area is 0.86.",
}  # fmt: skip
MEASURED = BETTER | {
    "bins": [
        {"low": 0.2, "high": 0.3, "count": 12, "predicted": 0.26, "good": 0.25, "good_low": 0.09, "good_high": 0.53},
        {"low": 0.5, "high": 0.6, "count": 0, "predicted": None, "good": None, "good_low": None, "good_high": None},
        {"low": 0.8, "high": 0.9, "count": 48, "predicted": 0.84, "good": 0.875, "good_low": 0.75, "good_high": 0.94},
    ],
    "curve": [
        {"threshold": 0.3, "precision": 0.75, "recall": 0.6}, {"threshold": 1.0, "precision": 1 / 3, "recall": 1.0},
    ],
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
    classifier_version(project, 1, evaluation=BETTER, by=cast.manager, activated_at=timezone.now())
    classifier_version(project, 2, evaluation=BETTER | {"auc": 0.5, "beats_length": False}, step="features")
    text = words(manager.get(PAGE))
    assert "Version 1 active" in text
    assert "0.86 0.80 to 0.91" in text
    assert "Version 2 was trained since." in text
    assert "Version 2 not better than length preview" in words(manager.get(f"{PAGE}?version=2"))
    for wrong in ("3", "x", "9" * 40):
        assert manager.get(f"{PAGE}?version={wrong}").status_code == 404


def test_a_model_that_cannot_be_read_any_more_is_not_offered(manager: Client, project: Project) -> None:
    classifier_version(project, evaluation=MEASURED)  # without arrays
    page = manager.get(PAGE)
    assert "reads texts as an earlier release of Winnow did" in words(page)
    assert "What it goes by" not in words(page)
    assert "Activate version 1</button>" not in page.content.decode()


def test_rules_are_saved_and_mistakes_named(manager: Client, project: Project) -> None:
    sent = {"every": 25, "activates": "on", "targeted": 40, "uncertain": 30, "strategy": "lowest"}
    assert manager.post(f"{PAGE}rules/", sent)["Location"] == PAGE
    assert "Examples are picked once a version is active." in words(manager.get(PAGE))
    rules = ClassifierRules.objects.get()
    assert (rules.every, rules.activates, rules.targeted, rules.uncertain) == (25, True, 40, 0.3)
    assert rules.strategy == "lowest"
    page = manager.post(f"{PAGE}rules/", sent | {"uncertain": 101})
    assert page.status_code == 422
    assert "less than or equal to 100" in words(page)
    shown = manager.get(PAGE).content.decode()
    assert 'value="30"' in shown
    assert '<option value="lowest" selected>' in shown


def test_the_figures_stand_beside_what_they_are_compared_with(manager: Client, project: Project) -> None:
    classifier_version(project, evaluation=MEASURED)
    text = words(manager.get(PAGE))
    assert "Labels these rest on 60 random, of 60 that it learnt from" in text
    assert "Ranking (ROC-AUC) 0.86 0.80 to 0.91; length alone 0.62" in text
    assert "Precision for bad, average 0.71 by chance 0.33" in text
    assert "Error (Brier) 0.12 0.22 without a model" in text
    assert "Calibration error (ECE) 0.04" in text


def test_each_plot_has_its_numbers_in_a_table(manager: Client, project: Project) -> None:
    classifier_version(project, 1, good=20, bad=10, evaluation=MEASURED | {"auc": 0.75, "length_auc": 0.5})
    classifier_version(project, 2, evaluation=MEASURED)
    page = manager.get(PAGE)
    text = words(page)
    assert "0.2 to 0.3 12 26 % 25 % 9 to 53 %" in text
    assert "0.8 to 0.9 48 84 % 88 % 75 to 94 %" in text
    assert "0.30 60 % 75 %" in text
    assert "30 1 0.75 0.80 to 0.91 0.50 60 2 0.86 0.80 to 0.91 0.62" in text
    drawn = {figure.slug: json.loads(figure.data) for figure in page.context["figures"]}
    assert drawn["reliability"]["columns"] == [
        [0, 0.26, 0.84, 1],
        [None, 0.25, 0.875, None],
        [0, 0.26, 0.84, 1],
    ]
    assert drawn["reliability"]["words"][1] == (
        "Scores 0.2 to 0.3, 12 labels: 26 % predicted, 25 % good (9 to 53 %)."
    )
    assert drawn["precision"]["columns"] == [[0.6, 1], [0.75, 0.3333], [0.3333, 0.3333]]
    assert drawn["trainings"]["columns"] == [[30, 60], [0.75, 0.861], [0.5, 0.617]]
    assert drawn["trainings"]["low"] == [0.804, 0.804]


def test_what_was_not_measured_has_no_plots(manager: Client, project: Project) -> None:
    classifier_version(project)
    page = manager.get(PAGE)
    assert "data-plot" not in page.content.decode()
    assert "Not measured" in words(page)


def test_parts_of_the_labels_are_named_and_a_reviewer_sees_the_own_row_alone(
    client_of: ClientOf, project: Project, cast: Cast
) -> None:
    classifier_version(project, evaluation=MEASURED | {"slices": {
        "source": [{"value": "human", "count": 60, "bad": 20, "auc": 0.86, "brier": 0.1}],
        "language": [{"value": "de", "count": 19, "bad": 0, "auc": None, "brier": 0.1}],
        "length": [{"value": "1", "count": 60, "bad": 20, "auc": 0.86, "brier": 0.1}],
        "reviewer": [
            {"value": str(person.pk), "count": 30, "bad": 10, "auc": 0.8, "brier": 0.1}
            for person in (cast.reviewer, cast.manager)
        ],
    }})  # fmt: skip
    text = words(client_of("manager").get(PAGE))
    assert "human annotation 60 20 33 % 0.86" in text
    assert "100 to 299 tokens 60 20 33 % 0.86" in text
    assert "German few 19 0 0 % one kind only" in text
    assert "Reviewer 30 10 33 % 0.80 you 30 10 33 % 0.80" in text
    page = client_of("reviewer").get(PAGE)
    assert "you 30 10 33 % 0.80" in words(page)
    assert [len(rows) for _, rows in page.context["slices"]] == [1, 1, 1, 1]


def test_scores_are_counted_by_what_the_other_limits_keep(dataset: Dataset, project: Project) -> None:
    sampled(dataset, 6)
    rows = list(Example.objects.order_by("pk"))
    for example, score in zip(rows, (0.0, 0.349, 0.35, 0.99, 1.0, None), strict=True):
        Measurement.objects.filter(example=example).update(quality=score)
    Measurement.objects.filter(example=rows[2]).update(tokens=3)
    Example.objects.filter(pk=rows[3].pk).update(revision=2)
    found = scores_of(project, with_minimum(DEFAULT_POLICY, 0.5))
    every, keepable = (
        {place - 1: int(count) for place, count in enumerate(counts) if count}
        for counts in (found.every, found.keepable)
    )
    assert every == {0: 1, 34: 1, 35: 1, 100: 1}
    assert keepable == {0: 1, 34: 1, 100: 1}
    assert (found.count, found.due) == (4, 0)


def test_each_limit_says_what_it_keeps_catches_and_loses() -> None:
    good = np.array([True] * 8 + [False] * 2)
    scores = np.array([0.9] * 7 + [0.2, 0.1, 0.8])
    rows = limit_rows(preview(good, scores, counted(np.repeat(scores, 10), limits_of()), limits_of()))
    assert (rows[0].kept, rows[0].share, rows[0].caught, rows[0].lost) == ("100", "20.0 %", "0 %", "0 %")
    assert (rows[50].limit, rows[50].kept, rows[50].share) == ("0.50", "80", "12.5 %")
    assert (rows[50].caught, rows[50].lost) == ("50 %", "12 %")
    assert (rows[95].kept, rows[95].share, rows[95].interval) == ("0", "not known", "no label there")


def test_a_limit_is_previewed_set_and_taken_off(
    many: Dataset, manager: Client, project: Project, cast: Cast
) -> None:
    done(classifier_train(project=project, by=cast.manager))
    manager.post(f"{PAGE}1/activate/")
    assert "70 examples are still to be scored by version 1" in words(manager.get(PAGE))
    done(Job.objects.get(kind="score-quality"))
    page = manager.get(PAGE)
    assert "A limit on the score off" in words(page)
    assert page.context["limit"]["scores"].count == 70
    kept = page.context["limit"]["now"].kept
    assert funnel(many).kept == 70
    assert manager.post(f"{PAGE}limit/", {"minimum": "0.5"})["Location"] == PAGE
    assert f"{funnel(many).kept}" == kept == "46"
    version = PolicyVersion.objects.latest("version")
    assert (version.note, version.by) == ("Quality classifier at least 0.5", cast.manager)
    text = words(manager.get(PAGE))
    assert "A limit on the score at least 0.5" in text
    assert "Its errors at 0.50 the limit that holds" in text
    for wrong in ("", "1.2", "x"):
        refused = manager.post(f"{PAGE}limit/", {"minimum": wrong})
        assert refused.status_code == 422
        assert 'id="id_minimum_error" role="alert"' in refused.content.decode()
    refused = manager.post(f"{PAGE}retire/")
    assert (refused.status_code, "take the limit off first" in words(refused)) == (409, True)
    assert manager.post(f"{PAGE}limit/", {"minimum": "0.5", "off": "1"})["Location"] == PAGE
    assert funnel(many).kept == 70
    manager.post(f"{PAGE}retire/")
    assert manager.post(f"{PAGE}limit/", {"minimum": "0.5"}).status_code == 409


def test_a_limit_leaves_the_rest_of_the_policy_as_it_is() -> None:
    policy = Policy(
        tuple(limit for limit in DEFAULT_POLICY.limits if limit.slug != "quality"), {"length": {"a": 1}}
    )
    made = with_minimum(policy, 0.35)
    assert [limit.slug for limit in made.limits] == [limit.slug for limit in LIMITS]
    limit = made.limit("quality")
    assert limit
    assert (limit.minimum, made.options) == (0.35, policy.options)
    assert with_minimum(made, None) == replace(DEFAULT_POLICY, options=policy.options)


def test_what_it_goes_by_is_named_in_words(
    many: Dataset, manager: Client, project: Project, cast: Cast
) -> None:
    done(classifier_train(project=project, by=cast.manager))
    page = manager.get(PAGE)
    (_, _, good, good_words), (_, _, bad, bad_words) = page.context["strongest"]["sides"]
    assert all(bar.part.amount > 0 for bar in (*good, *good_words))
    assert all(bar.part.amount < 0 for bar in (*bad, *bad_words))
    assert max(bar.width for bar in (*good, *bad)) == 100
    assert {"“language model”", "“i cannot”"} <= {bar.part.label for bar in bad_words}
    assert "What it goes by" in words(page)
