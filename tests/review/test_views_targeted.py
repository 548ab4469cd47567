"""Examples picked where they are browsed, sent to the targeted queue."""

import pytest
from django.test import Client

from annotate.models import Dataset, Example
from review.models import QueueItem
from review.views import targeted
from tests.cast import Cast, ClientOf, conversation, make_example
from tests.review.scene import words

pytestmark = pytest.mark.django_db
BROWSE, SEND = "/p/kitchen/browse/", "/p/kitchen/review/targeted/send/"


@pytest.fixture
def knives(dataset: Dataset) -> list[Example]:
    """Three submitted examples about knives, one of them withdrawn; and one about salt."""
    texts = [conversation(f"Which knife for {food}?") for food in ("bread", "fish", "cheese")]
    found = [make_example(dataset, text=text) for text in texts]
    Example.objects.filter(pk=found[2].pk).update(state=Example.State.WITHDRAWN)
    make_example(dataset, text=conversation("Why is salt added?"))
    return found


def send(client: Client, *picked: Example, **more: str) -> str:
    response = client.post(SEND, {"example": [one.public_id for one in picked], **more}, follow=True)
    return words(response)


def queued() -> list[int]:
    return [item.example_id for item in QueueItem.objects.filter(queue="targeted").order_by("key")]


def test_what_was_picked_is_queued_once(manager: Client, knives: list[Example], cast: Cast) -> None:
    page = manager.get(BROWSE).content.decode()
    assert f'action="{SEND}"' in page
    assert f'value="{knives[0].public_id}"' in page
    assert "1 example is queued for targeted review." in send(manager, knives[1])
    said = send(manager, *knives)
    assert "1 example is queued for targeted review. 2 were not: each waits for review already" in said
    assert queued() == [knives[1].pk, knives[0].pk]
    assert "Nothing was queued" in send(manager, *knives)
    assert "Pick at least one example." in send(manager)


def test_all_that_the_page_is_narrowed_to_are_queued_and_the_page_is_the_same_again(
    manager: Client, knives: list[Example], cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "All 3 examples, on every page" not in words(manager.get(BROWSE, {"q": "knife"}))  # all are on it
    response = manager.post(SEND, {"whole": "1", "back": f"{BROWSE}?q=knife"})
    assert response["Location"] == f"{BROWSE}?q=knife"
    assert queued() == [one.pk for one in knives[:2]]
    assert QueueItem.objects.earliest("pk").pick == {
        "by": "browse",
        "words": "knife",
        "asked_by": cast.manager.pk,
    }
    monkeypatch.setattr(targeted, "MOST", 3)
    assert "these are more than 3" in send(manager, whole="1", back=BROWSE)
    assert manager.post(SEND, {"whole": "1", "back": "https://elsewhere.example/"})["Location"] == BROWSE


def test_reviewers_pick_nothing(client_of: ClientOf, knives: list[Example]) -> None:
    page = client_of("reviewer").get(BROWSE).content.decode()
    assert "data-pick-page" not in page
    assert "targeted" not in page
