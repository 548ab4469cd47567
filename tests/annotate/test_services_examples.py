"""Drafts, submissions, edits and conflicts."""

import threading

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from annotate.models import Dataset, Draft, Example, Revision
from annotate.records import Conversation, Turn
from annotate.services import examples as services
from tests.cast import ANSWER, QUESTION, Cast, conversation, make_example

pytestmark = pytest.mark.django_db


def answers(text: str) -> Conversation:
    return conversation(answer=text)


def test_a_draft_becomes_revision_one_when_submitted(cast: Cast, dataset: Dataset) -> None:
    example = services.draft_start(dataset=dataset, by=cast.annotator)
    services.draft_save(example=example, by=cast.annotator, conversation=conversation(), based_on=1, saves=1)
    done = services.example_submit(
        example=example, conversation=conversation(), based_on=1, by=cast.annotator
    )
    assert (done.state, done.revision, done.conversation.turns[1].content) == (
        Example.State.SUBMITTED,
        1,
        ANSWER,
    )
    assert not Draft.objects.exists()
    assert not Revision.objects.exists()


def test_an_edit_raises_the_revision_and_keeps_the_text_it_replaced(cast: Cast, dataset: Dataset) -> None:
    example = make_example(dataset, author=cast.annotator)
    services.example_submit(example=example, conversation=answers("Steam."), based_on=1, by=cast.manager)
    example.refresh_from_db()
    old = Revision.objects.get(example=example)
    assert (example.revision, example.edited_by, example.turns[1]["content"]) == (2, cast.manager, "Steam.")
    assert (old.number, old.edited_by, old.turns[1]["content"]) == (1, cast.annotator, ANSWER)


def test_submitting_the_same_text_makes_no_revision(cast: Cast, dataset: Dataset) -> None:
    example = make_example(dataset, author=cast.annotator)
    services.example_submit(example=example, conversation=conversation(), based_on=1, by=cast.manager)
    example.refresh_from_db()
    assert (example.revision, example.edited_by) == (1, cast.annotator)


@pytest.mark.parametrize("based_on", [1, 3])
def test_an_edit_based_on_another_revision_is_refused(cast: Cast, dataset: Dataset, based_on: int) -> None:
    example = make_example(dataset, author=cast.annotator)
    services.example_submit(example=example, conversation=answers("Steam."), based_on=1, by=cast.manager)
    with pytest.raises(services.StaleRevision) as stale:
        services.example_submit(
            example=example, conversation=answers("Yeast."), based_on=based_on, by=cast.annotator
        )
    assert stale.value.current.turns[1]["content"] == "Steam."
    assert Revision.objects.count() == 1


@pytest.mark.parametrize(
    ("turns", "words"),
    [
        ((), "Nothing is written"),
        ((Turn("user", QUESTION), Turn("user", QUESTION), Turn("assistant", ANSWER)), "user"),
        ((Turn("user", QUESTION), Turn("assistant", " ")), "empty"),
    ],
)
def test_a_text_that_is_not_ready_says_why(
    cast: Cast, dataset: Dataset, turns: tuple[Turn, ...], words: str
) -> None:
    example = services.draft_start(dataset=dataset, by=cast.annotator)
    with pytest.raises(services.NotReady, match=words):
        services.example_submit(
            example=example, conversation=Conversation(turns), based_on=1, by=cast.annotator
        )


def test_two_windows_do_not_overwrite_each_others_draft(cast: Cast, dataset: Dataset) -> None:
    example = services.draft_start(dataset=dataset, by=cast.annotator)
    services.draft_save(
        example=example, by=cast.annotator, conversation=answers("first"), based_on=1, saves=1
    )
    with pytest.raises(services.StaleDraft) as stale:
        services.draft_save(
            example=example, by=cast.annotator, conversation=answers("second"), based_on=1, saves=1
        )
    assert stale.value.current.turns[1]["content"] == "first"


def test_discarding_a_new_draft_leaves_nothing(cast: Cast, dataset: Dataset) -> None:
    example = services.draft_start(dataset=dataset, by=cast.annotator)
    services.draft_discard(example=example, by=cast.annotator)
    assert not Example.objects.exists()


def test_discarding_an_edit_leaves_the_example(cast: Cast, dataset: Dataset) -> None:
    example = make_example(dataset, author=cast.annotator)
    services.draft_save(example=example, by=cast.annotator, conversation=answers("x"), based_on=1, saves=0)
    services.draft_discard(example=example, by=cast.annotator)
    assert Example.objects.filter(pk=example.pk).exists()
    assert not Draft.objects.exists()


def test_restoring_makes_a_new_revision_of_the_old_text(cast: Cast, dataset: Dataset) -> None:
    example = make_example(dataset, author=cast.annotator)
    services.example_submit(example=example, conversation=answers("Steam."), based_on=1, by=cast.manager)
    services.example_restore(example=example, number=1, based_on=2, by=cast.annotator)
    example.refresh_from_db()
    assert (example.revision, example.turns[1]["content"]) == (3, ANSWER)


def test_the_database_refuses_to_change_or_delete_a_revision(cast: Cast, dataset: Dataset) -> None:
    example = make_example(dataset, author=cast.annotator)
    services.example_submit(example=example, conversation=answers("Steam."), based_on=1, by=cast.manager)
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Revision.objects.update(turns=[])
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Revision.objects.all().delete()


@pytest.mark.django_db(transaction=True)
def test_of_ten_edits_at_once_one_wins(cast: Cast, dataset: Dataset) -> None:
    example = make_example(dataset, author=cast.annotator)
    gate = threading.Barrier(10)
    outcomes: list[str] = []

    def edit(number: int) -> None:
        gate.wait()
        try:
            text = answers(f"Answer {number}.")
            services.example_submit(example=example, conversation=text, based_on=1, by=cast.manager)
            outcomes.append("saved")
        except services.StaleRevision:
            outcomes.append("stale")
        finally:
            connection.close()

    threads = [threading.Thread(target=edit, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["saved"] + ["stale"] * 9
    assert Revision.objects.count() == 1
