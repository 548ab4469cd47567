"""The pages of selections: asking for one, what one holds, its list, releasing it."""

import csv
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from annotate.models import Dataset, Example, Project
from jobs.models import Job
from review.models import ClassifierVersion, QueueItem, Release, Selection
from review.services.decisions import decision_record
from review.views.selection_context import score_figure, topic_bars
from tests.cast import Cast, ClientOf
from tests.review.scene import classifier_version, imported, measure, selected, words

pytestmark = pytest.mark.django_db
LIST = "/p/kitchen/selections/"


@pytest.fixture
def version(project: Project) -> ClassifierVersion:
    return classifier_version(project, activated_at=timezone.now())


@pytest.fixture
def scored(dataset: Dataset, version: ClassifierVersion) -> list[Example]:
    """Three approved examples with a score."""
    source = imported(dataset, 3)
    examples = list(Example.objects.filter(source_import=source).order_by("pk"))
    measure(examples, quality=0.75)
    decision_record(dataset=dataset, verdict="accepted", by=None)
    return examples


@pytest.fixture
def selection(scored: list[Example], version: ClassifierVersion) -> Selection:
    return selected(version, scored)


def page_of(selection: Selection, name: str = "selection") -> str:
    return reverse(f"review:{name}", args=["kitchen", selection.public_id])


def test_without_scores_the_way_leads_to_the_classifier(manager: Client, dataset: Dataset) -> None:
    page = manager.get(LIST)
    assert "Nothing has a score yet" in words(page)
    assert 'href="/p/kitchen/classifier/"' in page.content.decode()
    assert "Select the best" not in words(page)


def test_only_a_manager_gets_the_form(client_of: ClientOf, selection: Selection) -> None:
    manager, reviewer = (words(client_of(role).get(LIST)) for role in ("manager", "reviewer"))
    assert "Select the best" in manager
    assert "Select the best" not in reviewer
    assert "Best Baking version 1 3 of 5" in reviewer


def test_asking_for_one_leads_to_its_progress(manager: Client, scored: list[Example], cast: Cast) -> None:
    fields = {
        "size": "2",
        "datasets": ["baking"],
        "spread": "20.0",
        "topics": "9",
        "seed": "4",
        "name": "Few",
    }
    answer = manager.post(f"{LIST}new/", fields, follow=True)
    made = Selection.objects.get()
    assert (made.name, made.size, made.spread, made.topics, made.seed) == ("Few", 2, 20.0, 9, 4)
    assert (made.by, list(made.datasets.values_list("slug", flat=True))) == (cast.manager, ["baking"])
    assert f"/jobs/{Job.objects.get(kind='make-selection').public_id}/progress/" in answer.content.decode()
    again = manager.get(f"{LIST}?like={made.public_id}").content.decode()
    assert 'value="20.0" selected' in again
    assert 'name="size" value="2"' in again


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"size": "0"}, "greater than or equal to 1"),
        ({"size": "2", "spread": "1.0"}, "Choose at least one dataset."),
        ({"size": "2", "spread": "7"}, "Select a valid choice"),
        (
            {"size": "2", "spread": "1.0", "datasets": ["baking"], "name": "Best"},
            "There is a selection “Best” already",
        ),
    ],
)
def test_what_cannot_be_is_refused_in_words(
    manager: Client, selection: Selection, fields: dict[str, Any], said: str
) -> None:
    answer = manager.post(f"{LIST}new/", {"topics": "50", "seed": "0", **fields})
    assert answer.status_code == 422
    assert said in words(answer)
    assert Selection.objects.count() == 1


def test_where_nothing_is_approved_the_form_says_so(
    manager: Client, scored: list[Example], dataset: Dataset
) -> None:
    decision_record(dataset=dataset, verdict="held", by=None)
    fields = {"size": "2", "datasets": ["baking"], "spread": "1.0", "topics": "9", "seed": "0"}
    answer = manager.post(f"{LIST}new/", fields)
    assert answer.status_code == 422
    assert "Nothing of these datasets would be released now" in words(answer)


def test_a_finished_one_shows_what_it_holds(
    manager: Client, selection: Selection, scored: list[Example]
) -> None:
    Example.objects.filter(pk=scored[1].pk).update(revision=2)
    answer = manager.get(page_of(selection))
    page = words(answer)
    assert "Chosen 3 Chosen from 5" in page
    assert "bread, yeast 100.0 % 5 100.0 % 3" in page
    assert "0.50 to 1.00 5 100 % 3 100 %" in page
    assert page.count("edited since") == 1
    assert f"1 {scored[0]} bread, yeast Baking 0.750" in page
    assert "manage.py verify_selection --project kitchen Best" in page
    assert f"/p/kitchen/releases/?selection={selection.public_id}" in answer.content.decode()


def test_the_list_has_pages_in_both_directions(
    manager: Client, scored: list[Example], version: ClassifierVersion, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("review.views.selection_context.PAGE_SIZE", 2)
    address = page_of(selected(version, scored))
    first, last = manager.get(address), manager.get(f"{address}?after=2")
    assert [row.item.position for row in first.context["rows"]] == [1, 2]
    assert (first.context["previous"], first.context["next"]) == (None, "?after=2")
    assert [row.item.position for row in last.context["rows"]] == [3]
    assert (last.context["previous"], last.context["next"]) == ("?before=3", None)
    back = manager.get(f"{address}?before=3")
    assert [row.item.position for row in back.context["rows"]] == [1, 2]


def test_a_reviewer_sees_nothing_of_what_they_are_to_decide_now(
    client_of: ClientOf, selection: Selection, scored: list[Example], cast: Cast
) -> None:
    QueueItem.objects.create(
        project=selection.project, queue="targeted", example=scored[1], rank=30, key=b"0" * 32,
        claimed_by=cast.reviewer, claimed_until=timezone.now() + timedelta(minutes=5),
    )  # fmt: skip
    reviewer, ids = client_of("reviewer"), {}
    for role, client in (("reviewer", reviewer), ("manager", client_of("manager"))):
        answer = client.get(page_of(selection, "selection_csv"))
        rows = list(csv.DictReader(b"".join(answer.streaming_content).decode().splitlines()))  # type: ignore[attr-defined]
        ids[role] = [row["id"] for row in rows]
        assert rows[0] == {
            "place": "1", "id": str(scored[0].public_id), "revision": "1", "score": "0.75", "topic": "1",
            "words": "bread, yeast",
        }  # fmt: skip
    assert ids["manager"] == [str(example.public_id) for example in scored]
    assert ids["reviewer"] == [str(scored[0].public_id), str(scored[2].public_id)]
    page = words(reviewer.get(page_of(selection)))
    assert "2 Shown once you have decided on it" in page
    assert str(scored[1]) not in page


def test_it_is_released_from_a_form_that_is_set(manager: Client, selection: Selection) -> None:
    page = manager.get(f"/p/kitchen/releases/?selection={selection.public_id}").content.decode()
    assert f'value="{selection.public_id}" selected' in page
    fields = {"selection": str(selection.public_id), "format": "alpaca", "best_first": "on"}
    assert manager.post("/p/kitchen/releases/new/", fields).status_code == 302
    release = Release.objects.get()
    assert (release.selection, release.best_first) == (selection, True)
    assert "release-1" in words(manager.get(page_of(selection)))


def test_a_release_that_cannot_be_as_asked_is_refused_beside_the_field(
    manager: Client, selection: Selection
) -> None:
    fields = {"selection": str(selection.public_id), "format": "alpaca"}
    ClassifierVersion.objects.update(retired_at=timezone.now())
    answer = manager.post("/p/kitchen/releases/new/", {**fields, "best_first": "on"})
    assert answer.status_code == 422
    assert "nothing can stand in the order of scores" in words(answer)
    Example.objects.update(state=Example.State.WITHDRAWN)
    answer = manager.post("/p/kitchen/releases/new/", fields)
    assert "The limits keep nothing" in words(answer) or "nothing in these datasets" in words(answer)
    assert not Release.objects.exists()


def test_it_is_deleted_unless_a_release_is_of_it(manager: Client, selection: Selection) -> None:
    release = Release.objects.create(
        project=selection.project, name="spring", format="alpaca", selection=selection
    )
    answer = manager.post(page_of(selection, "selection_gone"), follow=True)
    assert "The release “spring” is of this selection" in words(answer)
    release.delete()
    answer = manager.post(page_of(selection, "selection_gone"), follow=True)
    assert "The selection “Best” is deleted" in words(answer)
    assert not Selection.objects.exists()


def test_topics_stand_by_size_and_those_of_nothing_are_left_out() -> None:
    topics = [
        {"words": [], "pool": 1, "chosen": 1},
        {"words": ["rye"], "pool": 3, "chosen": 1},
        {"words": ["oat"], "pool": 0, "chosen": 0},
    ]
    bars = topic_bars(topics)
    assert [(bar.name, bar.pool_share, bar.chosen_share) for bar in bars] == [
        ("rye", "75.0 %", "50.0 %"),
        ("topic 1", "25.0 %", "50.0 %"),
    ]
    assert [(bar.pool_width, bar.chosen_width) for bar in bars] == [(100.0, 66.67), (33.33, 66.67)]


def test_scores_are_shares_of_the_pool_and_of_the_chosen() -> None:
    figure = score_figure({"pool": [3, 1], "chosen": [0, 1]})
    assert [list(line.values) for line in figure.lines] == [[0.0, 1.0], [0.75, 0.25]]
    assert figure.rows[0] == ("0.00 to 0.50", "3", "75 %", "0", "0 %")
