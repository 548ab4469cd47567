"""The pages of gold examples: which there are, how they are answered, and what their right label is."""

import pytest
from django.test import Client

from accounts.models import User
from annotate.models import Dataset, Example, Project
from review.models import GoldExample, Label, QueueItem, ReviewRules, Sample
from review.services.adjudication import adjudication_next
from review.services.labels import label_add
from tests.cast import Cast, ClientOf
from tests.review.people import ADJUDICATION, GOLD, LABELS, gold_answered
from tests.review.scene import imported, words

pytestmark = pytest.mark.django_db


def test_the_supply_is_said_plainly_and_doubtful_ones_are_marked(
    manager: Client, twice: Sample, dataset: Dataset, project: Project, cast: Cast, second: User
) -> None:
    assert "No gold example yet" in words(manager.get(GOLD))
    (gold, *_) = gold_answered(dataset, project, second, cast, [False])
    ReviewRules.objects.update(qualification=9)
    assert "1 gold example in use; qualification asks for 9; 8 more are needed." in words(manager.get(GOLD))
    assert "most answer otherwise" not in words(manager.get(GOLD))
    for person in (cast.reviewer, second):
        seat = QueueItem.objects.create(
            project=project, queue="gold", example=gold.example, rank=0, key=b"", for_user=person, revision=1
        )
        label_add(item=seat, by=person, revision=1, verdict="good")
    Example.objects.filter(pk=gold.example_id).update(revision=2)
    page = words(manager.get(GOLD))
    assert "most answer otherwise text changed since" in page
    assert "3 0 of 3" in page


def test_an_example_is_marked_retired_and_used_again(manager: Client, dataset: Dataset, cast: Cast) -> None:
    (example,) = Example.objects.filter(source_import=imported(dataset, 1))
    address = f"/p/kitchen/e/{example.public_id}/gold/"
    refused = manager.post(f"{address}save/", {"verdict": "bad", "revision": 1})
    assert refused.status_code == 422
    assert "pick at least one" in words(refused)
    manager.post(
        f"{address}save/", {"verdict": "bad", "reasons": ["unsafe"], "note": "Raw flour.", "revision": 7}
    )
    gold = GoldExample.objects.get()
    assert (gold.verdict, gold.reasons, gold.note, gold.revision) == ("bad", ["unsafe"], "Raw flour.", 1)
    assert "Raw flour." in words(manager.get(address))
    manager.post(f"{GOLD}{gold.pk}/retire/")
    gold.refresh_from_db()
    assert gold.retired_at
    assert "No gold example yet" in words(manager.get(GOLD))
    assert "unsafe" in words(manager.get(f"{GOLD}?show=retired"))
    manager.post(f"{GOLD}{gold.pk}/use/")
    used = GoldExample.objects.get()
    assert (used.retired_at, used.verdict) == (None, "bad")


def test_a_label_is_offered_as_the_right_one(manager: Client, twice: Sample, cast: Cast) -> None:
    label = Label.objects.filter(verdict="bad", by=cast.reviewer).earliest("pk")
    response = manager.get(f"/p/kitchen/e/{label.example.public_id}/gold/?label={label.pk}")
    assert response.context["verdict"] == "bad"
    assert response.context["card"]["chosen"] == ["unsafe"]


def test_ways_to_mark_one_are_there_for_managers_alone(
    manager: Client, client_of: ClientOf, twice: Sample, project: Project, cast: Cast
) -> None:
    label = Label.objects.filter(by=cast.reviewer).earliest("pk")
    form = f"/p/kitchen/e/{label.example.public_id}/gold/"
    places = {
        f"/p/kitchen/e/{label.example.public_id}/screening/": f'href="{form}"',
        f"/p/kitchen/d/{twice.dataset.slug}/sample/{twice.pk}/items/": f'href="{form}?label=',
        LABELS: f'href="{form}?label=',
    }
    for place, way in places.items():
        assert way in manager.get(place).content.decode()
        assert way not in client_of("reviewer").get(place).content.decode()
    adjudication_next(project=project, by=cast.manager, manages=True)
    assert 'name="gold"' in manager.get(ADJUDICATION).content.decode()
