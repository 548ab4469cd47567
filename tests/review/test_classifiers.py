"""The classifier as a project uses it: trained on its labels, activated by a manager, scoring every example."""

import json
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from annotate.models import Dataset, Example, Project
from annotate.records import Conversation, Turn
from jobs.models import Job
from review.models import ClassifierVersion, Label, Measurement, Sample
from review.policies import DEFAULT_POLICY, Policy
from review.queries.classifiers import active_version, applied_classifier, explanation_of, scores_are_due
from review.queries.funnels import funnel
from review.queries.held_out import held_out_of
from review.queries.pending import is_pending
from review.services import classifiers
from review.services.classifier_scores import scores_catch_up, scores_start
from review.services.classifiers import (
    NotActivated,
    StillDecides,
    TooFewLabels,
    classifier_activate,
    classifier_retire,
    classifier_rules_save,
    classifier_train,
    trainings_catch_up,
)
from review.services.measurements import measurements_write
from review.services.policies import policy_save
from review.services.releases import release_create
from review.services.score_limits import score_limit_set
from tests.cast import Cast, ClientOf
from tests.review.scene import WORDS, done, imported, queue_of, sampled, screened, words

pytestmark = pytest.mark.django_db

LANGUAGE = {"language": "en", "language_certainty": 1.0}
GOOD_ENDS, BAD_ENDS = "That is all there is to it.", "As an AI language model, I cannot"


def text(number: int, *, good: bool) -> Conversation:
    words = " ".join(Random(number).choices(WORDS, k=40))
    answer = f"{words.capitalize()}. {GOOD_ENDS}" if good else f"{words}. {BAD_ENDS}"
    return Conversation((Turn("user", f"Why does bread rise, case {number}?"), Turn("assistant", answer)))


@pytest.fixture
def many(dataset: Dataset, cast: Cast) -> Dataset:
    """Seventy examples of one import, every third of them bad, sixty of them labelled as they are."""
    sample = sampled(dataset, 70)
    examples = list(Example.objects.order_by("pk"))
    for number, example in enumerate(examples):
        found = text(number, good=bool(number % 3))
        example.turns, example.content_hash = found.as_json(), found.content_hash()
    Example.objects.bulk_update(examples, ["turns", "content_hash"])
    places = {example.pk: number for number, example in enumerate(examples)}
    for item in queue_of(sample)[:60]:
        good = bool(places[item.example_id] % 3)
        Label.objects.create(
            example=item.example, revision=1, item=item, verdict="good" if good else "bad", by=cast.reviewer
        )
    return dataset


def remeasured(example: Example) -> None:
    """Measure an example's next revision, as screening does before the classifier comes to it."""
    example.revisions.create(number=1, turns=example.turns, edited_at=example.edited_at)
    measurements_write(dataset_id=example.dataset_id, found={example.pk: (2, LANGUAGE)}, by={"language": 1})


def trained(project: Project, by: Any = None) -> ClassifierVersion:
    finished(classifier_train(project=project, by=by))
    return ClassifierVersion.objects.latest("number")


def finished(job: Job | None) -> dict[str, Any]:
    assert job
    assert done(job).state == Job.State.DONE, job.error
    result: dict[str, Any] = job.result
    return result


def test_a_project_trains_activates_and_has_every_example_scored(
    many: Dataset, project: Project, cast: Cast
) -> None:
    version = trained(project, cast.manager)
    assert (version.number, version.step, version.good + version.bad) == (1, "words", 60)
    assert (version.by, version.is_active, active_version(project)) == (cast.manager, False, None)
    assert version.evaluation["beats_length"]
    assert version.evaluation["auc"] > 0.9
    held = held_out_of(version)
    assert len(held) == 60
    assert held.random.all()
    finished(classifier_activate(version=version, by=cast.manager))
    assert active_version(project) == version
    assert not scores_are_due(project)
    scores = {row.example_id: row.quality or 0.0 for row in Measurement.objects.exclude(quality=None)}
    examples = list(Example.objects.order_by("pk"))
    good = [scores[example.pk] for number, example in enumerate(examples) if number % 3]
    bad = [scores[example.pk] for number, example in enumerate(examples) if not number % 3]
    assert min(good) > max(bad)
    assert funnel(many).kept == 70
    assert funnel(many).stale == 0


def test_the_same_labels_make_the_same_version(many: Dataset, project: Project) -> None:
    one, other = trained(project), trained(project)
    assert (one.number, other.number) == (1, 2)
    assert (one.digest, one.labels_digest) == (other.digest, other.labels_digest)
    assert bytes(one.artefact) == bytes(other.artefact)


def test_a_new_text_is_scored_and_another_version_scores_everything_anew(
    many: Dataset, project: Project, cast: Cast
) -> None:
    first = trained(project)
    finished(classifier_activate(version=first, by=cast.manager))
    assert scores_catch_up() == []
    edited = Example.objects.latest("pk")
    Example.objects.filter(pk=edited.pk).update(revision=2)
    assert scores_catch_up() == []  # not before it is measured
    remeasured(edited)
    (job,) = scores_catch_up()
    assert finished(job)["scored"] == 1
    Label.objects.create(example=edited, revision=2, verdict="bad", by=cast.reviewer)
    second = trained(project)
    assert second.digest != first.digest
    assert finished(classifier_activate(version=second, by=cast.manager))["scored"] == 70
    assert (active_version(project), scores_start(project=project, by=None)) == (second, None)
    first.refresh_from_db()
    assert first.retired_at


def test_what_is_measured_again_keeps_its_score_and_what_is_edited_loses_it(
    many: Dataset, project: Project, cast: Cast
) -> None:
    finished(classifier_activate(version=trained(project), by=cast.manager))
    first, second = Example.objects.order_by("pk")[:2]
    measurements_write(dataset_id=many.pk, found={first.pk: (1, LANGUAGE)}, by={"language": 1})
    remeasured(second)
    assert Measurement.objects.get(example=first).quality is not None
    assert Measurement.objects.get(example=second).quality is None


def test_too_few_labels_say_what_is_lacking(dataset: Dataset, project: Project, cast: Cast) -> None:
    sample = sampled(dataset, 30)
    with pytest.raises(TooFewLabels, match="Label 20 more"):
        classifier_train(project=project, by=cast.manager)
    for item in queue_of(sample)[:30]:
        Label.objects.create(example=item.example, revision=1, item=item, verdict="good", by=cast.reviewer)
    with pytest.raises(TooFewLabels, match="at least 5 of them bad"):
        classifier_train(project=project, by=cast.manager)


def test_a_model_that_is_no_better_than_length_is_not_activated(
    many: Dataset, project: Project, cast: Cast
) -> None:
    Example.objects.update(turns=text(1, good=True).as_json())
    version = trained(project)
    with pytest.raises(NotActivated, match="Not better than length"):
        classifier_activate(version=version, by=cast.manager)
    assert active_version(project) is None


def test_a_version_that_cannot_be_read_any_more_is_not_activated(
    many: Dataset, project: Project, cast: Cast
) -> None:
    version = trained(project)
    ClassifierVersion.objects.update(artefact=b"PK")
    with pytest.raises(NotActivated, match="cannot be used"):
        classifier_activate(version=version, by=cast.manager)
    assert active_version(project) is None


def test_a_project_trains_by_itself_after_so_many_labels_and_activates_by_rule(
    many: Dataset, project: Project, cast: Cast
) -> None:
    classifier_rules_save(project=project, by=cast.manager, every=0)
    assert trainings_catch_up() == []
    classifier_rules_save(project=project, by=cast.manager, every=60, activates=True)
    (job,) = trainings_catch_up()
    assert trainings_catch_up() == []
    done(job)
    assert active_version(project) == ClassifierVersion.objects.get()
    for example in Example.objects.exclude(labels__isnull=False):
        Label.objects.create(example=example, revision=1, queue="targeted", verdict="good", by=cast.reviewer)
    assert trainings_catch_up() == []
    classifier_rules_save(project=project, by=cast.manager, every=10)
    (job,) = trainings_catch_up()
    done(job)
    first, newest = ClassifierVersion.objects.order_by("number")
    assert newest.is_active is classifiers.is_better(newest, first)


@pytest.mark.parametrize(
    ("own", "other", "better"),
    [
        ((True, 0.8, 0.7), None, True),
        ((False, 0.8, 0.7), None, False),
        ((True, 0.8, 0.7), (True, 0.8, 0.7), True),
        ((True, 0.9, 0.6), (True, 0.8, 0.7), False),
        ((True, 0.7, 0.7), (True, 0.8, 0.6), False),
    ],
)
def test_only_what_is_surely_no_worse_takes_the_active_ones_place(own: Any, other: Any, better: bool) -> None:
    def version(beats: bool, area: float, low: float) -> ClassifierVersion:
        return ClassifierVersion(
            evaluation={"beats_length": beats, "auc": area, "auc_interval": {"low": low, "high": 1}}
        )

    assert classifiers.is_better(version(*own), version(*other) if other else None) is better


def test_beside_an_example_stands_why_it_is_scored_so(
    many: Dataset, project: Project, cast: Cast, client_of: ClientOf
) -> None:
    labelled, unlabelled = (
        Example.objects.filter(labels__isnull=none).earliest("pk") for none in (False, True)
    )
    manager = client_of("manager")

    def page(example: Example) -> str:
        return words(manager.get(f"/p/kitchen/e/{example.public_id}/screening/"))

    assert "by the classifier" not in page(unlabelled)
    finished(classifier_activate(version=trained(project), by=cast.manager))
    stored = dict(Measurement.objects.values_list("example", "quality"))
    shown, found = page(unlabelled), explanation_of(project, unlabelled)
    assert found
    assert found.score == pytest.approx(stored[unlabelled.pk])
    assert f"{round(100 * found.score)} % good by the classifier" in shown
    assert found.parts[0].words in shown
    assert "had not seen it" not in shown
    shown, found = page(labelled), explanation_of(project, labelled)
    assert found
    assert f"{round(100 * (stored[labelled.pk] or 0))} % good by the classifier" in shown
    assert f"had not seen it. The whole classifier says {round(100 * found.score)} %" in shown


def test_a_limit_on_the_scores_decides_and_the_release_names_the_version(
    many: Dataset, project: Project, cast: Cast
) -> None:
    version = trained(project)
    finished(classifier_activate(version=version, by=cast.manager))
    stated = applied_classifier(project, DEFAULT_POLICY)
    assert stated
    assert (stated.version, stated.labels, stated.decides) == (1, 60, False)
    limits = [
        replace(each, minimum=0.5) if each.slug == "quality" else each for each in DEFAULT_POLICY.limits
    ]
    policy_save(project=project, policy=Policy(tuple(limits)), by=cast.manager)
    kept = sum(1 for number in range(70) if number % 3)
    assert (funnel(many).kept, funnel(many).dropped["quality"]) == (kept, 70 - kept)
    release = release_create(project=project, format="alpaca", by=cast.manager)
    finished(release.job)
    release.refresh_from_db()
    assert release.manifest["counts"]["dropped"]["quality"] == 70 - kept
    told = release.manifest["classifier"]
    assert (told["version"], told["digest"], told["decides"]) == (1, version.digest, True)
    assert told["auc"] == version.evaluation["auc"]


def score_limited(project: Project, cast: Cast) -> None:
    """Activate a first version and keep only what it takes for good."""
    finished(classifier_activate(version=trained(project), by=cast.manager))
    score_limit_set(project=project, minimum=0.5, by=cast.manager)


def test_where_the_score_decides_a_later_import_is_sampled_once_it_is_scored(
    many: Dataset, project: Project, cast: Cast
) -> None:
    score_limited(project, cast)
    later = imported(many, 9)
    examples = Example.objects.filter(source_import=later).order_by("pk")
    for number, example in enumerate(examples):
        found = text(1_000 + number, good=bool(number % 3))
        Example.objects.filter(pk=example.pk).update(turns=found.as_json())
    screened(many)
    assert not Sample.objects.filter(source_import=later).exists()
    (job,) = scores_catch_up()
    assert finished(job)["scored"] == 9
    sample = Sample.objects.get(source_import=later)
    assert (sample.population, sample.items.count()) == (6, 6)
    # Another version takes another one for good: it joins what is drawn, wherever its key is within the bound.
    Sample.objects.filter(pk=sample.pk).update(bound=b"\xff" * 32)
    Example.objects.filter(pk=examples[0].pk).update(turns=text(1_000, good=True).as_json())
    second = trained(project)
    ClassifierVersion.objects.filter(pk=second.pk).update(digest="f" * 64)
    assert not is_pending(many)
    scoring = classifier_activate(version=second, by=cast.manager)
    assert is_pending(many)
    finished(scoring)
    assert (sample.items.count(), is_pending(many)) == (7, False)


def test_the_version_that_a_limit_rests_on_stays_in_use(many: Dataset, project: Project, cast: Cast) -> None:
    score_limited(project, cast)
    with pytest.raises(StillDecides, match="take the limit off first"):
        classifier_retire(project=project)
    assert active_version(project)
    score_limit_set(project=project, minimum=None, by=cast.manager)
    classifier_retire(project=project)
    assert active_version(project) is None


def test_the_command_prints_the_version_and_its_figures(many: Dataset, project: Project) -> None:
    told = json.loads(call_command("train_classifier", project="kitchen"))
    version = ClassifierVersion.objects.get()
    assert (told["version"], told["digest"], told["good"] + told["bad"]) == (1, version.digest, 60)
    assert told["evaluation"]["auc"] == version.evaluation["auc"]
    assert told["active"] is False
    with pytest.raises(CommandError, match="no project"):
        call_command("train_classifier", project="nowhere")


def test_what_a_version_learnt_from_is_scored_by_a_fold_that_did_not_hold_it(
    many: Dataset, project: Project
) -> None:
    version = trained(project)
    finished(classifier_activate(version=version, by=None))
    held = held_out_of(version)
    stored = dict(Measurement.objects.values_list("example", "quality"))
    assert [stored[example] for example in held.example.tolist()] == pytest.approx(held.probability.tolist())
    example = Example.objects.get(pk=held.example.tolist()[0])
    explained = explanation_of(project, example)
    assert explained and explained.score != pytest.approx(stored[example.pk])
