"""The review stream as a list over HTTP: claimed at once, decided one by one, each answered alone."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from annotate.models import Dataset
from review.http import item_code
from review.models import Label, QueueItem, ReviewRules, Sample, Skip
from review.services.claims import CLAIM_LEASE
from tests.cast import Cast, ClientOf
from tests.review.scene import queue_of, sampled

STREAM = "/p/kitchen/review/"
HTMX = {"HX-Request": "true"}
LIST = {"view": "list"}


@pytest.fixture
def sample(dataset: Dataset) -> Sample:
    drawn = sampled(dataset, 12)
    ReviewRules.objects.update(gold_rate=0.0)
    return drawn


@pytest.fixture
def reviewer(client_of: ClientOf, sample: Sample) -> Client:
    """The reviewer's browser with a list of ten before it."""
    client = client_of("reviewer")
    client.post(f"{STREAM}view/", {"n": "10"})
    client.post(f"{STREAM}next/", LIST | {"n": "10"}, headers=HTMX)
    return client


def send(client: Client, item: QueueItem, what: str = "label", **fields: Any) -> Any:
    address = f"{STREAM}item/{item_code(item)}/{what}/"
    return client.post(address, LIST | {"revision": 1} | fields, headers=HTMX)


def listed(response: Any) -> list[str]:
    return re.findall(r'id="entry-(\d+)"', response.content.decode())


def codes(items: list[QueueItem]) -> list[str]:
    return [str(item_code(item)) for item in items]


def test_the_list_is_remembered_and_an_address_may_ask_for_another(
    reviewer: Client, sample: Sample, cast: Cast
) -> None:
    items = queue_of(sample)
    assert listed(reviewer.get(STREAM)) == codes(items[:10])
    assert 'data-list="25"' in reviewer.get(f"{STREAM}?view=list&n=25").content.decode()
    assert 'data-list="10"' in reviewer.get(f"{STREAM}?view=list&n=7").content.decode()
    assert listed(reviewer.get(f"{STREAM}?view=focus")) == []
    cast.reviewer.refresh_from_db()
    assert cast.reviewer.preferences == {"review_list": 10}


def test_a_list_claims_as_many_as_it_shows_and_gives_them_back_when_it_is_left(
    reviewer: Client, sample: Sample, cast: Cast
) -> None:
    held = QueueItem.objects.filter(claimed_by=cast.reviewer)
    assert held.count() == 10
    filled = reviewer.post(f"{STREAM}next/", LIST | {"n": "25"}, headers=HTMX)
    assert listed(filled) == codes(queue_of(sample))
    reviewer.post(f"{STREAM}view/", {"n": "0"})
    assert held.count() == 0
    assert "data-start" in reviewer.get(STREAM).content.decode()


def test_a_decision_is_saved_at_once_and_answered_with_what_was_said(
    reviewer: Client, sample: Sample, cast: Cast
) -> None:
    items = queue_of(sample)
    answer = send(reviewer, items[3], verdict="bad", reasons=["unsafe"], seconds="4").content.decode()
    assert f'data-code="{item_code(items[3])}"' in answer
    assert "bad: unsafe" in answer
    assert "Saved as bad: unsafe." in answer
    assert "data-item" not in answer
    label = Label.objects.get()
    assert (label.item, label.reasons, label.seconds) == (items[3], ["unsafe"], 4.0)
    assert QueueItem.objects.open().filter(claimed_by=cast.reviewer).count() == 9


def test_a_skip_and_an_undo_name_their_example(reviewer: Client, sample: Sample) -> None:
    items = queue_of(sample)
    assert "Skipped." in send(reviewer, items[0], "skip", why="Too long for now").content.decode()
    assert Skip.objects.get().item == items[0]
    send(reviewer, items[1], verdict="good")
    answer = reviewer.post(f"{STREAM}undo/", LIST, headers=HTMX).content.decode()
    assert f'data-code="{item_code(items[1])}"' in answer
    assert 'data-done="-1"' in answer
    assert 'data-code=""' in reviewer.post(f"{STREAM}undo/", LIST, headers=HTMX).content.decode()


def test_what_cannot_be_saved_comes_back_alone_with_the_reason(
    reviewer: Client, sample: Sample, cast: Cast
) -> None:
    items = queue_of(sample)
    refused = send(reviewer, items[2], verdict="bad", note="as it was")
    assert (refused.status_code, listed(refused)) == (422, codes(items[2:3]))
    assert "pick at least one reason" in refused.content.decode()
    assert "as it was" in refused.content.decode()
    QueueItem.objects.filter(pk=items[2].pk).update(claimed_by=cast.manager)
    lost = send(reviewer, items[2], verdict="good")
    assert lost.status_code == 409
    assert "somebody else has it" in lost.content.decode()


def test_leases_that_run_low_are_renewed_by_a_decision(reviewer: Client, sample: Sample, cast: Cast) -> None:
    items, now = queue_of(sample), timezone.now()
    low, fresh = now + timedelta(minutes=5), now + timedelta(minutes=15)
    QueueItem.objects.filter(pk=items[1].pk).update(claimed_until=low)
    QueueItem.objects.filter(pk=items[2].pk).update(claimed_until=fresh)
    answer = send(reviewer, items[0], verdict="good").content.decode()
    assert f'data-lease="{fresh.isoformat()[:16]}' in answer
    one, other = (QueueItem.objects.get(pk=item.pk).claimed_until for item in items[1:3])
    assert one is not None
    assert one >= now + CLAIM_LEASE
    assert other == fresh
