"""Labels are history: added by whoever holds the item, taken back by a further row, never changed."""

from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from accounts.models import User
from annotate.models import Dataset, Example, Project
from review.models import Label, QueueItem, Sample
from review.queries.outcomes import standing_labels, with_outcome
from review.services.claims import CLAIM_LEASE, ClaimLost, claim_next, claims_release
from review.services.labels import OwnWork, ReasonMissing, StaleRevision, label_add, label_undo
from tests.cast import Cast
from tests.review.scene import in_threads, queue_of, sampled

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)  # what other connections see

type Decide = Callable[..., Label]


@pytest.fixture
def sample(dataset: Dataset) -> Sample:
    return sampled(dataset, 3)


@pytest.fixture
def decide(project: Project, sample: Sample, cast: Cast) -> Decide:
    """Claim the next item for a role and decide it."""

    def decide(verdict: str = "good", role: str = "reviewer", **words: object) -> Label:
        item = claim_next(project=project, by=cast[role])
        assert item
        return label_add(item=item, by=cast[role], revision=1, verdict=verdict, **words)  # type: ignore[arg-type]

    return decide


def outcomes(sample: Sample) -> list[str]:
    """Return the outcome of each example in the order of the queue."""
    found = {example.pk: example.outcome for example in with_outcome(Example.objects.all())}
    return [found[item.example_id] for item in queue_of(sample)]


def test_a_label_decides_its_item(sample: Sample, decide: Decide, cast: Cast) -> None:
    label = decide("bad", reasons=["incorrect", "unsafe"], note="12 is not 13")
    item = queue_of(sample)[0]
    assert (label.item, label.example_id, label.revision, label.by) == (
        item,
        item.example_id,
        1,
        cast.reviewer,
    )
    assert (label.verdict, label.reasons, label.note) == ("bad", ["incorrect", "unsafe"], "12 is not 13")
    assert item.decided_at == label.at
    assert outcomes(sample) == ["bad", "unreviewed", "unreviewed"]


def test_a_good_label_keeps_no_reasons(decide: Decide) -> None:
    assert decide("good", reasons=["incorrect"]).reasons == []


def test_bad_without_a_reason_is_refused(sample: Sample, decide: Decide) -> None:
    with pytest.raises(ReasonMissing):
        decide("bad")
    assert not Label.objects.exists()
    assert queue_of(sample)[0].decided_at is None


@pytest.mark.parametrize(("verdict", "reasons"), [("undone", []), ("fine", []), ("bad", ["ugly"])])
def test_unknown_words_are_refused(decide: Decide, verdict: str, reasons: list[str]) -> None:
    with pytest.raises(ValueError, match=verdict if verdict != "bad" else "ugly"):
        decide(verdict, reasons=reasons)
    assert not Label.objects.exists()


def test_a_text_that_changed_is_not_labelled(sample: Sample, decide: Decide, cast: Cast) -> None:
    item = queue_of(sample)[0]
    claim_next(project=sample.dataset.project, by=cast.reviewer)
    Example.objects.filter(pk=item.example_id).update(revision=2)
    with pytest.raises(StaleRevision) as stale:
        label_add(item=item, by=cast.reviewer, revision=1, verdict="good")
    assert stale.value.current.revision == 2
    assert (queue_of(sample)[0].decided_at, Label.objects.count()) == (None, 0)
    assert label_add(item=item, by=cast.reviewer, revision=2, verdict="good").revision == 2


def test_a_lease_that_ran_out_is_no_matter_while_nobody_took_the_item(sample: Sample, cast: Cast) -> None:
    long_ago = timezone.now() - 3 * CLAIM_LEASE
    item = claim_next(project=sample.dataset.project, by=cast.reviewer, now=long_ago)
    assert item
    assert label_add(item=item, by=cast.reviewer, revision=1, verdict="good")


def test_an_item_that_was_given_back_can_still_be_decided(sample: Sample, cast: Cast) -> None:
    item = claim_next(project=sample.dataset.project, by=cast.reviewer)
    assert item
    claims_release(project=sample.dataset.project, by=cast.reviewer)
    assert label_add(item=item, by=cast.reviewer, revision=1, verdict="good")


def test_an_item_that_somebody_else_took_is_lost(sample: Sample, cast: Cast) -> None:
    project, long_ago = sample.dataset.project, timezone.now() - 3 * CLAIM_LEASE
    item = claim_next(project=project, by=cast.reviewer, now=long_ago)
    assert item
    assert claim_next(project=project, by=cast.manager) == item
    with pytest.raises(ClaimLost):
        label_add(item=item, by=cast.reviewer, revision=1, verdict="good")
    assert not Label.objects.exists()


def test_a_decided_item_is_lost_for_everybody_else(sample: Sample, decide: Decide, cast: Cast) -> None:
    label = decide()
    assert label.item
    with pytest.raises(ClaimLost):
        label_add(item=label.item, by=cast.manager, revision=1, verdict="good")


def test_the_same_decision_sent_twice_is_one_label(sample: Sample, decide: Decide, cast: Cast) -> None:
    label = decide("bad", reasons=["unsafe"])
    assert label.item
    again = label_add(item=label.item, by=cast.reviewer, revision=1, verdict="bad", reasons=["unsafe"])
    assert again == label
    with pytest.raises(ClaimLost):
        label_add(item=label.item, by=cast.reviewer, revision=1, verdict="good")
    assert Label.objects.count() == 1


@committed
def test_decisions_at_once_make_one_label(sample: Sample, cast: Cast) -> None:
    item = claim_next(project=sample.dataset.project, by=cast.reviewer)
    assert item

    def decide() -> int | None:
        try:
            return label_add(item=item, by=cast.reviewer, revision=1, verdict="good").pk
        except ClaimLost:
            return None

    assert set(in_threads([decide] * 8)) == {Label.objects.get().pk}


@pytest.mark.parametrize("field", ["author", "edited_by"])
def test_nobody_labels_their_own_work(sample: Sample, cast: Cast, field: str) -> None:
    item = queue_of(sample)[0]
    Example.objects.filter(pk=item.example_id).update(**{field: cast.reviewer})
    with pytest.raises(OwnWork):
        label_add(item=item, by=cast.reviewer, revision=1, verdict="good")
    assert (queue_of(sample)[0].decided_at, Label.objects.count()) == (None, 0)


def test_undo_takes_back_the_newest_decision_and_goes_on(sample: Sample, decide: Decide, cast: Cast) -> None:
    first, second, _ = queue_of(sample)
    decide("good")
    decide("bad", reasons=["unsafe"])

    def undo() -> QueueItem | None:
        return label_undo(project=sample.dataset.project, by=cast.reviewer)

    assert undo() == second
    assert outcomes(sample)[:2] == ["good", "unreviewed"]
    assert undo() == first
    assert undo() is None
    assert [label.verdict for label in Label.objects.order_by("pk")] == ["good", "bad", "undone", "undone"]
    assert not standing_labels().exists()


def test_an_undone_item_is_handed_to_the_same_person(sample: Sample, decide: Decide, cast: Cast) -> None:
    decide()
    item = label_undo(project=sample.dataset.project, by=cast.reviewer)
    assert item
    assert claim_next(project=sample.dataset.project, by=cast.manager) != item
    assert claim_next(project=sample.dataset.project, by=cast.reviewer) == item
    decide("bad", reasons=["unsafe"])
    assert outcomes(sample)[0] == "bad"
    assert label_undo(project=sample.dataset.project, by=cast.reviewer) == item


def test_undo_leaves_others_and_other_projects_alone(sample: Sample, decide: Decide, cast: Cast) -> None:
    decide(role="manager")
    assert label_undo(project=sample.dataset.project, by=cast.reviewer) is None
    assert label_undo(project=Project.objects.get(slug="elsewhere"), by=cast.manager) is None


@committed
def test_two_undos_at_once_take_back_two_decisions(sample: Sample, decide: Decide, cast: Cast) -> None:
    items = {decide().item, decide().item}
    project = sample.dataset.project
    undone = in_threads([lambda: label_undo(project=project, by=cast.reviewer)] * 4)
    assert {item for item in undone if item} == items
    assert Label.objects.filter(verdict="undone").count() == 2


def label(example: int, by: User, verdict: str, revision: int = 1) -> None:
    reasons = ["unsafe"] if verdict == "bad" else []
    Label.objects.create(example_id=example, revision=revision, verdict=verdict, reasons=reasons, by=by)


@pytest.mark.parametrize(
    ("given", "outcome"),
    [
        ([("reviewer", "good", 1)], "good"),
        ([("reviewer", "bad", 1)], "bad"),
        ([("reviewer", "bad", 1), ("manager", "good", 1)], "disputed"),
        ([("reviewer", "bad", 1), ("reviewer", "good", 1)], "good"),
        ([("reviewer", "bad", 1), ("reviewer", "undone", 1)], "unreviewed"),
        ([("reviewer", "good", 1), ("reviewer", "undone", 1), ("manager", "bad", 1)], "bad"),
        ([("reviewer", "good", 2)], "unreviewed"),
        ([("reviewer", "good", 1), ("reviewer", "bad", 2)], "unreviewed"),
    ],
)
def test_the_outcome_follows_from_the_labels_that_stand(
    sample: Sample, cast: Cast, given: list[tuple[str, str, int]], outcome: str
) -> None:
    example = queue_of(sample)[0].example_id
    for role, verdict, revision in given:
        label(example, cast[role], verdict, revision)
    assert outcomes(sample) == [outcome, "unreviewed", "unreviewed"]


@pytest.mark.parametrize(
    "statement", ["UPDATE review_label SET verdict = 'good'", "DELETE FROM review_label"]
)
def test_the_database_refuses_to_change_a_label(decide: Decide, statement: str) -> None:
    decide("bad", reasons=["unsafe"])
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert Label.objects.get().verdict == "bad"
