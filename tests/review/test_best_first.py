"""Browse by score: best or worst first, a page at a time, what has no score last, and nothing told too early."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from annotate.models import Dataset, Example, Project
from review.models import ClassifierVersion, QueueItem
from review.queries.best_first import scored_page
from tests.cast import Cast, ClientOf, conversation
from tests.review.scene import classifier_version, imported, measure, words

pytestmark = pytest.mark.django_db
BROWSE = "/p/kitchen/browse/"
SCORES = (0.2, 0.9, None, 0.5, 0.9, 0.1, 0.5, None)
BEST = [1, 4, 3, 6, 0, 5, 2, 7]
WORST = [5, 0, 6, 3, 4, 1, 2, 7]


@pytest.fixture
def version(project: Project) -> ClassifierVersion:
    return classifier_version(project, activated_at=timezone.now())


@pytest.fixture
def scored(dataset: Dataset, version: ClassifierVersion) -> list[Example]:
    """Eight examples in two datasets, by turns."""
    other = Dataset.objects.create(project=dataset.project, name="Frying", slug="frying", source="scraped")
    sources = [imported(dataset, 4), imported(other, 4)]
    found = [
        example
        for number in range(1, 5)
        for example in Example.objects.filter(source_import__in=sources, line_number=number).order_by(
            "dataset"
        )
    ]
    # Ids rise with the places, so that ties are seen.
    examples = sorted(found, key=lambda example: example.pk)
    for example, score in zip(examples, SCORES, strict=True):
        measure([example], quality=score)
    return examples


def shown(response: Any, examples: list[Example]) -> list[int]:
    places = {example.pk: place for place, example in enumerate(examples)}
    return [places[example.pk] for example, *_ in response.context["rows"]]


@pytest.mark.parametrize(("order", "expected"), [("best", BEST), ("worst", WORST), ("", list(range(8)))])
def test_the_address_orders_the_table(
    client_of: ClientOf, scored: list[Example], order: str, expected: list[int]
) -> None:
    assert shown(client_of("manager").get(BROWSE, {"order": order}), scored) == expected


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 8])
@pytest.mark.parametrize("worst", [False, True])
def test_pages_follow_each_other_in_both_directions(scored: list[Example], worst: bool, size: int) -> None:
    datasets, found = list(Dataset.objects.filter(project__slug="kitchen")), Example.objects.all()
    expected = [scored[place].pk for place in (WORST if worst else BEST)]
    forwards: list[list[int]] = []
    page = scored_page(found, datasets, worst=worst, size=size)
    assert page.previous is None
    while True:
        forwards.append([row.pk for row in page.rows])
        if page.next is None:
            break
        page = scored_page(found, datasets, worst=worst, size=size, after=page.next)
    assert [pk for rows in forwards for pk in rows] == expected
    for rows in reversed(forwards[:-1]):
        assert page.previous
        page = scored_page(found, datasets, worst=worst, size=size, before=page.previous)
        assert [row.pk for row in page.rows] == rows
    assert page.previous is None or len(forwards) == 1


def test_filters_search_and_order_are_kept_together(client_of: ClientOf, scored: list[Example]) -> None:
    mine = [place for place in BEST if scored[place].dataset.slug == "baking"]
    asked = {"dataset": "baking", "q": "bread", "order": "best"}
    manager = client_of("manager")
    answer = manager.get(BROWSE, asked)
    assert shown(answer, scored) == mine
    assert answer.context["first"] == "?q=bread&dataset=baking&order=best"
    only = manager.get(BROWSE, {"q": "Question", "source": "scraped", "order": "worst"})
    assert {scored[place].dataset.slug for place in shown(only, scored)} == {"frying"}


def test_a_score_leads_to_what_speaks_for_it(client_of: ClientOf, scored: list[Example]) -> None:
    page = client_of("manager").get(BROWSE, {"order": "best"}).content.decode()
    address = f"{scored[1].get_absolute_url()}?why=1"
    assert f'<a href="{address}" aria-label="Score 0.90: why">0.90</a>' in page
    panel = f"/p/kitchen/e/{scored[1].public_id}/screening/?why=1"
    assert panel in client_of("manager").get(address).content.decode()


def test_a_score_of_an_older_text_is_none(client_of: ClientOf, scored: list[Example]) -> None:
    Example.objects.filter(pk=scored[1].pk).update(revision=2)
    answer = client_of("manager").get(BROWSE, {"order": "best"})
    assert shown(answer, scored) == [4, 3, 6, 0, 5, 1, 2, 7]
    assert answer.content.decode().count("why=1") == 5


def test_what_a_reviewer_is_to_decide_now_tells_its_score_neither_in_words_nor_by_its_place(
    client_of: ClientOf, scored: list[Example], cast: Cast
) -> None:
    QueueItem.objects.create(
        project=scored[1].dataset.project, queue="targeted", example=scored[1], rank=30, key=b"0" * 32,
        claimed_by=cast.reviewer, claimed_until=timezone.now() + timedelta(minutes=5),
    )  # fmt: skip
    answer = client_of("reviewer").get(BROWSE, {"order": "best"})
    assert shown(answer, scored) == [4, 3, 6, 0, 5, 1, 2, 7]
    assert "after your decision" in words(answer)
    second = client_of("reviewer").get(BROWSE, {"order": "best", "after": str(scored[1].pk)})
    assert shown(second, scored) == [2, 7]
    assert shown(client_of("manager").get(BROWSE, {"order": "best"}), scored) == BEST


def test_without_a_version_there_is_no_column_and_no_order(
    client_of: ClientOf, dataset: Dataset, scored: list[Example]
) -> None:
    ClassifierVersion.objects.update(activated_at=None)
    answer = client_of("manager").get(BROWSE, {"order": "best"})
    assert shown(answer, scored) == list(range(8))
    assert "Best first" not in words(answer)
    assert "Score" not in words(answer)


def test_a_page_by_score_asks_as_much_for_few_rows_as_for_many(
    client_of: ClientOf, scored: list[Example], django_assert_num_queries: Any
) -> None:
    manager = client_of("manager")
    manager.get(BROWSE)
    asked: list[dict[str, str]] = [{}, {"q": "Question"}]
    for narrowed in asked:
        with django_assert_num_queries(13):
            manager.get(BROWSE, {"order": "best"} | narrowed)


def test_what_is_not_measured_stands_last(
    client_of: ClientOf, scored: list[Example], dataset: Dataset
) -> None:
    imported(dataset, 1, text=conversation())
    rows = client_of("manager").get(BROWSE, {"order": "worst"}).context["rows"]
    assert len(rows) == 9
    assert rows[-1][0].pk not in {example.pk for example in scored}
