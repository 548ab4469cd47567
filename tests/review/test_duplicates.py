"""A text that is not stored yet finds the examples that it resembles; and which of several is kept."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.utils import timezone

from annotate.models import Dataset, Example, Project
from annotate.records import Conversation, Turn
from annotate.services.examples import example_submit, example_withdraw
from review.compared import compared_text
from review.models import Label
from review.queries.duplicates import exact_matches, near_matches, prompt_matches
from review.queries.keepers import keeper_of, ranks_of
from tests.cast import Cast, conversation, make_example
from tests.review.grouped import HASHES, family, grouped, stored
from tests.review.scene import imported, unlike

pytestmark = pytest.mark.django_db


def hashes_of(text: Conversation) -> tuple[UUID, UUID]:
    (found,) = HASHES([text])
    return UUID(found["exact_hash"]), UUID(found["prompt_hash"])


def test_a_text_finds_what_it_resembles(dataset: Dataset) -> None:
    text, near, far = family(1, 2, 4)
    first, close, further, _ = stored(dataset, [text, near, far, family(1, 40)[1]])
    stored(dataset, [unlike(number) for number in range(3)])
    grouped(dataset)
    found = near_matches(dataset.project, text)
    assert [match.example for match in found] == [first, close, further]
    assert found[0].similarity == 1 and 0.7 <= found[2].similarity < found[1].similarity < 1
    assert near_matches(dataset.project, text, similarity=found[1].similarity) == found[:2]
    assert near_matches(dataset.project, text, without=first.pk, most=1) == [found[1]]
    assert near_matches(dataset.project, text, shingles="words") == [], "its bands are of characters"
    assert near_matches(Project.objects.create(name="B", slug="b"), text) == []
    assert near_matches(dataset.project, conversation("", "")) == []


def test_one_round_trip_finds_them(dataset: Dataset, django_assert_num_queries: Any) -> None:
    stored(dataset, family(1, 2))
    grouped(dataset)
    with django_assert_num_queries(1):
        assert [str(match.example) for match in near_matches(dataset.project, family(1)[0])]


def test_only_texts_as_they_are_now_are_found(dataset: Dataset, cast: Cast) -> None:
    text = family(1)[0]
    one, other, third, copy = stored(dataset, [text, *family(1, 1, 2)[1:], text])
    grouped(dataset)
    assert {match.example for match in near_matches(dataset.project, text)} == {one, other, third}
    example_submit(example=other, conversation=unlike(2), based_on=1, by=cast.manager)
    example_withdraw(example=third, by=cast.manager)
    assert [match.example for match in near_matches(dataset.project, text)] == [one]
    assert exact_matches(dataset.project, hashes_of(text)[0]) == [one, copy]
    example_withdraw(example=one, by=cast.manager)
    assert exact_matches(dataset.project, hashes_of(text)[0]) == [copy]


def test_the_same_words_and_the_same_instruction_are_found(dataset: Dataset) -> None:
    same, also, twin, _ = stored(
        dataset,
        [*[conversation("Why?", "Heat.")] * 2, conversation("Why?", "Yeast."), conversation("How?", "Heat.")],
    )
    grouped(dataset)
    asked = hashes_of(conversation("why?", " heat"))
    assert exact_matches(dataset.project, asked[0]) == [same, also]
    assert exact_matches(dataset.project, asked[0], without=same.pk) == [also]
    assert exact_matches(dataset.project, asked[0], most=1) == [same]
    assert prompt_matches(dataset.project, *asked) == [twin]
    assert prompt_matches(dataset.project, *asked, without=twin.pk) == []
    elsewhere = Project.objects.create(name="B", slug="b")
    assert exact_matches(elsewhere, asked[0]) == prompt_matches(elsewhere, *asked) == []


def test_what_is_compared_is_what_people_and_the_model_say() -> None:
    turns = (
        Turn("system", "Be brief."),
        Turn("user", "Sum up.", input="Bread."),
        Turn("assistant", "Rises."),
    )
    assert compared_text(Conversation(turns).as_json()) == "Sum up.\n\nBread.\n\nRises."


RULES = ["written", "edited", "good", "not bad", "longer", "older", "first"]


def favour(example: Example, rule: str, cast: Cast) -> None:
    """Change an example so that the rule speaks for it."""
    now = timezone.now()
    longer = [*unlike(1).as_json()[:1], {"role": "assistant", "content": "x" * 1_000}]
    changes: dict[str, dict[str, Any]] = {
        "written": {"source_import": None},
        "edited": {"revision": 2},
        "longer": {"turns": longer},
        "older": {"created_at": now - timedelta(days=1)},
    }
    Example.objects.filter(pk=example.pk).update(**changes.get(rule, {"edited_at": now}))
    example.refresh_from_db()
    if rule == "good":
        Label.objects.create(example=example, revision=example.revision, verdict="good", by=cast.reviewer)


@pytest.mark.parametrize("place", range(len(RULES)), ids=RULES)
def test_the_better_one_is_kept(dataset: Dataset, cast: Cast, place: int) -> None:
    """Each rule decides although every rule after it speaks for the other; a choice by hand is over all of them."""
    source = imported(dataset, 2, text=unlike(1))
    first, second = Example.objects.filter(source_import=source).order_by("pk")
    better, worse = (first, second) if RULES[place] == "first" else (second, first)
    favour(better, RULES[place], cast)
    for rule in RULES[place + 1 :]:
        favour(worse, rule, cast)
    if RULES[place] == "not bad":
        Label.objects.create(example=worse, revision=1, verdict="bad", by=cast.reviewer)
    pks, now = (better.pk, worse.pk), timezone.now()
    ranks = ranks_of(pks)
    assert keeper_of(pks, ranks, {}) == keeper_of(pks[::-1], ranks, {}) == better.pk
    assert keeper_of(pks, ranks, {worse.pk: now}) == worse.pk
    assert keeper_of(pks, ranks, {better.pk: now - timedelta(days=1), worse.pk: now}) == worse.pk


def test_labels_of_a_former_revision_and_disputed_ones_decide_nothing(dataset: Dataset, cast: Cast) -> None:
    first, second = (make_example(dataset) for _ in range(2))
    Label.objects.create(example=second, revision=0, verdict="good", by=cast.reviewer)
    for by, verdict in ((cast.reviewer, "good"), (cast.manager, "bad")):
        Label.objects.create(example=first, revision=1, verdict=verdict, by=by)
    assert {rank.label for rank in ranks_of([first.pk, second.pk]).values()} == {0}
