"""The table of examples, and one example to read."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.urls import reverse

from annotate.models import Dataset, Example, Import, Project
from annotate.records import Conversation, Turn
from annotate.services.examples import draft_start, example_submit
from tests.cast import Cast, ClientOf, conversation, make_example

pytestmark = pytest.mark.django_db

BROWSE = "/p/kitchen/browse/"


def browse(client_of: ClientOf, role: str = "manager", headers: Any = None, **query: object) -> Any:
    response = client_of(role).get(BROWSE, query, headers=headers or {})
    assert response.status_code == 200
    return response


def titles(response: Any) -> list[str]:
    return [str(example) for example, *_ in response.context["rows"]]


def numbered(dataset: Dataset, count: int) -> list[Example]:
    return [
        make_example(dataset, text=conversation(question=f"Question {number}?")) for number in range(count)
    ]


def other_dataset(project: Project) -> Dataset:
    return Dataset.objects.create(
        project=project, name="Frying", slug="frying", source="scraped", licence="MIT"
    )


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["Bread?", "Fish?", "Eggs?"]),
        ({"q": "BREAD"}, ["Bread?"]),
        ({"q": "hot oil"}, ["Fish?"]),
        ({"q": "the input"}, ["Eggs?"]),
        ({"q": "100%"}, []),
        ({"q": "_"}, []),
        ({"dataset": "frying"}, ["Fish?", "Eggs?"]),
        ({"dataset": "frying", "q": "fish"}, ["Fish?"]),
        ({"source": "scraped"}, ["Fish?", "Eggs?"]),
        ({"state": "30"}, ["Eggs?"]),
        ({"edited": "yes"}, ["Fish?"]),
        ({"edited": "no"}, ["Bread?", "Eggs?"]),
        ({"dataset": "elsewhere", "state": "x", "edited": "perhaps"}, ["Bread?", "Fish?", "Eggs?"]),
        ({"size": "10", "after": "-1", "before": "x"}, ["Bread?", "Fish?", "Eggs?"]),
    ],
)  # fmt: skip
def test_the_address_narrows_the_table(
    query: dict[str, str],
    expected: list[str],
    project: Project,
    dataset: Dataset,
    cast: Cast,
    client_of: ClientOf,
) -> None:
    frying = other_dataset(project)
    make_example(dataset, text=conversation("Bread?"))
    fish = make_example(frying, text=conversation("Fish?", "Cold oil."))
    example_submit(example=fish, conversation=conversation("Fish?", "Hot oil."), based_on=1, by=cast.manager)
    eggs = Conversation((Turn("user", "Eggs?", input="The input."), Turn("assistant", "Yes.")))
    make_example(frying, text=eggs, state=Example.State.WITHDRAWN)
    assert titles(browse(client_of, **query)) == expected


def test_another_projects_examples_and_drafts_are_not_listed(
    project: Project, dataset: Dataset, cast: Cast, client_of: ClientOf
) -> None:
    elsewhere = Project.objects.get(slug="elsewhere")
    theirs = Dataset.objects.create(project=elsewhere, name="Baking", slug="theirs")
    make_example(theirs)
    draft_start(dataset=dataset, by=cast.manager)
    unfinished = Import.objects.create(dataset=dataset, file="x", name="x", sha256="0" * 64, size=1)
    make_example(dataset, source_import=unfinished, line_number=1)
    assert titles(browse(client_of)) == []
    assert titles(browse(client_of, dataset="theirs")) == []


def test_pages_follow_each_other_there_and_back(dataset: Dataset, client_of: ClientOf) -> None:
    numbered(dataset, 60)
    first = browse(client_of, size=25, q="question")
    assert len(titles(first)) == 25
    assert first.context["previous"] is None
    second = client_of("manager").get(BROWSE + first.context["next"])
    third = client_of("manager").get(BROWSE + second.context["next"])
    assert titles(first) + titles(second) + titles(third) == [f"Question {number}?" for number in range(60)]
    assert third.context["next"] is None
    back = client_of("manager").get(BROWSE + third.context["previous"])
    assert titles(back) == titles(second)
    assert parse_qs(urlsplit(second.context["next"]).query).keys() == {"q", "size", "after"}


@pytest.mark.parametrize(
    ("size", "shown"), [("25", 25), ("50", 50), ("100", 60), ("200", 60), ("1000000000", 50)]
)
def test_sizes_are_the_offered_ones(size: str, shown: int, dataset: Dataset, client_of: ClientOf) -> None:
    numbered(dataset, 60)
    assert len(titles(browse(client_of, size=size))) == shown


def test_a_page_costs_the_same_however_many_rows_there_are(
    dataset: Dataset, client_of: ClientOf, django_assert_max_num_queries: Any
) -> None:
    numbered(dataset, 60)
    client = client_of("manager")
    client.get(BROWSE)
    with django_assert_max_num_queries(10):
        client.get(BROWSE, {"size": 50})


def test_the_count_says_when_it_stopped_counting(
    dataset: Dataset, client_of: ClientOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("annotate.views.browse.MOST_COUNTED", 2)
    numbered(dataset, 2)
    assert "2 examples" in browse(client_of).content.decode()
    numbered(dataset, 1)
    assert "more than 2 examples" in browse(client_of).content.decode()


def test_a_hit_is_marked_and_escaped(dataset: Dataset, client_of: ClientOf) -> None:
    make_example(dataset, text=conversation("Why?", "<b>Bread & butter</b>"))
    html = browse(client_of, q="bread & b").content.decode()
    assert "&lt;b&gt;<mark>Bread &amp; b</mark>utter&lt;/b&gt;" in html
    assert 'value="bread &amp; b"' in html


def test_htmx_gets_the_rows_and_a_clean_address(dataset: Dataset, client_of: ClientOf) -> None:
    numbered(dataset, 1)
    query = {"q": "question", "dataset": "", "source": "", "state": "", "size": "50"}
    response = browse(client_of, headers={"HX-Request": "true"}, **query)
    assert response.content.decode().strip().startswith('<div id="rows">')
    assert response["HX-Push-Url"] == f"{BROWSE}?q=question"
    assert "HX-Request" in response["Vary"]
    back = browse(client_of, headers={"HX-Request": "true", "HX-History-Restore-Request": "true"}, **query)
    assert "<html" in back.content.decode()


def test_an_empty_table_says_why(dataset: Dataset, client_of: ClientOf) -> None:
    assert "No examples yet" in browse(client_of).content.decode()
    make_example(dataset)
    assert "Nothing fits" in browse(client_of, q="zebra").content.decode()


def example_page(client_of: ClientOf, role: str, example: Example) -> str:
    response = client_of(role).get(example.get_absolute_url())
    assert response.status_code == 200
    return str(response.content.decode())


def test_an_example_shows_its_text_and_where_it_comes_from(dataset: Dataset, client_of: ClientOf) -> None:
    done = Import.objects.create(
        dataset=dataset, file="x", name="facts.jsonl", sha256="0" * 64, size=1, done_at="2026-11-20T10:00Z"
    )
    text = Conversation((Turn("user", "Why <i>?", input="Given"), Turn("assistant", "So.")), {"lang": "en"})
    example = make_example(dataset, text=text, source_import=done, line_number=31, raw='{"a": 1}')
    html = example_page(client_of, "reviewer", example)
    for words in (
        "Why &lt;i&gt;?",
        "Given",
        "facts.jsonl",
        "record 31",
        "own work",
        "&quot;lang&quot;",
        "{&quot;a&quot;: 1}",
    ):
        assert words in html
    assert reverse("annotate:edit", args=["kitchen", example.public_id]) not in html


def test_people_are_named_to_managers_only(dataset: Dataset, cast: Cast, client_of: ClientOf) -> None:
    example = make_example(dataset, author=cast.annotator)
    example_submit(example=example, conversation=conversation(answer="Gas."), based_on=1, by=cast.manager)
    assert "Annotator" in example_page(client_of, "manager", example)
    for role in ("reviewer", "annotator"):
        html = example_page(client_of, role, example)
        assert cast.manager.pseudonym in html
        assert "Manager" not in html
    assert cast.annotator.pseudonym in example_page(client_of, "reviewer", example)


def test_withdrawn_and_put_back(dataset: Dataset, cast: Cast, client_of: ClientOf) -> None:
    example = make_example(dataset, author=cast.annotator)
    for name, state, words in (
        ("withdraw", Example.State.WITHDRAWN, "Put it back"),
        ("reopen", Example.State.SUBMITTED, "Withdraw"),
    ):
        response = client_of("annotator").post(
            reverse(f"annotate:{name}", args=["kitchen", example.public_id])
        )
        assert response["Location"] == example.get_absolute_url()
        example.refresh_from_db()
        assert example.state == state
        assert words in example_page(client_of, "annotator", example)
