"""The estimate with the classifier's scores: which score goes with which label, and when it is not shown."""

import io
import json

import numpy as np
import pytest

from annotate.models import Dataset, Example, Project
from review.estimates.ppi import prediction_powered
from review.models import ClassifierVersion, Measurement, ReviewRules, Sample, SampleItem
from review.queries.powered import powered_of
from review.queries.sample_rows import Reviewed, reviewed_of
from tests.cast import Cast, ClientOf
from tests.review.scene import sampled, words

pytestmark = pytest.mark.django_db

NUMBER = 400


def held_out(rows: list[tuple[int, int, float]]) -> bytes:
    """Pack predictions as a training does: (example, revision, probability of good)."""
    packed = io.BytesIO()
    example, revision, probability = (np.array(column) for column in zip(*rows, strict=True))
    zeros = np.zeros(len(rows), np.int64)
    np.savez_compressed(
        packed, example=example, revision=revision, label=zeros, reviewer=zeros, good=zeros > 0,
        random=zeros == 0, probability=probability,
    )  # fmt: skip
    return packed.getvalue()


@pytest.fixture
def sample(dataset: Dataset, project: Project, cast: Cast) -> Sample:
    """240 of 400 examples are decided, each eighth of all is bad; all are scored, good ones by 0.9, bad ones by 0.2."""
    ReviewRules.objects.create(project=project, rate=0.6)
    found = sampled(dataset, NUMBER)
    examples = list(Example.objects.order_by("pk"))
    bad = {example.pk for example in examples[::8]}
    Measurement.objects.update(quality=0.9)
    Measurement.objects.filter(example__in=bad).update(quality=0.2)
    items = list(SampleItem.objects.filter(sample=found).order_by("pk"))
    for item in items:
        item.outcome, item.revision = ("bad" if item.example_id in bad else "good"), 1
        item.outcome_at = found.created_at
    SampleItem.objects.bulk_update(items, ["outcome", "revision", "outcome_at"])
    ClassifierVersion.objects.create(
        project=project, number=1, step="words", good=1, bad=1, labels_digest="0", digest="1" * 64, artefact=b"",
        card="", evaluation={}, held_out=held_out([(items[0].example_id, 1, 0.5)]), seconds=0,
        activated_at=found.created_at,
    )  # fmt: skip
    return found


def test_a_label_goes_with_the_score_of_a_fold_that_did_not_hold_it(sample: Sample) -> None:
    items = list(SampleItem.objects.filter(sample=sample).order_by("pk"))
    bad = np.array([item.outcome == "bad" for item in items])
    scores = np.where(bad, 0.8, 0.1)
    scores[0] = 0.5
    labelled = [item.example_id for item in items]
    left = Measurement.objects.exclude(example__in=labelled).values_list("quality", flat=True)
    others = float(np.mean([1 - (quality or 0) for quality in left]))
    assert (len(items), len(left)) == (240, 160)
    found = powered_of(sample)
    expected = prediction_powered(bad, scores, others=others, population=NUMBER)
    assert found
    assert (found.usable, found.reviewed, found.population) == (True, 240, NUMBER)
    assert found.share == pytest.approx(expected.share)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    assert found.share == pytest.approx(1 / 8, abs=0.01)


def test_it_is_not_shown_while_a_score_is_missing(sample: Sample) -> None:
    labelled = SampleItem.objects.filter(sample=sample).values("example")
    unscored = Measurement.objects.exclude(example__in=labelled).values("pk")[:2]
    Measurement.objects.filter(pk__in=list(unscored.values_list("pk", flat=True))).update(quality=None)
    found = powered_of(sample)
    assert found
    assert (found.usable, found.reason) == (False, "2 examples have no score yet")


def test_the_score_of_another_text_is_no_score(sample: Sample) -> None:
    item = SampleItem.objects.filter(sample=sample).order_by("pk")[1]
    Example.objects.filter(pk=item.example_id).update(revision=2)
    Measurement.objects.filter(example=item.example_id).update(revision=2)
    found = powered_of(sample)
    assert found
    assert found.reason == "1 example has no score yet"


def test_without_an_active_classifier_there_is_none(sample: Sample) -> None:
    ClassifierVersion.objects.update(retired_at=sample.created_at)
    assert powered_of(sample) is None


def test_the_report_shows_it_among_the_intervals(sample: Sample, client_of: ClientOf) -> None:
    address = f"/p/kitchen/d/baking/sample/{sample.pk}/"
    page = words(client_of("manager").get(address))
    assert "With the classifier's scores, 95 %" in page.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")
    assert "Counting in the classifier's scores of all 400" in page
    values = client_of("manager").get(f"{address}report.json").json()
    said = reviewed_of(sample)
    assert said.powered
    assert values["powered"]["share"] == said.powered.share
    assert Reviewed.from_json(json.loads(json.dumps(said.as_json()))) == said
