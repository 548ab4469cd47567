"""The targeted queue is filled by the classifier, from what nobody judges anyway, and never enters an estimate."""

from typing import Any

import numpy as np
import pytest

from annotate.models import Dataset, Example, Project
from review.models import ClassifierVersion, Label, Measurement, Queue, QueueItem, Sample
from review.quality.matrices import Texts
from review.quality.picks import Pool, picks
from review.quality.strategies import Strategy
from review.queries.pools import pool_of
from review.queries.reports import sample_report
from review.queries.training_set import training_set
from review.services.classifiers import classifier_rules_save
from review.services.labels import label_add
from review.services.picks import picks_catch_up, picks_fill
from tests.cast import Cast
from tests.review.scene import measure, queue_of, sampled, unlike

pytestmark = pytest.mark.django_db


@pytest.fixture
def scored(dataset: Dataset, project: Project, cast: Cast) -> Sample:
    """A hundred examples of which sixty are sampled, forty-five of these labelled; scores rise with the examples."""
    sample = sampled(dataset, 100)
    for item in queue_of(sample)[:45]:
        Label.objects.create(example=item.example, revision=1, item=item, verdict="good", by=cast.reviewer)
    for number, example in enumerate(Example.objects.order_by("pk")):
        Measurement.objects.filter(example=example).update(quality=number / 100)
    ClassifierVersion.objects.create(
        project=project, number=3, step="words", good=1, bad=1, labels_digest="0", digest="1" * 64, artefact=b"",
        card="", evaluation={}, held_out=b"", seconds=0, activated_at=sample.created_at,
    )  # fmt: skip
    classifier_rules_save(project=project, by=cast.manager, targeted=10)
    return sample


def picked() -> list[QueueItem]:
    return list(QueueItem.objects.filter(queue=Queue.TARGETED).order_by("key"))


def test_half_is_random_and_half_unsure_and_each_says_why(scored: Sample, project: Project) -> None:
    assert picks_catch_up() == 10
    items = picked()
    assert not {item.example_id for item in items} & set(scored.items.values_list("example", flat=True))
    quality = dict(Measurement.objects.values_list("example", "quality"))
    for item in items:
        assert item.pick
        assert (item.pick["by"], item.pick["version"]) == ("classifier", 3)
        assert item.pick["score"] == quality[item.example_id]
        assert item.pick["words"]
        assert (item.pick["strategy"], item.pick["of"]) == ("spread", 40)
    random = [item for item in items if item.pick and item.pick["probability"] is not None]
    assert [item.pick["probability"] for item in random if item.pick] == [5 / 40] * 5


def test_those_by_score_are_picked_as_the_project_says(scored: Sample, project: Project, cast: Cast) -> None:
    classifier_rules_save(project=project, by=cast.manager, uncertain=1.0, strategy="lowest")
    outside = Example.objects.exclude(pk__in=scored.items.values("example")).order_by("measurement__quality")
    picks_fill(project=project)
    assert {item.example_id for item in picked()} == {example.pk for example in outside[:10]}
    assert {item.pick["strategy"] for item in picked() if item.pick} == {"lowest"}


@pytest.mark.parametrize("strategy", Strategy)
def test_what_is_read_of_the_pool_is_picked_as_from_all_of_it(
    scored: Sample, project: Project, strategy: Strategy
) -> None:
    # Two share each score, so that ties are told apart as well.
    for number, example in enumerate(Example.objects.order_by("pk")):
        Measurement.objects.filter(example=example).update(quality=number // 2 / 50)
    outside = Measurement.objects.exclude(example__in=scored.items.values("example"))
    rows = list(outside.values_list("example", "quality"))
    whole = Pool([str(pk) for pk, _ in rows], np.array([score for _, score in rows], float), text_of)
    for seed, share in ((7, 0.0), *((seed, 1.0) for seed in range(6))):
        read = pool_of(project, 1, seed, strategy)
        assert (len(read.ids) in {26, 27}, read.size) == (True, 40)
        some, all_of_it = (
            picks(each, 1, random_labels=40, seed=seed, share_random=share, strategy=strategy)
            for each in (read, whole)
        )
        assert some == all_of_it


def text_of(rows: Any) -> Texts:
    """Stand for the texts of one group, which is what a single pick is spread over."""
    return Texts.of([unlike(1)] * len(rows))


def test_each_filling_is_drawn_anew(scored: Sample, project: Project, cast: Cast) -> None:
    classifier_rules_save(project=project, by=cast.manager, uncertain=0.0, targeted=4)
    seeds = set()
    for _ in range(3):
        picks_fill(project=project)
        for item in picked():
            seeds.add(item.pick["seed"] if item.pick else None)
            item.delete()
    assert len(seeds) == 3


def test_it_is_filled_again_once_half_is_decided(scored: Sample, project: Project, cast: Cast) -> None:
    picks_fill(project=project)
    for number, item in enumerate(picked(), start=1):
        assert picks_fill(project=project) == 0
        label_add(item=item, by=cast.reviewer, revision=1, verdict="good")
        if number == 5:
            break
    assert picks_fill(project=project) == 5
    assert len({item.example_id for item in picked()}) == 15


def test_what_is_labelled_there_teaches_and_is_not_in_the_estimate(
    scored: Sample, project: Project, cast: Cast
) -> None:
    before = sample_report(scored)
    picks_fill(project=project)
    item = picked()[0]
    label_add(item=item, by=cast.reviewer, revision=1, verdict="bad", reasons=["unsafe"])
    assert sample_report(scored) == before
    (row,) = [row for row in training_set(project) if row.example == item.example_id]
    assert (row.good, row.random) == (False, False)


def test_nothing_is_picked_of_what_is_dropped_or_waits_for_review(
    scored: Sample, project: Project, cast: Cast
) -> None:
    outside = Example.objects.exclude(pk__in=scored.items.values("example")).order_by("pk")
    measure(outside[:20], tokens=1, quality=0.5)
    QueueItem.objects.create(project=project, queue="mended", example=outside[20], rank=10, key=b"1")
    classifier_rules_save(project=project, by=cast.manager, targeted=100)
    assert picks_fill(project=project) == 19


def test_without_an_active_classifier_or_a_wish_nothing_is_picked(
    scored: Sample, project: Project, cast: Cast
) -> None:
    classifier_rules_save(project=project, by=cast.manager, targeted=0)
    assert picks_fill(project=project) == 0
    classifier_rules_save(project=project, by=cast.manager, targeted=5)
    ClassifierVersion.objects.update(retired_at=scored.created_at)
    assert picks_fill(project=project) == 0
