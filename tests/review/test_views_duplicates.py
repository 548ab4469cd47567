"""The duplicates page: clusters, each member beside the keeper, another keeper, all kept, one kept."""

import re
from typing import Any

import pytest
from django.test import Client

from annotate.models import Dataset, Example
from annotate.records import Conversation
from review.models import DuplicateCluster, Measurement, PolicyVersion, Ruling
from review.policies import DEFAULT_POLICY
from review.queries import clusters
from review.services.rulings import ruling_make
from review.views import duplicates as views
from tests.cast import Cast, ClientOf, conversation, make_example
from tests.review.clusters import clustered
from tests.review.scene import imported, measure, words

PAGE = "/p/kitchen/duplicates/"
ANSWER = "Yeast gives off gas, and the dough holds it."


@pytest.fixture
def manager(client_of: ClientOf) -> Client:
    return client_of("manager")


def written(dataset: Dataset, *answers: str, question: str = "Why does bread rise?") -> list[Example]:
    return [make_example(dataset, text=conversation(question, answer)) for answer in answers]


@pytest.fixture
def cluster(dataset: Dataset) -> DuplicateCluster:
    """A keeper and two members that differ from it by a word."""
    rows = written(
        dataset, ANSWER, ANSWER.replace("gas", "carbon dioxide"), ANSWER.replace("the dough", "dough")
    )
    return clustered(rows, similarities=[0.75, 0.86])


def post(client: Client, cluster: DuplicateCluster, what: str, **data: object) -> Any:
    return client.post(f"{PAGE}{cluster.pk}/{what}/", data, follow=True)


def test_the_largest_cluster_is_shown_first_with_its_neighbours(
    manager: Client, dataset: Dataset, cluster: DuplicateCluster
) -> None:
    larger = clustered(written(dataset, *[f"{ANSWER} {number}" for number in range(4)], question="Larger?"))
    page = manager.get(PAGE)
    assert page.context["cluster"] == larger
    assert [one for one, _ in page.context["nearby"]] == [larger, cluster]
    assert page.context["previous"] == ""
    page = manager.get(page.context["next"])
    assert page.context["cluster"] == cluster
    assert page.context["next"] == ""
    assert f"cluster={larger.pk}" in page.context["previous"]
    assert "2 clusters, the largest first" in words(page)


def test_clusters_of_one_size_are_walked_without_missing_any(
    manager: Client, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clusters, "BEFORE", 1)
    monkeypatch.setattr(clusters, "AFTER", 1)
    made = [clustered(written(dataset, ANSWER, ANSWER, question=f"Number {number}?")) for number in range(4)]
    address, seen = PAGE, []
    while address:
        page = manager.get(address)
        seen.append(page.context["cluster"])
        address = page.context["next"]
    assert seen == made
    assert [one for one, _ in manager.get(page.context["previous"]).context["nearby"]] == made[1:]


def test_a_member_is_compared_with_the_keeper_by_words(manager: Client, cluster: DuplicateCluster) -> None:
    page = manager.get(PAGE)
    assert [member.member.similarity for member in page.context["members"]] == [0.86, 0.75]
    assert re.search(r"<del>.*gas</del><ins>.*carbon dioxide</ins>", page.content.decode())
    assert "Turn 1, user: the same" in words(page)
    assert "0.86 similar" in words(page)
    assert "Baking, written here" in words(page)
    assert "drops the others: it asks for a similarity of less than 0.7." in words(page)


def test_where_an_imported_member_comes_from_is_named(manager: Client, dataset: Dataset) -> None:
    imported(dataset, 2)
    clustered(list(Example.objects.order_by("pk")))
    assert "Baking, file-1.jsonl, record 2" in words(manager.get(PAGE))


def test_long_texts_are_folded(manager: Client, dataset: Dataset) -> None:
    long = "All flour is not the same. " * 60
    clustered(written(dataset, f"First. {long}", f"Second. {long}"))
    page = manager.get(PAGE)
    assert re.search(r"more characters that are the same", words(page))
    assert "Show the other" in words(page)  # the keeper's own text


def test_fewer_long_members_are_on_a_page(manager: Client, dataset: Dataset) -> None:
    clustered(written(dataset, *[f"{number} " + "long " * 1_500 for number in range(4)]))
    page = manager.get(PAGE).context["page"]
    assert (len(page.rows), page.total, page.pages) == (2, 3, 2)


def test_members_are_paged(manager: Client, dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clusters, "MEMBERS", 2)
    rows = written(dataset, *[ANSWER] * 6)
    clustered(rows, similarities=[0.95, 0.94, 0.93, 0.92, 0.91])
    page = manager.get(PAGE)
    assert "1 to 2 of 5" in words(page)
    seen = [one.example for one in page.context["members"]]
    while page.context["next_members"]:
        page = manager.get(page.context["next_members"])
        seen += [one.example for one in page.context["members"]]
    assert seen == rows[1:]
    assert "5 to 5 of 5" in words(page)
    assert manager.get(f"{PAGE}?page=99").context["page"].number == 3


def test_a_cluster_asks_the_database_no_more_for_more_members(
    manager: Client, dataset: Dataset, django_assert_max_num_queries: Any
) -> None:
    imported(dataset, 20)
    rows = list(Example.objects.order_by("pk"))
    for first, last in ((0, 12), (12, 14), (14, 16), (16, 18), (18, 20)):
        clustered(rows[first:last])
    with django_assert_max_num_queries(20):
        assert len(manager.get(PAGE).context["members"]) == 10


def test_kinds_have_tabs_with_counts(manager: Client, dataset: Dataset, cluster: DuplicateCluster) -> None:
    exact = clustered(written(dataset, ANSWER, ANSWER.upper()), kind="exact")
    page = manager.get(PAGE, {"kind": "exact"})
    assert page.context["cluster"] == exact
    assert "Near 1 Exact 1 Similar in meaning 0" in words(page)
    assert "The limit keeps one of a cluster and drops the others." in words(page)


def test_what_is_not_there_says_why(manager: Client, dataset: Dataset) -> None:
    assert "Not looked for yet" in words(manager.get(PAGE))
    assert "Not looked for" in words(manager.get(PAGE, {"kind": "semantic"}))
    imported(dataset, 1)
    measure(Example.objects.all())
    assert "No near duplicates found" in words(manager.get(PAGE))
    assert "No exact duplicates found" in words(manager.get(PAGE, {"kind": "exact"}))


def test_an_address_that_makes_no_sense_shows_the_first(manager: Client, cluster: DuplicateCluster) -> None:
    page = manager.get(PAGE, {"kind": "none", "cluster": "x", "page": "-1"})
    assert page.context["cluster"] == cluster
    assert manager.get(PAGE, {"cluster": cluster.pk + 100}).context["cluster"] == cluster


def test_a_limit_that_is_off_or_flags_says_so(
    manager: Client, dataset: Dataset, cluster: DuplicateCluster
) -> None:
    policy = DEFAULT_POLICY.to_json()
    near = next(limit for limit in policy["limits"] if limit["slug"] == "near")
    near["action"] = "flag"
    PolicyVersion.objects.create(project=dataset.project, version=1, limits=policy)
    assert "The limit flags all but one of a cluster and drops none." in words(manager.get(PAGE))
    PolicyVersion.objects.update(limits={"limits": []})
    assert "The limit on these is off" in words(manager.get(PAGE))


def test_another_member_is_kept_instead(manager: Client, cast: Cast, cluster: DuplicateCluster) -> None:
    other = cluster.members.exclude(example=cluster.keeper).latest("similarity").example
    page = post(manager, cluster, "keeper", example=other.public_id)
    assert "This one is kept now" in words(page)
    assert page.context["cluster"].keeper == other
    assert "chosen by you" in words(page)
    assert Measurement.objects.get(pk=other.pk).near_similarity == 0


def test_an_edited_member_cannot_be_kept_instead(manager: Client, cluster: DuplicateCluster) -> None:
    other = cluster.members.exclude(example=cluster.keeper).latest("similarity").example
    Example.objects.filter(pk=other.pk).update(revision=2)
    page = manager.get(PAGE).content.decode()
    assert "edited since" in page
    assert page.count("Keep this one instead <kbd") == 1
    assert "edited or withdrawn" in words(post(manager, cluster, "keeper", example=other.public_id))
    assert "edited or withdrawn" in words(post(manager, cluster, "keeper", example="none"))
    cluster.refresh_from_db()
    assert cluster.keeper != other


def test_all_are_kept_with_a_note_and_one_again(
    manager: Client, cast: Cast, cluster: DuplicateCluster
) -> None:
    assert "Dropping all but one is what the limit does by itself." in words(manager.get(PAGE))
    assert "Say why" in words(post(manager, cluster, "all"))
    page = post(manager, cluster, "all", note="Three ways to say it.")
    assert "Kept: 3 examples. “Three ways to say it.”" in words(page)
    assert "2 kept by hand" in words(page)
    assert Ruling.objects.get().by == cast.manager
    assert "all of these are kept by hand already" in words(post(manager, cluster, "all", note="Again."))
    page = post(manager, cluster, "one")
    assert "Left to the limits: 3 examples." in words(page)
    assert not Measurement.objects.exclude(ruling=0).exists()
    assert "none of these is kept by hand" in words(post(manager, cluster, "one"))


def test_what_is_dropped_by_hand_says_so(manager: Client, cast: Cast, cluster: DuplicateCluster) -> None:
    ruling_make(
        project=cluster.project, verdict=-1, note="Wrong.", by=cast.manager, example_ids=[cluster.keeper_id]
    )
    assert "dropped by hand" in words(manager.get(PAGE))


@pytest.mark.parametrize(
    ("refusal", "said"), [("ClusterGone", "this cluster is no more"), ("Busy", "A screening is writing")]
)
def test_what_stands_in_the_way_is_said(
    manager: Client, cluster: DuplicateCluster, monkeypatch: pytest.MonkeyPatch, refusal: str, said: str
) -> None:
    def refuse(**_: object) -> None:
        raise getattr(views, refusal)

    monkeypatch.setattr(views, "keeper_choose", refuse)
    page = post(manager, cluster, "keeper", example=cluster.keeper.public_id)
    assert said.lower() in words(page).lower()


def test_a_reviewer_looks_and_decides_nothing(client_of: ClientOf, cluster: DuplicateCluster) -> None:
    page = client_of("reviewer").get(PAGE).content.decode()
    assert "0.86 similar" in page
    assert "Keep all" not in page
    assert "Keep this one" not in page


def test_texts_are_shown_as_they_are_written(manager: Client, dataset: Dataset) -> None:
    rows = [make_example(dataset, text=Conversation.from_json(turns)) for turns in (TURNS, TURNS[:2])]
    clustered(rows)
    page = manager.get(PAGE).content.decode()
    assert "<i>Hot</i>" not in page
    assert "Turn 3, user: only in the one that is kept" in page


TURNS = [
    {"role": "user", "content": "<i>Hot</i> or cold?"},
    {"role": "assistant", "content": "Cold."},
    {"role": "user", "content": "Why?"},
]
