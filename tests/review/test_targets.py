"""The targeted queue: after the samples, once for each example, never in an estimate."""

import pytest

from annotate.models import Dataset, Example, Project
from review.models import Queue, QueueItem, Sample
from review.queries.reports import sample_report
from review.services.claims import claim_next
from review.services.labels import label_add
from review.services.targets import targeted_add
from tests.cast import Cast
from tests.review.scene import imported, measure, sampled

pytestmark = pytest.mark.django_db
WHY = {"by": "browse", "words": "knives"}


@pytest.fixture
def others(dataset: Dataset) -> list[Example]:
    rows = list(Example.objects.filter(source_import=imported(dataset, 3)).order_by("-pk"))
    measure(rows)
    return rows


@pytest.fixture
def sample(dataset: Dataset) -> Sample:
    return sampled(dataset, 1)


def test_they_come_after_the_sample_in_the_order_they_were_asked_for(
    sample: Sample, others: list[Example], project: Project, cast: Cast
) -> None:
    assert targeted_add(project=project, examples=others, by=cast.manager, why=WHY) == 3
    seen = []
    while item := claim_next(project=project, by=cast.reviewer):
        label_add(item=item, by=cast.reviewer, revision=1, verdict="bad", reasons=["unsafe"])
        seen.append((item.queue, item.example_id))
    assert seen[0][0] == Queue.SAMPLE
    assert seen[1:] == [(Queue.TARGETED, row.pk) for row in others]
    pick = QueueItem.objects.filter(queue=Queue.TARGETED)[0].pick
    assert pick == {**WHY, "asked_by": cast.manager.pk}
    assert (sample_report(sample).found.bad, sample_report(sample).found.reviewed) == (1, 1)


def test_an_example_that_waits_already_is_not_doubled(
    sample: Sample, others: list[Example], project: Project, cast: Cast
) -> None:
    sampled_one = Example.objects.get(source_import=sample.source_import)
    assert targeted_add(project=project, examples=[sampled_one, *others[:1]], by=cast.manager, why=WHY) == 1
    assert targeted_add(project=project, examples=others * 2, by=cast.manager, why=WHY) == 2
    assert QueueItem.objects.count() == 4


def test_only_what_is_submitted_in_this_project_is_added(
    others: list[Example], project: Project, cast: Cast
) -> None:
    Example.objects.filter(pk=others[0].pk).update(state=Example.State.WITHDRAWN)
    elsewhere = Project.objects.get(slug="elsewhere")
    assert targeted_add(project=elsewhere, examples=others, by=cast.outsider, why=WHY) == 0
    assert targeted_add(project=project, examples=[row.pk for row in others], by=cast.manager, why=WHY) == 2
