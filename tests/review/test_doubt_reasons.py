"""A training that ends asks for second looks at wrong labels, with why, by models that had not seen them."""

import pytest
from django.utils import timezone

from annotate.access import Access
from annotate.models import Dataset, Example, Project
from review.models import ClassifierVersion, Label, QueueItem
from review.queries.held_out import held_out_of, reasons_of
from review.queries.second_looks import doubt, second_looks
from review.services.classifiers import classifier_train
from tests.cast import Cast
from tests.review.scene import done, queue_of, sampled
from tests.review.test_classifiers import text

pytestmark = pytest.mark.django_db


def test_wrong_labels_wait_with_what_speaks_against_them(
    dataset: Dataset, project: Project, cast: Cast
) -> None:
    items = queue_of(sampled(dataset, 60))
    for number, item in enumerate(items):
        found = text(number, good=bool(number % 3))
        Example.objects.filter(pk=item.example_id).update(
            turns=found.as_json(), content_hash=found.content_hash()
        )
        right = (number % 3 > 0) == (number not in (0, 1))
        verdict = "good" if right else "bad"
        Label.objects.create(
            example_id=item.example_id, revision=1, item=item, verdict=verdict, by=cast.reviewer
        )
    QueueItem.objects.update(decided_at=timezone.now())
    done(classifier_train(project=project, by=cast.manager))
    version = ClassifierVersion.objects.get()
    wrong = {items[0].example_id, items[1].example_id}
    waiting = list(second_looks(project))
    assert {item.example_id for item in waiting} == wrong
    assert version.evaluation["beats_length"]
    doubted = set(map(str, held_out_of(version).label[held_out_of(version).own < 0.5].tolist()))
    assert set(reasons_of(version)) == doubted
    for item in waiting:
        seen = doubt(item, Access(cast.manager, project, "manager"))
        # The parts say the same as the score: against the label, which a model that knew it would defend.
        assert (sum(part.amount for part in seen.reasons) > 0) is (seen.verdict == "bad")
        assert seen.explanation is None
        assert len(seen.reasons) > 2
