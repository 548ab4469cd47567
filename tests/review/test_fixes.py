"""Fix and accept: the label stays with the bad text, the reviewer's own takes its place, and both can be taken back."""

from typing import Any

import pytest

from annotate.models import Dataset, Draft, Example, Project, Revision
from annotate.records import Conversation
from annotate.services.examples import NotReady, example_submit
from jobs.models import Job
from review.models import GoldExample, Label, Measurement, Queue, QueueItem, Remedy, SampleItem
from review.models.queue import RANKS
from review.queries.outcomes import with_outcome
from review.queries.policies import policy_of
from review.queries.releases import RELEASED, with_standing
from review.queries.rules import rules_of
from review.services.claims import ClaimLost, claim_next
from review.services.fixes import NotFixable, item_fix
from review.services.labels import OwnWork, ReasonMissing, StaleRevision, label_add, label_undo
from review.services.screening import screenings_catch_up
from tests.cast import ANSWER, Cast, conversation
from tests.review.scene import done, in_threads, queue_of, sampled

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)  # what other connections see

FIXED = conversation(answer=f"{ANSWER} So it is the gas that does it.")


@pytest.fixture
def item(dataset: Dataset) -> QueueItem:
    return queue_of(sampled(dataset, 1))[0]


def fix(item: QueueItem, cast: Cast, text: Conversation = FIXED, **fields: Any) -> Label:
    given: dict[str, Any] = {"by": cast.reviewer, "revision": 1, "reasons": ["incorrect"]}
    return item_fix(item=item, conversation=text, **given | fields)


def now_at(item: QueueItem) -> Any:
    return with_outcome(Example.objects.all()).get(pk=item.example_id)


def said(item: QueueItem) -> list[tuple[str, str, int]]:
    labels = Label.objects.filter(example=item.example_id).order_by("pk")
    return [(label.queue, label.verdict, label.revision) for label in labels]


def test_the_bad_text_keeps_its_label_and_the_fixed_one_is_accepted(item: QueueItem, cast: Cast) -> None:
    label = fix(item, cast, note="12 is not 13", seconds=40.5)
    assert (label.item, label.reasons, label.note, label.seconds) == (
        item,
        ["incorrect"],
        "12 is not 13",
        40.5,
    )
    assert said(item) == [("sample", "bad", 1), ("fix", "good", 2)]
    example = now_at(item)
    assert (example.revision, example.conversation, example.edited_by) == (2, FIXED, cast.reviewer)
    assert example.outcome == "good"
    assert Revision.objects.get().number == 1
    sampled_item = SampleItem.objects.get()
    assert (sampled_item.outcome, sampled_item.revision) == ("bad", 1)


def test_a_fix_is_measured_without_a_press_and_then_released(item: QueueItem, cast: Cast) -> None:
    fix(item, cast)
    dataset = item.example.dataset
    (job,) = screenings_catch_up()
    done(job)
    assert Measurement.objects.get().revision == 2
    done(Job.objects.active().get())  # whether it is a copy of another
    rows = with_standing([dataset], policy_of(dataset.project)[1])
    assert [(row.standing, row.conversation) for row in rows] == [(RELEASED, FIXED)]


def test_where_a_project_wants_it_somebody_else_looks_again(
    item: QueueItem, cast: Cast, project: Project
) -> None:
    rules = rules_of(project).stored
    rules.fix_second_look = True
    rules.save()
    fix(item, cast)
    assert said(item) == [("sample", "bad", 1)]
    assert now_at(item).outcome == "unreviewed"
    assert claim_next(project=project, by=cast.reviewer) is None
    second = claim_next(project=project, by=cast.manager)
    assert second
    assert (second.queue, second.example_id) == (Queue.MENDED, item.example_id)
    label_add(item=second, by=cast.manager, revision=2, verdict="good")
    assert now_at(item).outcome == "good"
    assert SampleItem.objects.get().outcome == "bad"
    # The first reviewer takes back what they said; the text that somebody has accepted since stays.
    label_undo(project=project, by=cast.reviewer)
    assert now_at(item).conversation == FIXED


def test_what_cannot_be_a_fix_is_refused_and_nothing_is_stored(item: QueueItem, cast: Cast) -> None:
    as_it_was = item.example.conversation
    with pytest.raises(NotFixable, match="as it was"):
        fix(item, cast, as_it_was)
    with pytest.raises(NotReady, match="empty"):
        fix(item, cast, conversation(answer=" "))
    with pytest.raises(ReasonMissing):
        fix(item, cast, reasons=[])
    with pytest.raises(StaleRevision):
        fix(item, cast, revision=2)
    assert said(item) == []
    assert now_at(item).conversation == as_it_was
    assert QueueItem.objects.get().decided_at is None


def test_nobody_fixes_their_own_or_what_somebody_else_holds(
    item: QueueItem, cast: Cast, project: Project
) -> None:
    claim_next(project=project, by=cast.manager)
    with pytest.raises(ClaimLost):
        fix(item, cast)
    Example.objects.update(author=cast.manager)
    with pytest.raises(OwnWork):
        fix(item, cast, by=cast.manager)
    assert said(item) == []


def test_a_text_that_was_edited_meanwhile_is_no_loss(item: QueueItem, cast: Cast) -> None:
    example_submit(
        example=item.example, conversation=conversation(answer="Gas."), based_on=1, by=cast.annotator
    )
    with pytest.raises(StaleRevision) as stale:
        fix(item, cast)
    assert stale.value.current.conversation == conversation(answer="Gas.")
    assert said(item) == []


def test_sent_twice_it_is_one_fix(item: QueueItem, cast: Cast) -> None:
    assert fix(item, cast) == fix(item, cast)
    assert said(item) == [("sample", "bad", 1), ("fix", "good", 2)]
    with pytest.raises(ClaimLost):
        fix(item, cast, note="something else")


@committed
def test_of_a_fix_and_an_edit_at_once_one_wins_and_nothing_is_half_done(item: QueueItem, cast: Cast) -> None:
    def edit() -> str:
        try:
            gas = conversation(answer="Gas.")
            example_submit(example=item.example, conversation=gas, based_on=1, by=cast.annotator)
        except Exception as refusal:  # noqa: BLE001  told by its name
            return type(refusal).__name__
        return "edited"

    def repair() -> str:
        try:
            fix(item, cast)
        except StaleRevision:
            return "stale"
        return "fixed"

    edited, repaired = in_threads([edit, repair])
    assert (edited, repaired) in {("edited", "stale"), ("StaleRevision", "fixed")}
    assert len(said(item)) == (2 if repaired == "fixed" else 0)
    assert Revision.objects.count() == 1


def test_a_second_seat_fixes_the_text_both_judge_but_not_an_older_one(
    dataset: Dataset, cast: Cast, project: Project
) -> None:
    first, second = queue_of(sampled(dataset, 1, overlap=1.0))
    label_add(item=first, by=cast.manager, revision=1, verdict="good")
    fix(second, cast)
    assert SampleItem.objects.get().outcome == "disputed"
    label_undo(project=project, by=cast.reviewer)  # the text is as it was, in a revision of its own
    second.refresh_from_db()
    fix(second, cast)
    label_undo(project=project, by=cast.reviewer)
    gas = conversation(answer="Gas.")
    example_submit(
        example=now_at(first), conversation=gas, based_on=now_at(first).revision, by=cast.annotator
    )
    with pytest.raises(NotFixable, match="as it was"):
        fix(QueueItem.objects.get(pk=second.pk), cast)
    label_add(item=second, by=cast.reviewer, revision=1, verdict="good")
    assert SampleItem.objects.get().outcome == "good"


class TestGold:
    @pytest.fixture
    def gold(self, item: QueueItem, cast: Cast) -> QueueItem:
        GoldExample.objects.create(
            project=item.project, example=item.example, revision=1, verdict="good", by=cast.manager
        )
        return QueueItem.objects.create(
            project=item.project, queue=Queue.GOLD, example=item.example, rank=RANKS[Queue.GOLD], key=b"",
            revision=1, for_user=cast.reviewer,
        )  # fmt: skip

    def test_it_is_said_and_refused_as_any_other_but_its_text_stays(
        self, gold: QueueItem, cast: Cast
    ) -> None:
        was = gold.example.conversation
        with pytest.raises(NotFixable, match="as it was"):
            fix(gold, cast, was)
        with pytest.raises(NotReady):
            fix(gold, cast, conversation(answer=" "))
        fix(gold, cast)
        assert said(gold) == [("gold", "bad", 1)]
        assert now_at(gold).conversation == was
        assert Draft.objects.get(user=cast.reviewer).conversation == FIXED
        assert not Remedy.objects.exists()


class TestUndo:
    def test_the_text_and_what_was_typed_come_back(
        self, item: QueueItem, cast: Cast, project: Project
    ) -> None:
        was = now_at(item)
        fix(item, cast)
        again = label_undo(project=project, by=cast.reviewer)
        assert again == item
        example = now_at(item)
        assert (example.revision, example.conversation, example.outcome) == (
            3,
            was.conversation,
            "unreviewed",
        )
        assert (example.edited_by, example.edited_at) == (None, was.edited_at)
        assert said(item)[2:] == [("fix", "undone", 2), ("sample", "undone", 1)]
        assert Draft.objects.get(user=cast.reviewer).conversation == FIXED
        assert SampleItem.objects.get().outcome is None
        # and they decide it anew, at the text as it is
        fix(item, cast, revision=3)
        assert now_at(item).conversation == FIXED
        assert SampleItem.objects.get().revision == 3

    def test_the_seat_for_a_second_look_goes_with_it(
        self, item: QueueItem, cast: Cast, project: Project
    ) -> None:
        rules = rules_of(project).stored
        rules.fix_second_look = True
        rules.save()
        fix(item, cast)
        label_undo(project=project, by=cast.reviewer)
        assert [seat.queue for seat in QueueItem.objects.all()] == [Queue.SAMPLE]
        assert now_at(item).revision == 3

    def test_what_somebody_changed_since_stays_and_the_old_text_is_judged(
        self, item: QueueItem, cast: Cast, project: Project
    ) -> None:
        fix(item, cast)
        better = conversation(answer="Better still.")
        example_submit(example=now_at(item), conversation=better, based_on=2, by=cast.manager)
        again = label_undo(project=project, by=cast.reviewer)
        assert again
        assert now_at(item).conversation == better
        assert again.fixed_revision == 1
        label_add(item=again, by=cast.reviewer, revision=1, verdict="good")
        assert (SampleItem.objects.get().outcome, SampleItem.objects.get().revision) == ("good", 1)
        assert now_at(item).outcome == "unreviewed"

    @committed
    def test_of_two_at_once_one_takes_it_back(self, item: QueueItem, cast: Cast, project: Project) -> None:
        fix(item, cast)
        undone = in_threads([lambda: label_undo(project=project, by=cast.reviewer)] * 2)
        assert sorted(found is None for found in undone) == [False, True]
        assert now_at(item).revision == 3
        assert Remedy.objects.get().undone_at is not None
