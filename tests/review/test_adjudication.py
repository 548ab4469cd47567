"""A dispute is settled by a third person or a manager; that label overrules, and can be taken back."""

from typing import Any

import pytest

from accounts.models import User
from annotate.access import Access
from annotate.models import Dataset, Example, Membership, Project
from review.models import DatasetDecision, Label, Queue, QueueItem, Sample, SampleItem
from review.policies import DEFAULT_POLICY
from review.queries.adjudication import dispute, disputes, disputes_for
from review.queries.outcomes import with_outcome
from review.queries.releases import with_standing
from review.services.adjudication import adjudicate, adjudication_next
from review.services.claims import ClaimLost, claim_next
from review.services.decisions import decision_record
from review.services.labels import label_add, label_undo
from tests.cast import Cast
from tests.review.scene import queue_of, sampled

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(project: Project, cast: Cast) -> User:
    person = User.objects.create_user("second@winnow.example", display_name="Second")
    Membership.objects.create(project=project, user=person, role="reviewer")
    return person


@pytest.fixture
def sample(dataset: Dataset, project: Project, cast: Cast, second: User) -> Sample:
    """Four examples, each labelled twice: two disputed, one good, one bad."""
    sample = sampled(dataset, 4, overlap=1.0)
    said = {cast.reviewer: ["good", "bad", "good", "bad"], second: ["bad", "good", "good", "bad"]}
    for by, verdicts in said.items():
        for verdict in verdicts:
            item = claim_next(project=project, by=by)
            assert item
            label_add(item=item, by=by, revision=1, verdict=verdict, reasons=["unsafe"], note=f"{by} says")
    return sample


def settle(project: Project, by: User, verdict: str, manages: bool = True) -> Label:
    item = adjudication_next(project=project, by=by, manages=manages)
    assert item
    return adjudicate(item=item, by=by, manages=manages, revision=1, verdict=verdict, reasons=["incorrect"])


def outcomes(sample: Sample) -> list[tuple[str | None, str]]:
    examples: Any = with_outcome(Example.objects.all())
    found = dict(examples.values_list("pk", "outcome"))
    items = SampleItem.objects.filter(sample=sample).order_by("key")
    return [(item.outcome, found[item.example_id]) for item in items]


def test_the_label_of_adjudication_settles(sample: Sample, project: Project, cast: Cast) -> None:
    assert [both[0] for both in outcomes(sample)] == ["disputed", "disputed", "good", "bad"]
    settle(project, cast.manager, "good")
    settle(project, cast.manager, "bad")
    assert outcomes(sample) == [(verdict, verdict) for verdict in ("good", "bad", "good", "bad")]
    assert adjudication_next(project=project, by=cast.manager, manages=True) is None


def test_taken_back_it_is_a_dispute_again(sample: Sample, project: Project, cast: Cast) -> None:
    label = settle(project, cast.manager, "good")
    assert label_undo(project=project, by=cast.manager) == label.item
    assert outcomes(sample)[0] == ("disputed", "disputed")
    assert adjudication_next(project=project, by=cast.manager, manages=True) == label.item
    settle(project, cast.manager, "bad")
    assert outcomes(sample)[0] == ("bad", "bad")


def test_what_is_settled_stays_so_when_a_label_beneath_it_is_given_anew(
    sample: Sample, project: Project, cast: Cast
) -> None:
    settle(project, cast.manager, "good")
    for _ in range(4):
        item = label_undo(project=project, by=cast.reviewer)
    assert item == queue_of(sample)[0] or item
    assert outcomes(sample)[0] == ("good", "good")
    label_add(item=item, by=cast.reviewer, revision=1, verdict="bad", reasons=["unsafe"])
    assert outcomes(sample)[0] == ("good", "good")


def test_a_reviewer_settles_only_what_they_did_not_label(
    sample: Sample, project: Project, cast: Cast, second: User
) -> None:
    assert adjudication_next(project=project, by=cast.reviewer, manages=False) is None
    item = disputes(project).first()
    assert item
    with pytest.raises(ClaimLost):
        adjudicate(item=item, by=cast.reviewer, manages=False, revision=1, verdict="good")
    assert settle(project, cast.annotator, "good", manages=False).item == item


def test_a_manager_settles_what_they_labelled_too_and_their_own_label_counts_again(
    sample: Sample, project: Project, cast: Cast
) -> None:
    settle(project, cast.reviewer, "bad")
    assert outcomes(sample)[0] == ("bad", "bad")
    label_undo(project=project, by=cast.reviewer)
    assert outcomes(sample)[0] == ("disputed", "disputed")


def test_nobody_settles_a_dispute_that_is_none_any_more(
    sample: Sample, project: Project, cast: Cast, second: User
) -> None:
    item = disputes(project).last()
    assert item
    for _ in range(3):
        label_undo(project=project, by=second)
    with pytest.raises(ClaimLost):
        adjudicate(item=item, by=cast.manager, manages=True, revision=1, verdict="good")
    assert outcomes(sample)[1] == ("bad", "bad")


def test_exactly_the_right_examples_are_released(sample: Sample, project: Project, cast: Cast) -> None:
    dataset = sample.dataset
    decision_record(dataset=dataset, verdict=DatasetDecision.Verdict.ACCEPTED, by=cast.manager)

    def standings() -> list[str]:
        found = dict(with_standing([dataset], DEFAULT_POLICY).values_list("pk", "standing"))
        return [found[item.example_id] for item in SampleItem.objects.order_by("key")]

    assert standings() == ["disputed", "disputed", "", "bad"]
    settle(project, cast.manager, "good")
    settle(project, cast.manager, "bad")
    assert standings() == ["", "bad", "", "bad"]
    label_undo(project=project, by=cast.manager)
    assert standings() == ["", "disputed", "", "bad"]


def test_a_dispute_shows_both_labels_the_text_and_who_has_it(
    sample: Sample, project: Project, cast: Cast, second: User
) -> None:
    judged = disputes(project)[0].example.conversation
    Example.objects.update(revision=1)
    manager = Access(cast.manager, project, "manager")
    third = Access(cast.annotator, project, "reviewer")
    first = adjudication_next(project=project, by=cast.annotator, manages=False)
    assert first == disputes_for(manager)[0] == disputes_for(third)[0]
    assert not disputes_for(Access(second, project, "reviewer"))
    seen = dispute(first, manager)
    assert [(each.name, each.label.verdict, each.label.note) for each in seen.opinions] == [
        ("Reviewer", "good", "Reviewer says"),
        ("Second", "bad", "Second says"),
    ]
    assert [reason.label for reason in seen.opinions[1].reasons] == ["unsafe"]
    assert (seen.conversation, seen.revision, seen.held_by) == (judged, 1, str(cast.annotator))
    by_third = dispute(first, third)
    assert [each.name for each in by_third.opinions] == [cast.reviewer.pseudonym, second.pseudonym]
    assert (by_third.held_by, by_third.mine) == ("", False)
    assert dispute(first, Access(second, project, "reviewer")).mine


def test_what_was_settled_says_who_did(sample: Sample, project: Project, cast: Cast) -> None:
    label = settle(project, cast.manager, "bad")
    item = QueueItem.objects.get(queue=Queue.ADJUDICATION, decided_at__isnull=False)
    seen = dispute(item, Access(cast.manager, project, "manager"))
    assert seen.settled and seen.settled.label == label
    assert len(disputes(project)) == 1
    assert QueueItem.objects.filter(queue=Queue.ADJUDICATION).count() == 2
