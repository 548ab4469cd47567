"""Reject: back to its author with a note, or out; mended it is looked at again, and the sample's outcome stays."""

from typing import Any

import pytest

from annotate.models import Dataset, Example, Membership, Project, Return
from annotate.services.examples import NotReady, example_reopen, example_submit, example_withdraw
from review.models import Label, Queue, QueueItem, Remedy, SampleItem
from review.models.queue import RANKS
from review.queries.outcomes import with_outcome
from review.services.claims import claim_next
from review.services.labels import StaleRevision, label_add, label_undo
from review.services.returns import NotRejectable, item_reject
from tests.cast import Cast, conversation
from tests.review.scene import in_threads, queue_of, sampled

MENDED = conversation(answer="Steam and carbon dioxide swell the dough until the crust sets and holds it.")
RETURNED, SUBMITTED, WITHDRAWN = Example.State.RETURNED, Example.State.SUBMITTED, Example.State.WITHDRAWN

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)  # what other connections see


@pytest.fixture
def item(dataset: Dataset, cast: Cast) -> QueueItem:
    item = queue_of(sampled(dataset, 1))[0]
    Example.objects.update(author=cast.annotator, edited_by=cast.annotator)
    return item


def reject(item: QueueItem, cast: Cast, **fields: Any) -> Label:
    given: dict[str, Any] = {
        "by": cast.reviewer,
        "revision": 1,
        "reasons": ["incorrect"],
        "note": "12 is not 13",
    }
    return item_reject(item=item, **given | fields)


def mend(item: QueueItem, cast: Cast) -> Example:
    return example_submit(example=now_at(item), conversation=MENDED, based_on=1, by=cast.annotator)


def now_at(item: QueueItem) -> Any:
    return with_outcome(Example.objects.all()).get(pk=item.example_id)


def test_it_goes_back_with_the_note_and_what_is_mended_is_looked_at(
    item: QueueItem, cast: Cast, project: Project
) -> None:
    reject(item, cast, seconds=12.5)
    returned = Return.objects.get()
    assert (returned.note, returned.reasons, returned.by) == ("12 is not 13", ["incorrect"], cast.reviewer)
    assert (returned.revision, returned.removed, now_at(item).state) == (1, False, RETURNED)
    assert claim_next(project=project, by=cast.manager) is None  # its author has it
    mend(item, cast)
    again = claim_next(project=project, by=cast.reviewer)
    assert again
    assert (again.queue, again.example_id) == (Queue.MENDED, item.example_id)
    label_add(item=again, by=cast.reviewer, revision=2, verdict="good")
    assert (now_at(item).state, now_at(item).outcome) == (SUBMITTED, "good")
    assert (SampleItem.objects.get().outcome, SampleItem.objects.get().revision) == ("bad", 1)


def test_mended_badly_it_goes_back_again(item: QueueItem, cast: Cast, project: Project) -> None:
    reject(item, cast)
    mend(item, cast)
    again = claim_next(project=project, by=cast.manager)
    assert again
    reject(again, cast, by=cast.manager, revision=2, note="Still not 13")
    assert [returned.note for returned in Return.objects.all()] == ["Still not 13", "12 is not 13"]
    assert QueueItem.objects.open().get().queue == Queue.MENDED


def test_removed_it_is_withdrawn_and_who_and_why_are_kept(item: QueueItem, cast: Cast) -> None:
    reject(item, cast, remove=True, note="")
    returned = Return.objects.get()
    assert (returned.removed, returned.by, returned.reasons) == (True, cast.reviewer, ["incorrect"])
    assert now_at(item).state == WITHDRAWN
    assert not QueueItem.objects.open().exists()
    assert SampleItem.objects.get().outcome == "bad"


def test_where_nobody_can_mend_it_only_removing_is_left(
    dataset: Dataset, item: QueueItem, cast: Cast
) -> None:
    Example.objects.update(author=None)
    with pytest.raises(NotRejectable, match="nobody to return it to"):
        reject(item, cast)
    Example.objects.update(author=cast.annotator)
    Membership.objects.filter(user=cast.annotator).update(role="reviewer")
    with pytest.raises(NotRejectable, match="nobody to return it to"):
        reject(item, cast)
    assert not Label.objects.exists()
    reject(item, cast, remove=True)
    assert now_at(item).state == WITHDRAWN


def test_it_says_what_to_mend_and_judges_the_text_as_it_is(item: QueueItem, cast: Cast) -> None:
    with pytest.raises(NotRejectable, match="what its author should mend"):
        reject(item, cast, note=" ")
    example_submit(example=now_at(item), conversation=MENDED, based_on=1, by=cast.annotator)
    with pytest.raises(StaleRevision):
        reject(item, cast)
    assert not Label.objects.exists()


def test_sent_twice_it_is_one_rejection(item: QueueItem, cast: Cast) -> None:
    assert reject(item, cast) == reject(item, cast)
    assert (Label.objects.count(), Return.objects.count()) == (1, 1)


def test_what_the_other_seat_sent_back_is_only_labelled(dataset: Dataset, cast: Cast) -> None:
    first, second = queue_of(sampled(dataset, 1, overlap=1.0))
    Example.objects.update(author=cast.annotator, edited_by=cast.annotator)
    reject(first, cast)
    for remove in (False, True):
        with pytest.raises(NotRejectable, match="Say good or bad"):
            reject(QueueItem.objects.get(pk=second.pk), cast, by=cast.manager, remove=remove)
    label_add(item=second, by=cast.manager, revision=1, verdict="bad", reasons=["incorrect"])
    assert SampleItem.objects.get().outcome == "bad"


@committed
def test_of_two_that_reject_at_once_one_does(dataset: Dataset, cast: Cast) -> None:
    first, second = queue_of(sampled(dataset, 1, overlap=1.0))
    Example.objects.update(author=cast.annotator, edited_by=cast.annotator)

    def attempt(item: QueueItem, by: Any) -> str:
        try:
            reject(item, cast, by=by)
        except (NotRejectable, StaleRevision):
            return "refused"
        return "done"

    results = in_threads([lambda: attempt(first, cast.reviewer), lambda: attempt(second, cast.manager)])
    assert sorted(results) == ["done", "refused"]
    assert (Return.objects.count(), Label.objects.count()) == (1, 1)


def test_of_a_gold_example_nothing_tells(item: QueueItem, cast: Cast) -> None:
    gold = QueueItem.objects.create(
        project=item.project, queue=Queue.GOLD, example=item.example, rank=RANKS[Queue.GOLD], key=b"", revision=1
    )  # fmt: skip
    with pytest.raises(NotRejectable, match="what its author should mend"):
        reject(gold, cast, note="")
    reject(gold, cast)
    assert (now_at(item).state, Return.objects.count(), Label.objects.get().queue) == (SUBMITTED, 0, "gold")


class TestTheAuthor:
    def test_changes_something_before_it_is_submitted_again(self, item: QueueItem, cast: Cast) -> None:
        reject(item, cast)
        example = now_at(item)
        with pytest.raises(NotReady, match="change what the note asks for"):
            example_submit(example=example, conversation=example.conversation, based_on=1, by=cast.annotator)

    def test_does_not_slip_by_when_it_is_withdrawn_and_put_back(self, item: QueueItem, cast: Cast) -> None:
        reject(item, cast)
        example_withdraw(example=now_at(item), by=cast.annotator)
        assert example_reopen(example=now_at(item), by=cast.annotator).state == RETURNED
        mend(item, cast)
        example_withdraw(example=now_at(item), by=cast.annotator)
        assert example_reopen(example=now_at(item), by=cast.annotator).state == SUBMITTED


class TestUndo:
    @pytest.mark.parametrize("remove", [False, True])
    def test_while_nobody_acted_it_is_as_before(
        self, item: QueueItem, cast: Cast, project: Project, remove: bool
    ) -> None:
        reject(item, cast, remove=remove)
        assert label_undo(project=project, by=cast.reviewer) == item
        assert (now_at(item).state, now_at(item).revision) == (SUBMITTED, 1)
        assert not Return.objects.exists()
        assert QueueItem.objects.get() == item
        assert Remedy.objects.get().undone_at
        reject(item, cast, note="Once more")
        assert now_at(item).state == RETURNED

    def test_once_it_is_mended_the_note_stays_and_the_old_text_is_judged(
        self, item: QueueItem, cast: Cast, project: Project
    ) -> None:
        reject(item, cast)
        mend(item, cast)
        again = label_undo(project=project, by=cast.reviewer)
        assert again
        assert (again.fixed_revision, now_at(item).revision, now_at(item).state) == (1, 2, SUBMITTED)
        assert Return.objects.exists()
        assert QueueItem.objects.filter(queue=Queue.MENDED).exists()
        label_add(item=again, by=cast.reviewer, revision=1, verdict="good")
        assert (SampleItem.objects.get().revision, now_at(item).outcome) == (1, "unreviewed")
