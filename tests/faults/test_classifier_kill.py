"""A worker is killed while it trains and while it scores; the version and the scores are as if it had not been."""

from unittest.mock import Mock

import pytest

from annotate.models import Dataset, Example, Project
from jobs.models import Job, JobPart
from jobs.work import job_work
from review.models import ClassifierVersion, Label, Measurement
from review.quality.matrices import Texts
from review.queries.classifiers import classifier_of, scores_are_due
from review.queries.held_out import held_out_scores
from review.services import classifier_scores
from review.services.classifiers import classifier_activate, classifier_train
from tests.cast import Cast
from tests.faults.forked import dies_in
from tests.review.scene import done, queue_of, sampled
from tests.review.test_classifiers import text

pytestmark = pytest.mark.faults

COUNT, LABELS, CHUNK = 40, 30, 10
TRAINING = ("train-classifier.texts", "train-classifier.before_commit", "train-classifier.after_commit")


@pytest.fixture
def labelled(
    transactional_db: None, dataset: Dataset, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> Dataset:
    """Forty examples, every third bad, of which thirty are labelled: enough for a first model."""
    monkeypatch.setattr("jobs.services.current_app", Mock())
    monkeypatch.setattr(classifier_scores, "CHUNK", CHUNK)
    sample = sampled(dataset, COUNT)
    examples = list(Example.objects.order_by("pk"))
    good = {example.pk: bool(number % 3) for number, example in enumerate(examples)}
    for number, example in enumerate(examples):
        example.turns = text(number, good=good[example.pk]).as_json()
    Example.objects.bulk_update(examples, ["turns"])
    Label.objects.bulk_create(
        Label(
            example=item.example, revision=1, item=item, by=cast.reviewer,
            verdict="good" if good[item.example_id] else "bad",
        )
        for item in queue_of(sample)[:LABELS]
    )  # fmt: skip
    return dataset


def test_killed_in_training_and_in_scoring(labelled: Dataset, project: Project, cast: Cast) -> None:
    done(classifier_train(project=project, by=None))
    job = classifier_train(project=project, by=None)
    for place in TRAINING:
        dies_in(place, job)
    assert JobPart.objects.get(job=job).state == JobPart.State.WAITING
    done(job)
    undisturbed, version = ClassifierVersion.objects.order_by("number")
    assert (version.number, version.labels_digest) == (2, undisturbed.labels_digest)
    assert version.digest == undisturbed.digest
    assert bytes(version.artefact) == bytes(undisturbed.artefact)
    assert version.evaluation == undisturbed.evaluation

    scoring = classifier_activate(version=version, by=cast.manager)
    assert scoring
    # In the second chunk, which is lost, and after it, when it is stored.
    dies_in("score-quality.before_commit", scoring, 2)
    assert JobPart.objects.get(job=scoring).done == CHUNK
    dies_in("score-quality.after_commit", scoring)
    assert Measurement.objects.exclude(quality=None).count() == 2 * CHUNK
    while active := Job.objects.active().first():
        job_work(active.pk)
    scoring.refresh_from_db()
    assert (scoring.state, scoring.result["scored"]) == (Job.State.DONE, COUNT)
    examples = list(Example.objects.order_by("pk"))
    scores = classifier_of(undisturbed.pk).scores(Texts.of([example.conversation for example in examples]))
    unseen = held_out_scores(undisturbed.pk)
    expected = [
        unseen.get((example.pk, 1), score) for example, score in zip(examples, scores.tolist(), strict=True)
    ]
    assert list(Measurement.objects.order_by("example").values_list("quality", flat=True)) == expected
    assert not scores_are_due(project)
