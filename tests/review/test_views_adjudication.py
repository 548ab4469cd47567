"""The page of adjudication: what two label differently, settled by a third person or a manager."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from annotate.models import Dataset, Membership, Project
from review.http import item_code
from review.models import GoldExample, Label, QueueItem, Sample, SampleItem
from review.services.adjudication import adjudication_next
from review.services.pauses import reviewer_pause
from tests.cast import Cast, ClientOf
from tests.review.people import ADJUDICATION, LABELS, STREAM, say
from tests.review.scene import sampled, words

pytestmark = pytest.mark.django_db


def held(project: Project, by: User, *, manages: bool) -> str:
    item = adjudication_next(project=project, by=by, manages=manages)
    assert item
    return f"{ADJUDICATION}{item_code(item)}/settle/"


def test_both_labels_stand_side_by_side_and_the_managers_settles_them(
    manager: Client, twice: Sample, project: Project, cast: Cast, second: User, client_of: ClientOf
) -> None:
    assert "2 examples with two different labels" in words(manager.get(ADJUDICATION))
    assert manager.post(f"{ADJUDICATION}next/").status_code == 302
    page = words(manager.get(ADJUDICATION))
    assert f"“because of {cast.reviewer.pk}”" in page or "No note." in page
    assert "=Second" in page
    address = held(project, cast.manager, manages=True)
    assert manager.post(address, {"verdict": "bad", "revision": 1}).status_code == 422
    assert Label.objects.filter(queue="adjudication").count() == 0
    sent = {
        "verdict": "bad",
        "revision": 1,
        "reasons": ["incomplete"],
        "note": "Too short.",
        "seconds": "4.5",
        "gold": "on",
    }
    assert manager.post(address, sent).status_code == 302
    label = Label.objects.get(queue="adjudication")
    assert (label.verdict, label.reasons, label.note, label.seconds) == (
        "bad",
        ["incomplete"],
        "Too short.",
        4.5,
    )
    assert GoldExample.objects.get().example_id == label.example_id
    assert SampleItem.objects.filter(settled=True, outcome="bad").count() == 1
    assert manager.post(address, sent).status_code == 302  # sent twice is one label
    assert manager.post(address, sent | {"verdict": "good", "reasons": []}).status_code == 409
    page = words(client_of("reviewer").get(f"{LABELS}?kind=settled"))
    assert "Settled: Bad : incomplete “Too short.”" in page
    assert "Manager" not in page
    assert manager.post(f"{ADJUDICATION}undo/").status_code == 302
    assert SampleItem.objects.filter(outcome="disputed").count() == 2


def test_reviewers_settle_what_others_labelled_and_read_pseudonyms(
    client_of: ClientOf, twice: Sample, project: Project, cast: Cast, second: User
) -> None:
    assert "Nothing to settle for you" in words(client_of("reviewer").get(ADJUDICATION))
    third = User.objects.create_user("third@winnow.example")
    Membership.objects.create(project=project, user=third, role="reviewer")
    client = Client()
    client.force_login(third)
    address = held(project, third, manages=False)
    page = words(client.get(ADJUDICATION))
    assert cast.reviewer.pseudonym in page
    assert "=Second" not in page
    assert "gold" not in page
    client.post(address, {"verdict": "good", "revision": 1, "gold": "on"})
    assert Label.objects.filter(queue="adjudication", by=third, verdict="good").count() == 1
    assert not GoldExample.objects.exists()


def test_a_dispute_that_was_skipped_waits_for_somebody_else(
    manager: Client, twice: Sample, project: Project, cast: Cast
) -> None:
    for _ in range(2):
        manager.post(held(project, cast.manager, manages=True).replace("settle", "skip"))
    page = words(manager.get(ADJUDICATION))
    assert "Nothing to settle for you" in page
    assert "2 that you skipped wait for somebody else." in page
    assert manager.post(f"{ADJUDICATION}again/").status_code == 302
    assert QueueItem.objects.filter(queue="adjudication", claimed_by=cast.manager).exists()
    assert manager.get(ADJUDICATION).context["card"]


def test_who_can_be_given_no_dispute_reads_why(
    manager: Client, twice: Sample, project: Project, cast: Cast, second: User
) -> None:
    for person in (cast.annotator, second):
        adjudication_next(project=project, by=person, manages=True)
    assert "None is free for you now" in words(manager.post(f"{ADJUDICATION}next/", follow=True))
    reviewer_pause(project=project, user=cast.manager, note="Rest.", by=cast.manager)
    assert "You are paused in this project" in words(manager.post(f"{ADJUDICATION}next/", follow=True))


def test_only_what_was_settled_is_taken_back_there(
    manager: Client, twice: Sample, dataset: Dataset, project: Project, cast: Cast
) -> None:
    sampled(dataset, 1)
    say(project, cast.manager, "good")
    manager.post(f"{ADJUDICATION}undo/")
    assert not Label.objects.filter(verdict="undone").exists()


def test_no_seat_of_the_stream_is_settled(manager: Client, twice: Sample, dataset: Dataset) -> None:
    sampled(dataset, 1)
    item = QueueItem.objects.filter(queue="sample", decided_at=None).latest("pk")
    address = f"{ADJUDICATION}{item_code(item)}/settle/"
    assert manager.post(address, {"verdict": "good", "revision": 1}).status_code == 422
    manager.post(f"{ADJUDICATION}{item_code(item)}/skip/")
    assert not item.skips.exists()


def test_how_many_wait_stands_on_the_way_to_it_and_costs_no_decision_a_query(
    twice: Sample, manager: Client, client_of: ClientOf
) -> None:
    tab = '<a href="/p/kitchen/adjudication/">Adjudication <span class="count">2</span></a>'
    assert tab in manager.get(STREAM).content.decode()
    assert tab not in (own := client_of("reviewer").get(STREAM).content.decode())  # both are theirs
    assert "Adjudication" in own
    with CaptureQueriesContext(connection) as found:
        part = manager.post(f"{STREAM}next/", headers={"HX-Request": "true"})
    assert "tabs" not in part.content.decode()
    assert not [query for query in found if "disputed" in query["sql"]]
