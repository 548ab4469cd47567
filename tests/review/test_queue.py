"""The queue gives each item to one person at a time, and never one's own work."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import User
from annotate.models import Dataset, Example, Project
from review.models import Measurement, QueueItem, Sample, Skip
from review.policies import DEFAULT_POLICY, Policy
from review.queries.queue import QueueState, queue_state
from review.services.claims import (
    CLAIM_LEASE,
    claim_next,
    claims_release,
    item_skip,
)
from review.services.labels import label_add
from review.services.policies import policy_save
from tests.cast import Cast
from tests.review.scene import in_threads, queue_of, sampled

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)  # what other connections see
NOW = timezone.now()

type Claim = Callable[..., QueueItem | None]


@pytest.fixture
def sample(dataset: Dataset) -> Sample:
    return sampled(dataset, 3)


@pytest.fixture
def claim(project: Project, cast: Cast) -> Claim:
    """Claim for a role, at the stopped time of these tests unless told otherwise."""
    return lambda role="reviewer", **asked: claim_next(
        project=project, by=cast[role], **{"now": NOW, **asked}
    )


def test_items_come_in_the_order_of_their_keys(sample: Sample, claim: Claim, cast: Cast) -> None:
    for item in queue_of(sample):
        QueueItem.objects.filter(pk=item.pk).update(key=bytes(255 - byte for byte in bytes(item.key)))
    with connection.cursor() as cursor:  # without an index that happens to have the order
        cursor.execute("DISCARD PLANS; SET LOCAL enable_indexscan = off; SET LOCAL enable_bitmapscan = off")
    first, second, third = queue_of(sample)
    assert claim("reviewer") == first
    assert claim("manager") == second
    assert claim("annotator") == third
    assert claim("outsider") is None
    held = QueueItem.objects.get(pk=first.pk)
    assert (held.claimed_by, held.claimed_until) == (cast.reviewer, NOW + CLAIM_LEASE)


def test_the_same_person_gets_the_same_item_back(sample: Sample, claim: Claim) -> None:
    item = claim()
    again = claim(now=NOW + timedelta(minutes=5))
    assert again == item
    assert again and again.claimed_until == NOW + timedelta(minutes=5) + CLAIM_LEASE
    assert QueueItem.objects.exclude(claimed_by=None).count() == 1


def test_the_next_item_can_be_claimed_ahead_and_no_more(sample: Sample, claim: Claim) -> None:
    current = claim()
    ahead = claim(after=current)
    assert ahead == queue_of(sample)[1]
    assert claim(after=current) == ahead
    assert claim() == current
    assert QueueItem.objects.exclude(claimed_by=None).count() == 2


def test_after_a_decision_the_item_claimed_ahead_is_the_next(
    sample: Sample, claim: Claim, cast: Cast
) -> None:
    current = claim()
    assert current
    ahead = claim(after=current)
    label_add(item=current, by=cast.reviewer, revision=1, verdict="good")
    assert claim() == ahead


def test_a_claim_that_ran_out_goes_to_the_next_person(sample: Sample, claim: Claim) -> None:
    item = claim("reviewer")
    just_before = NOW + CLAIM_LEASE - timedelta(seconds=1)
    assert claim("manager", now=just_before) != item
    claims_release(project=sample.dataset.project, by=User.objects.get(email__startswith="manager"))
    assert claim("manager", now=NOW + CLAIM_LEASE) == item


@pytest.mark.parametrize("field", ["author", "edited_by"])
def test_own_work_is_never_offered(sample: Sample, claim: Claim, cast: Cast, field: str) -> None:
    Example.objects.update(**{field: cast.reviewer})
    assert claim("reviewer") is None
    assert claim("manager") == queue_of(sample)[0]


def test_own_work_that_is_held_is_not_given_back(sample: Sample, claim: Claim, cast: Cast) -> None:
    item = claim()
    assert item
    Example.objects.filter(pk=item.example_id).update(edited_by=cast.reviewer)
    assert claim() == queue_of(sample)[1]


@pytest.mark.parametrize("change", ["dropped", "edited", "withdrawn", "decided"])
def test_only_what_is_kept_and_open_is_handed_out(sample: Sample, claim: Claim, change: str) -> None:
    first, second, _ = queue_of(sample)
    match change:
        case "dropped":
            Measurement.objects.filter(example=first.example_id).update(tokens=1)
        case "edited":
            Example.objects.filter(pk=first.example_id).update(revision=2)
        case "withdrawn":
            Example.objects.filter(pk=first.example_id).update(state=Example.State.WITHDRAWN)
        case "decided":
            QueueItem.objects.filter(pk=first.pk).update(decided_at=NOW)
    assert claim() == second


def test_another_projects_items_are_not_handed_out(sample: Sample, cast: Cast) -> None:
    elsewhere = Project.objects.get(slug="elsewhere")
    assert claim_next(project=elsewhere, by=cast.reviewer) is None
    assert claim_next(project=sample.dataset.project, by=cast.reviewer)
    assert claim_next(project=elsewhere, by=cast.reviewer) is None
    QueueItem.objects.update(claimed_by=None, project=elsewhere)
    assert claim_next(project=elsewhere, by=cast.reviewer) == queue_of(sample)[0]


def test_an_earlier_sample_is_finished_first(sample: Sample, dataset: Dataset, claim: Claim) -> None:
    later = sampled(dataset, 1)
    assert claim() == queue_of(sample)[0]
    QueueItem.objects.filter(sample_item__sample=sample).update(decided_at=NOW)
    assert claim() == queue_of(later)[0]


def test_a_skipped_item_goes_to_somebody_else(sample: Sample, claim: Claim, cast: Cast) -> None:
    item = claim("reviewer")
    assert item
    item_skip(item=item, by=cast.reviewer, reason="I know the author")
    item_skip(item=item, by=cast.reviewer, reason="twice")
    assert Skip.objects.get().reason == "I know the author"
    assert claim("reviewer") == queue_of(sample)[1]
    assert claim("manager") == item


def test_skipping_does_not_take_the_item_from_somebody_else(sample: Sample, claim: Claim, cast: Cast) -> None:
    item = claim("manager")
    assert item
    item_skip(item=item, by=cast.reviewer)
    item.refresh_from_db()
    assert item.claimed_by == cast.manager


def test_releasing_gives_everything_back(sample: Sample, claim: Claim, cast: Cast) -> None:
    current = claim()
    claim(after=current)
    assert claims_release(project=sample.dataset.project, by=cast.reviewer) == 2
    assert claim("manager") == current


def test_a_claim_is_one_round_trip(sample: Sample, claim: Claim, django_assert_num_queries: Any) -> None:
    claim()
    with django_assert_num_queries(
        0
    ):  # what Django sees: the policy is remembered, the statement is prepared
        assert claim()


def test_a_policy_that_changed_is_noticed_at_the_next_claim(
    sample: Sample, claim: Claim, project: Project
) -> None:
    assert claim()
    format_limit, length = DEFAULT_POLICY.limits[:2]
    policy_save(project=project, policy=Policy((format_limit, replace(length, minimum=101))), by=None)
    assert claim() is None
    policy_save(project=project, policy=Policy((format_limit,)), by=None)
    assert claim() == queue_of(sample)[0]


@committed
def test_fifty_claimers_get_fifty_items(dataset: Dataset, project: Project) -> None:
    sampled(dataset, 50)
    people = [User.objects.create_user(f"reviewer{n}@winnow.example") for n in range(50)]
    claimed = in_threads([partial(claim_next, project=project, by=person) for person in people])
    assert None not in claimed
    assert len({item.pk for item in claimed if item}) == 50


@committed
def test_no_item_is_decided_twice_when_claimers_race_to_the_end(dataset: Dataset, project: Project) -> None:
    sample = sampled(dataset, 60)
    people = [User.objects.create_user(f"reviewer{n}@winnow.example") for n in range(12)]

    def work(person: User) -> list[int]:
        done = []
        while item := claim_next(project=project, by=person):
            label_add(item=item, by=person, revision=1, verdict="good")
            done.append(item.pk)
        return done

    handed_out = Counter(
        pk for done in in_threads([partial(work, person) for person in people]) for pk in done
    )
    # A claimer that looks while others hold the last items leaves; those that hold them decide them.
    assert handed_out == Counter(item.pk for item in queue_of(sample))


@committed
def test_an_item_that_is_being_taken_is_passed_over(sample: Sample, claim: Claim) -> None:
    with transaction.atomic():
        first = claim("reviewer")
        (second,) = in_threads([lambda: claim("manager")])
    assert [first, second] == queue_of(sample)[:2]


def test_the_queue_says_why_nothing_is_left(
    sample: Sample, claim: Claim, cast: Cast, project: Project
) -> None:
    first, second, third = queue_of(sample)
    assert queue_state(project, cast.reviewer, NOW) == QueueState(0, 0, 0, 0, 3)
    Measurement.objects.filter(example=first.example_id).update(tokens=1)
    claim("manager")
    item_skip(item=third, by=cast.reviewer)
    assert queue_state(project, cast.reviewer, NOW) == QueueState(dropped=1, own=0, skipped=1, held=1, free=0)
    assert queue_state(project, cast.manager, NOW) == QueueState(dropped=1, own=0, skipped=0, held=0, free=2)
    Example.objects.filter(pk=second.example_id).update(author=cast.reviewer)
    assert queue_state(project, cast.reviewer, NOW) == QueueState(dropped=1, own=1, skipped=1, held=0, free=0)
