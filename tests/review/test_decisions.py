"""Estimates come from the labels on the sample; a decision stores those it was taken on."""

import hashlib
from dataclasses import asdict
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from annotate.models import Dataset, Example, Project
from review.estimates import estimate
from review.models import DatasetDecision, Measurement, Sample
from review.queries.outcomes import decision_of
from review.queries.reports import dataset_report, sample_report
from review.services.claims import claim_next
from review.services.decisions import decision_record
from review.services.labels import label_add, label_undo
from tests.cast import Cast
from tests.review.scene import queue_of, sampled

pytestmark = pytest.mark.django_db


@pytest.fixture
def sample(dataset: Dataset) -> Sample:
    return sampled(dataset, 100)


def decide(project: Project, cast: Cast, *verdicts: str) -> None:
    for verdict in verdicts:
        item = claim_next(project=project, by=cast.reviewer)
        assert item
        label_add(
            item=item, by=cast.reviewer, revision=item.example.revision, verdict=verdict, reasons=["unsafe"]
        )


def test_nothing_reviewed_is_no_estimate(sample: Sample) -> None:
    report = sample_report(sample)
    assert (report.items, report.found.reviewed, report.found.share) == (60, 0, None)
    assert report.sentence == "Nothing is reviewed yet."


def test_the_estimate_is_of_the_decided_items(sample: Sample, project: Project, cast: Cast) -> None:
    decide(project, cast, "good", "bad", "good", "good")
    report = sample_report(sample)
    assert report.found == estimate(1, 4, 100)
    assert report.sentence.startswith("1 of 4 reviewed is bad: 25.0 %")


def test_a_decision_taken_back_leaves_the_estimate(sample: Sample, project: Project, cast: Cast) -> None:
    decide(project, cast, "good", "bad")
    label_undo(project=project, by=cast.reviewer)
    assert sample_report(sample).found == estimate(0, 1, 100)


def test_the_estimate_is_of_what_the_limits_keep_and_withdrawing_betters_nothing(
    sample: Sample, project: Project, cast: Cast
) -> None:
    decide(project, cast, "bad", "bad", "good")
    dropped, withdrawn, *_ = queue_of(sample)
    Measurement.objects.filter(example=dropped.example_id).update(tokens=1)
    Example.objects.filter(pk=withdrawn.example_id).update(state=Example.State.WITHDRAWN)
    report = sample_report(sample)
    assert (report.items, report.found) == (59, estimate(1, 2, 99))


def test_mending_what_was_sampled_does_not_mend_the_estimate(
    sample: Sample, project: Project, cast: Cast
) -> None:
    decide(project, cast, "bad", "good")
    mended = queue_of(sample)[0].example_id
    Example.objects.filter(pk=mended).update(revision=2)
    Measurement.objects.filter(example=mended).update(revision=2)
    assert sample_report(sample).found == estimate(1, 2, 100)


def test_each_import_is_reported_for_itself(
    sample: Sample, dataset: Dataset, project: Project, cast: Cast
) -> None:
    other = sampled(dataset, 2)
    decide(project, cast, "bad")
    first, second = dataset_report(dataset).samples
    assert (first.sample, first.found) == (sample, estimate(1, 1, 100))
    assert (second.sample, second.found) == (other, estimate(0, 0, 2))


def test_a_decision_keeps_the_numbers_it_was_taken_on(
    sample: Sample, dataset: Dataset, project: Project, cast: Cast
) -> None:
    decide(project, cast, "good", "bad")
    decision = decision_record(dataset=dataset, verdict="accepted", note="good enough", by=cast.manager)
    decide(project, cast, "bad")
    decision.refresh_from_db()
    found = asdict(estimate(1, 2, 100))
    stage = sample.stages.get()
    assert decision.evidence == {
        "policy": 1,
        "samples": [
            {
                "sample": sample.pk, "import": str(sample.source_import), "bound": bytes(sample.bound).hex(),
                "seed_digest": hashlib.sha256(bytes(sample.seed)).hexdigest(),
                "draws": [[60, stage.population_digest]],
                "items": 60, "disputed": 0, "left": 58, "gone": 0, "aside": 0, "kept": 100, **found,
                "tolerated": 0.05, "wanted": 0.95, "recommended": "more",
            }
        ],
    }  # fmt: skip
    assert (decision.note, decision.by) == ("good enough", cast.manager)


def test_the_newest_decision_counts_and_the_earlier_stay(dataset: Dataset, cast: Cast) -> None:
    assert decision_of(dataset) is None
    decision_record(dataset=dataset, verdict="accepted", by=cast.manager)
    newest = decision_record(dataset=dataset, verdict="held", by=cast.manager)
    assert decision_of(dataset) == newest == dataset_report(dataset).decision
    assert DatasetDecision.objects.count() == 2


def test_an_unknown_verdict_is_refused(dataset: Dataset, cast: Cast) -> None:
    with pytest.raises(ValueError, match="splendid"):
        decision_record(dataset=dataset, verdict="splendid", by=cast.manager)


@pytest.mark.parametrize(
    "statement", ["UPDATE review_datasetdecision SET verdict = 'held'", "DELETE FROM review_datasetdecision"]
)
def test_the_database_refuses_to_change_a_decision(dataset: Dataset, cast: Cast, statement: str) -> None:
    decision_record(dataset=dataset, verdict="accepted", by=cast.manager)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_a_report_costs_the_same_for_any_number_of_labels(
    sample: Sample, project: Project, cast: Cast, django_assert_num_queries: Any
) -> None:
    decide(project, cast, "good", "bad", "bad")
    with django_assert_num_queries(4):  # the policy, the rules, the items, the population
        sample_report(sample)
