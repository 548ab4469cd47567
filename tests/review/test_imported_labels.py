"""Labels that came with the data: learnt from where a project says so, after people's, and never measured by."""

from functools import partial

import pytest

from annotate.models import Dataset, Example, Import, Project
from jobs.models import Job
from review.models import ClassifierRules, ImportedTally, Label
from review.policies import DEFAULT_POLICY
from review.quality.labels import chosen_rows
from review.queries.classifiers import applied_classifier
from review.queries.imported_labels import ImportedCount, imported_counted, keys_found
from review.queries.label_counts import labels_reached
from review.queries.outcomes import BAD, GOOD
from review.queries.training_set import labels_of, training_set
from review.services import imported_labels
from review.services.classifiers import TooFewLabels, classifier_activate, classifier_train
from review.services.imported_labels import imported_labels_save, imported_tallies_catch_up
from tests.cast import Cast, ClientOf
from tests.review.scene import imported, sampled, words
from tests.review.test_classifiers import many, trained

__all__ = ["many"]

pytestmark = pytest.mark.django_db
PAGE = "/p/kitchen/classifier/"
SENT = {"key": "label", "good": "good", "bad": "bad", "weight": "0.25"}


def carry(dataset: Dataset, *values: object) -> list[Example]:
    """Import examples of which each carries a label under `label`, None for none."""
    source = imported(dataset, len(values))
    examples = list(Example.objects.filter(source_import=source).order_by("line_number"))
    for example, value in zip(examples, values, strict=True):
        example.metadata = {"source": f"page {example.pk}", **({} if value is None else {"label": value})}
    Example.objects.bulk_update(examples, ["metadata"])
    return examples


def learn(project: Project, cast: Cast, **changed: object) -> ClassifierRules:
    values = {"key": "label", "good": "good", "bad": "bad", "weight": 0.25, **changed}
    return imported_labels_save(project=project, by=cast.manager, **values)  # type: ignore[arg-type]


def learnt(project: Project) -> dict[int, tuple[bool, float]]:
    return {row.example: (row.good, row.weight) for row in training_set(project) if row.imported}


def test_values_are_compared_without_case_and_blanks_and_others_are_no_labels(
    dataset: Dataset, project: Project, cast: Cast
) -> None:
    good, bad, *_ = carry(dataset, " Good", "BAD", "excellent", 1, None, {"good": 1}, ["good"])
    rules = learn(project, cast, weight=0.5)
    assert learnt(project) == {good.pk: (True, 0.5), bad.pk: (False, 0.5)}
    assert imported_counted(rules) == ImportedCount(1, 1)
    one, *_ = carry(dataset, 1, 0, True)
    rules = learn(project, cast, good="1", bad="0")
    assert imported_counted(rules) == ImportedCount(2, 1)
    assert learnt(project)[one.pk] == (True, 0.25)
    learn(project, cast, key="")
    assert training_set(project) == []


def test_a_text_that_people_judged_keeps_their_verdict_also_where_they_differ(
    dataset: Dataset, project: Project, cast: Cast
) -> None:
    judged, disputed, mended, back, other = carry(dataset, *["good"] * 5)
    for example, verdict, by, revision in (
        (judged, BAD, cast.reviewer, 1), (disputed, BAD, cast.reviewer, 1), (disputed, GOOD, cast.manager, 1),
        (mended, GOOD, cast.reviewer, 2), (back, BAD, cast.reviewer, 1), (back, "undone", cast.reviewer, 1),
    ):  # fmt: skip
        Label.objects.create(example=example, revision=revision, verdict=verdict, by=by, queue="targeted")
    learn(project, cast)
    rows = [(row.example, row.revision, row.good, row.imported) for row in training_set(project)]
    assert rows[:2] == [(judged.pk, 1, False, False), (mended.pk, 2, True, False)]
    assert sorted(rows[2:]) == [(each.pk, 1, True, True) for each in (mended, back, other)]


def test_an_import_that_is_not_done_and_other_projects_bring_none(
    dataset: Dataset, project: Project, cast: Cast
) -> None:
    carry(dataset, "good")
    Import.objects.update(done_at=None)
    elsewhere = Project.objects.create(name="Other", slug="other")
    carry(Dataset.objects.create(project=elsewhere, name="There", slug="there"), "good")
    assert imported_counted(learn(project, cast)) == ImportedCount(0, 0)
    assert training_set(project) == []


def test_no_more_are_read_than_a_training_has_room_for(
    dataset: Dataset, project: Project, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("review.queries.training_set.MOST", 4)
    first, *_ = carry(dataset, *["good", "bad"] * 10)
    learn(project, cast)
    Label.objects.create(example=first, revision=1, verdict=BAD, by=cast.reviewer, queue="targeted")
    rows = training_set(project)
    assert [row.good for row in rows if row.imported].count(True) == 3
    assert [row.good for row in rows if row.imported].count(False) == 3
    assert training_set(project) == rows


def test_the_ladder_counts_them_as_what_they_weigh(dataset: Dataset, project: Project, cast: Cast) -> None:
    carry(dataset, *["good"] * 50, *["bad"] * 30)
    found = labels_reached(project, learn(project, cast))
    assert (found.good, found.bad, found.people) == (12, 7, (0, 0))
    with pytest.raises(TooFewLabels, match="Label 1 more"):
        classifier_train(project=project, by=cast.manager)
    learn(project, cast, weight=0.3)
    assert (
        classifier_train(project=project, by=cast.manager).label == "Training on 0 labels and imported ones"
    )


def test_a_version_says_how_many_it_learnt_from_and_is_measured_by_people_alone(
    many: Dataset, project: Project, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("review.services.classifiers.chosen_rows", partial(chosen_rows, most=64))
    alone = labels_of(training_set(project)).digest()
    carry(many, *["good"] * 6, *["bad"] * 4)
    learn(project, cast)
    version = trained(project)
    assert version.good + version.bad == 64
    assert version.evaluation["imported"] == {"good": 2, "bad": 2, "weight": 0.25}
    assert (version.evaluation["labels"], version.evaluation["count"]) == (64, 60)
    classifier_activate(version=version, by=cast.manager)
    stated = applied_classifier(project, DEFAULT_POLICY)
    assert stated
    assert (stated.labels, stated.imported) == (64, 4)
    learn(project, cast)
    assert labels_of(training_set(project)).digest() != version.labels_digest  # of all ten
    learn(project, cast, weight=0.5)
    heavier = labels_of(training_set(project)).digest()
    assert len({alone, version.labels_digest, heavier}) == 3


def test_without_a_label_of_a_person_nothing_is_measured_and_nothing_activated(
    dataset: Dataset, project: Project, cast: Cast, client_of: ClientOf
) -> None:
    sampled(dataset, 4)
    carry(dataset, *["good"] * 12, *["bad"] * 12)
    learn(project, cast, weight=1.0)
    version = trained(project)
    assert (
        version.evaluation["standing"] == "Not measured: too few good and bad labels from the random sample."
    )
    assert not version.evaluation["beats_length"]
    page = words(client_of("manager").get(PAGE))
    assert "0 good and 0 bad labels: features (preview)." in page
    assert "12 good and 12 bad imported labels, each counting 1." in page


def test_what_is_counted_is_counted_again_after_an_import(
    dataset: Dataset, project: Project, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    carry(dataset, "good", "bad")
    rules = learn(project, cast)
    assert imported_tallies_catch_up() == []
    carry(dataset, "good")
    assert imported_counted(rules) == ImportedCount(None, None)
    assert [(tally.good, tally.bad) for tally in imported_tallies_catch_up()] == [(2, 1)]
    monkeypatch.setattr(imported_labels, "LARGE", 1)
    rules = learn(project, cast, good="bad", bad="good")
    assert imported_counted(rules) == ImportedCount(None, None)
    assert classifier_train(project=project, by=cast.manager).state == Job.State.QUEUED
    assert ImportedTally.objects.get().good == 2


def test_keys_that_may_hold_a_label_are_named(dataset: Dataset, project: Project) -> None:
    carry(dataset, "good", "Good", "bad", None, None, None)
    (key,) = keys_found(project)  # where it came from differs with each
    assert (key.name, key.values) == ("label", (("good", 2), ("bad", 1)))


def test_a_manager_switches_them_on_and_mistakes_are_named(
    dataset: Dataset, project: Project, client_of: ClientOf
) -> None:
    manager = client_of("manager")
    carry(dataset, "good", "good", "bad")
    assert "label good (2), bad (1)" in words(manager.get(PAGE))
    assert manager.post(f"{PAGE}imported/", SENT)["Location"] == PAGE
    text = words(manager.get(PAGE))
    assert "Key label : 2 good and 1 bad." in text
    assert "Imported labels" not in words(client_of("reviewer").get(PAGE))
    for wrong, why in (
        ({"bad": "GOOD"}, "have the same value"), ({"weight": "0.01"}, "0.05"), ({"good": ""}, "required"),
    ):  # fmt: skip
        refused = manager.post(f"{PAGE}imported/", SENT | wrong)
        assert refused.status_code == 422
        assert why in words(refused)
    assert manager.post(f"{PAGE}imported/", SENT | {"key": "grade"}).status_code == 302
    assert "No imported record has one of these values under grade" in words(manager.get(PAGE))
