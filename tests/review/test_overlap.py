"""An example that is labelled twice: two people, one text, and a dispute where they differ."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.models import User
from annotate.models import Dataset, Example, Membership, Project, Revision
from review.models import Label, Queue, QueueItem, Sample, SampleItem
from review.queries.outcomes import with_outcome
from review.queries.queue import queue_state
from review.services.adjudication import adjudicate, adjudication_next
from review.services.claims import CLAIM_LEASE, ClaimLost, claim_next, item_skip
from review.services.labels import OwnWork, StaleRevision, label_add, label_undo
from tests.cast import Cast
from tests.review.scene import in_threads, queue_of, sampled

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sample(dataset: Dataset) -> Sample:
    return sampled(dataset, 1, overlap=1.0)


@pytest.fixture
def second(project: Project, cast: Cast) -> User:
    person = User.objects.create_user("second@winnow.example")
    Membership.objects.create(project=project, user=person, role="reviewer")
    return person


def decide(project: Project, by: User, verdict: str, reason: str = "unsafe", revision: int = 1) -> Label:
    item = claim_next(project=project, by=by)
    assert item
    reasons = [reason] if verdict == "bad" else []
    return label_add(item=item, by=by, revision=revision, verdict=verdict, reasons=reasons)


def outcomes(sample: Sample) -> tuple[str | None, str]:
    """Return what the sample holds of its one example, and what the example's own labels say."""
    example: Any = with_outcome(Example.objects.all()).get()
    return SampleItem.objects.get(sample=sample).outcome, example.outcome


def test_both_seats_never_go_to_the_same_person(sample: Sample, project: Project, cast: Cast) -> None:
    first = claim_next(project=project, by=cast.reviewer)
    assert first
    assert claim_next(project=project, by=cast.reviewer, after=first) is None
    later = timezone.now() + 2 * CLAIM_LEASE
    assert claim_next(project=project, by=cast.reviewer, after=first, now=later) is None
    label_add(item=first, by=cast.reviewer, revision=1, verdict="good")
    assert claim_next(project=project, by=cast.reviewer) is None
    assert queue_state(project, cast.reviewer, timezone.now()).second == 1
    other = claim_next(project=project, by=cast.manager)
    assert other
    assert {first.queue, other.queue} == {Queue.SAMPLE, Queue.OVERLAP}


def test_a_page_that_names_the_other_seat_is_refused(sample: Sample, project: Project, cast: Cast) -> None:
    decide(project, cast.reviewer, "good")
    (open_,) = QueueItem.objects.open()
    with pytest.raises(ClaimLost):
        label_add(item=open_, by=cast.reviewer, revision=1, verdict="good")
    with pytest.raises(IntegrityError), transaction.atomic():
        QueueItem.objects.filter(pk=open_.pk).update(claimed_by=cast.reviewer)


@committed
def test_the_same_person_in_two_windows_gets_one_seat(sample: Sample, project: Project, cast: Cast) -> None:
    for _ in range(5):
        QueueItem.objects.update(claimed_by=None, claimed_until=None)
        in_threads([partial(claim_next, project=project, by=cast.reviewer)] * 4)
        assert QueueItem.objects.filter(claimed_by=cast.reviewer).count() == 1


def test_a_skipped_example_does_not_come_back_by_its_other_seat(
    sample: Sample, project: Project, cast: Cast
) -> None:
    item = claim_next(project=project, by=cast.reviewer)
    assert item
    item_skip(item=item, by=cast.reviewer)
    assert claim_next(project=project, by=cast.reviewer) is None
    assert queue_state(project, cast.reviewer, timezone.now()).skipped == 2
    assert claim_next(project=project, by=cast.manager) == item


def test_the_second_seat_judges_the_text_that_the_first_one_judged(
    sample: Sample, project: Project, cast: Cast
) -> None:
    decide(project, cast.reviewer, "good")
    Example.objects.update(revision=2, state=Example.State.WITHDRAWN)
    item = claim_next(project=project, by=cast.manager)
    assert item
    assert item.fixed_revision == 1
    with pytest.raises(StaleRevision):
        label_add(item=item, by=cast.manager, revision=2, verdict="good")
    assert label_add(item=item, by=cast.manager, revision=1, verdict="good").revision == 1
    assert SampleItem.objects.get().outcome == "good"


@pytest.mark.parametrize("edited_since", [False, True])
def test_nobody_judges_their_own_text_in_the_second_seat(
    sample: Sample, project: Project, cast: Cast, edited_since: bool
) -> None:
    decide(project, cast.reviewer, "good")
    example = Example.objects.get()
    Example.objects.update(edited_by=cast.manager)
    if edited_since:
        Revision.objects.create(
            example=example, number=1, turns=example.turns, edited_by=cast.manager, edited_at=timezone.now()
        )
        Example.objects.update(edited_by=cast.annotator, revision=2)
    assert claim_next(project=project, by=cast.manager) is None
    with pytest.raises(OwnWork):
        label_add(item=QueueItem.objects.open().get(), by=cast.manager, revision=1, verdict="good")
    if edited_since:  # who changed the text later judges the one before
        assert claim_next(project=project, by=cast.annotator)


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (["good", "bad"], "disputed"),
        (["bad", "good"], "disputed"),
        (["good", "good"], "good"),
        (["bad", "bad"], "bad"),
    ],
)
def test_differing_verdicts_are_a_dispute_and_differing_reasons_are_none(
    sample: Sample, project: Project, cast: Cast, said: list[str], outcome: str
) -> None:
    decide(project, cast.reviewer, said[0], "unsafe")
    decide(project, cast.manager, said[1], "incorrect")
    assert outcomes(sample) == (outcome, outcome)
    asked = QueueItem.objects.filter(queue=Queue.ADJUDICATION)
    assert asked.count() == (outcome == "disputed")
    assert claim_next(project=project, by=cast.annotator) is None  # it is no part of the stream


@committed
def test_two_decisions_in_the_same_instant_make_one_dispute(
    dataset: Dataset, project: Project, cast: Cast
) -> None:
    sample = sampled(dataset, 12, overlap=1.0)
    seats = {item.pk: (item.sample_item_id, item.queue) for item in queue_of(sample)}
    pairs = [
        (item, item.queue == Queue.SAMPLE) for item in QueueItem.objects.order_by("sample_item", "queue")
    ]

    def decide_one(item: QueueItem, first: bool) -> str:
        by, verdict = (cast.reviewer, "good") if first else (cast.manager, "bad")
        return label_add(item=item, by=by, revision=1, verdict=verdict, reasons=["unsafe"]).verdict

    assert len(in_threads([partial(decide_one, *pair) for pair in pairs])) == len(seats) == 24
    assert set(SampleItem.objects.values_list("outcome", flat=True)) == {"disputed"}
    assert QueueItem.objects.filter(queue=Queue.ADJUDICATION).count() == 12


@committed
def test_deciding_undoing_and_settling_at_once_do_not_block_each_other(
    sample: Sample, project: Project, cast: Cast, second: User
) -> None:
    def decide_and_undo(by: User, verdict: str) -> None:
        if item := claim_next(project=project, by=by):
            label_add(item=item, by=by, revision=1, verdict=verdict, reasons=["unsafe"])
            label_undo(project=project, by=by)

    def settle() -> None:
        if item := adjudication_next(project=project, by=cast.annotator, manages=False):
            adjudicate(item=item, by=cast.annotator, manages=False, revision=1, verdict="good")

    def often(work: Callable[[], None]) -> None:
        for _ in range(8):
            with suppress(ClaimLost):
                work()

    people: list[Callable[[], None]] = [
        partial(decide_and_undo, cast.reviewer, "good"),
        partial(decide_and_undo, second, "bad"),
        settle,
    ]
    in_threads([partial(often, each) for each in people])
    item = SampleItem.objects.get()
    settled = QueueItem.objects.filter(queue=Queue.ADJUDICATION, decided_at__isnull=False).exists()
    assert (item.outcome, item.settled) == (("good", True) if settled else (None, False))


def test_undo_of_either_label_renews_the_outcome(sample: Sample, project: Project, cast: Cast) -> None:
    decide(project, cast.reviewer, "good")
    decide(project, cast.manager, "bad")
    label_undo(project=project, by=cast.reviewer)
    assert outcomes(sample) == ("bad", "bad")
    assert adjudication_next(project=project, by=cast.annotator, manages=False) is None
    decide(project, cast.reviewer, "good")
    assert outcomes(sample) == ("disputed", "disputed")
    label_undo(project=project, by=cast.manager)
    label_undo(project=project, by=cast.reviewer)
    found = SampleItem.objects.get()
    assert (found.outcome, found.revision, found.outcome_at) == (None, None, None)
    assert QueueItem.objects.filter(queue=Queue.ADJUDICATION).count() == 1


def test_whoever_took_their_label_back_may_have_the_other_seat(
    sample: Sample, project: Project, cast: Cast
) -> None:
    decide(project, cast.reviewer, "good")
    item = label_undo(project=project, by=cast.reviewer)
    assert item
    QueueItem.objects.filter(pk=item.pk).update(claimed_by=None)
    decide(project, cast.manager, "good")
    assert claim_next(project=project, by=cast.reviewer)


def test_a_second_dispute_is_about_the_text_that_is_judged_then(
    sample: Sample, project: Project, cast: Cast
) -> None:
    decide(project, cast.reviewer, "good")
    decide(project, cast.manager, "bad")
    label_undo(project=project, by=cast.manager)
    label_undo(project=project, by=cast.reviewer)
    Example.objects.update(revision=2)
    Example.objects.get().measurement.__class__.objects.update(revision=2)
    decide(project, cast.reviewer, "good", revision=2)
    decide(project, cast.manager, "bad", revision=2)
    (asked,) = QueueItem.objects.filter(queue=Queue.ADJUDICATION)
    assert asked.fixed_revision == 2
