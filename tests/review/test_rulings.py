"""Rulings: kept or dropped by hand, recorded with who and why, and taken back."""

from typing import Any

import pytest

from annotate.models import Dataset, Example, Project
from review.models import Measurement, Ruling, RulingItem, Sample, SampleItem
from review.queries.funnels import funnel
from review.services.rulings import NothingToRule, RulingGone, ruling_make, ruling_undo
from review.services.samples import sample_draw
from tests.cast import Cast
from tests.review.scene import imported, measure

pytestmark = pytest.mark.django_db
KEEP, DROP, NEITHER = Ruling.Verdict.KEEP, Ruling.Verdict.DROP, Ruling.Verdict.NEITHER


@pytest.fixture
def examples(dataset: Dataset) -> list[Example]:
    """Six measured examples; the limits drop the first three."""
    imported(dataset, 6)
    rows = list(Example.objects.order_by("pk"))
    measure(rows)
    measure(rows[:3], tokens=3)
    return rows


def rule(cast: Cast, examples: list[Example], verdict: int, **more: Any) -> Ruling:
    return ruling_make(
        project=Project.objects.get(slug="kitchen"), verdict=verdict, note="Short on purpose.", by=cast.manager,
        **(more or {"example_ids": [example.pk for example in examples]}),
    )  # fmt: skip


def rulings() -> list[int]:
    return list(Measurement.objects.order_by("pk").values_list("ruling", flat=True))


def test_a_ruling_says_who_and_why_and_what_held_before(cast: Cast, examples: list[Example]) -> None:
    rule(cast, examples[:1], DROP)
    made = rule(cast, examples[:2], KEEP)
    assert (made.count, made.by, made.note, made.undone_at) == (2, cast.manager, "Short on purpose.", None)
    assert rulings() == [1, 1, 0, 0, 0, 0]
    items = RulingItem.objects.filter(ruling=made).order_by("example")
    assert [(item.example, item.revision, item.before) for item in items] == [
        (examples[0], 1, -1),
        (examples[1], 1, 0),
    ]


def test_the_funnel_counts_what_is_rescued_and_what_is_dropped_by_hand(
    cast: Cast, dataset: Dataset, examples: list[Example]
) -> None:
    rule(cast, examples[:2], KEEP)
    rule(cast, examples[5:], DROP)
    found = funnel(dataset)
    assert (found.kept, found.rescued, found.dropped["length"], found.dropped["hand"]) == (4, 2, 1, 1)


def test_a_whole_set_is_ruled_on_at_once(cast: Cast, examples: list[Example]) -> None:
    short = Example.objects.filter(measurement__tokens__lt=50).order_by("-pk")
    assert rule(cast, [], KEEP, queryset=short).count == 3
    assert rulings() == [1, 1, 1, 0, 0, 0]


def test_what_is_not_measured_as_it_stands_is_left_alone(cast: Cast, examples: list[Example]) -> None:
    Example.objects.filter(pk=examples[0].pk).update(revision=2)
    Measurement.objects.filter(pk=examples[1].pk).delete()
    assert rule(cast, examples[:3], KEEP).count == 1
    assert rulings() == [0, 1, 0, 0, 0]


def test_another_projects_examples_are_left_alone(cast: Cast, examples: list[Example]) -> None:
    elsewhere = Project.objects.get(slug="elsewhere")
    with pytest.raises(NothingToRule):
        ruling_make(project=elsewhere, verdict=KEEP, note="", by=cast.outsider, example_ids=[examples[0].pk])
    assert rulings() == [0] * 6


@pytest.mark.parametrize("chosen", [{"example_ids": []}, {"queryset": Example.objects.none()}])
def test_a_ruling_on_nothing_is_refused_and_leaves_no_trace(
    cast: Cast, examples: list[Example], chosen: dict[str, Any]
) -> None:
    rule(cast, examples[:1], KEEP)
    with pytest.raises(NothingToRule):
        rule(cast, [], KEEP, **chosen)
    with pytest.raises(NothingToRule):
        rule(cast, examples[:1], KEEP)
    assert Ruling.objects.count() == 1


def test_an_undo_restores_what_held_before_and_says_who(cast: Cast, examples: list[Example]) -> None:
    rule(cast, examples[:1], DROP)
    undone = ruling_undo(ruling=rule(cast, examples[:2], KEEP), by=cast.reviewer)
    assert rulings() == [-1, 0, 0, 0, 0, 0]
    assert undone.undone_by == cast.reviewer
    assert undone.undone_at
    assert undone.items.count() == 2


def test_a_second_undo_is_refused(cast: Cast, examples: list[Example]) -> None:
    made = rule(cast, examples[:1], KEEP)
    ruling_undo(ruling=made, by=cast.manager)
    rule(cast, examples[:1], DROP)
    with pytest.raises(RulingGone):
        ruling_undo(ruling=made, by=cast.manager)
    assert rulings()[0] == DROP


def test_an_undo_leaves_what_was_ruled_or_edited_since(cast: Cast, examples: list[Example]) -> None:
    first = rule(cast, examples[:3], KEEP)
    rule(cast, examples[:1], DROP)
    Measurement.objects.filter(pk=examples[1].pk).update(revision=2, ruling=1)
    ruling_undo(ruling=first, by=cast.manager)
    assert rulings()[:3] == [DROP, KEEP, NEITHER]


def test_rulings_are_taken_back_in_any_order(cast: Cast, examples: list[Example]) -> None:
    made = [rule(cast, examples[:1], verdict) for verdict in (KEEP, DROP, KEEP)]
    ruling_undo(ruling=made[1], by=cast.manager)
    assert rulings()[0] == KEEP
    ruling_undo(ruling=made[2], by=cast.manager)
    assert rulings()[0] == KEEP
    ruling_undo(ruling=made[0], by=cast.manager)
    assert rulings()[0] == NEITHER


def test_what_becomes_kept_joins_the_samples_and_nothing_else_does(
    cast: Cast, dataset: Dataset, examples: list[Example]
) -> None:
    sample_draw(dataset=dataset, source_import=examples[0].source_import, by=None)
    Sample.objects.update(bound=b"\xff" * 32)
    held = {item.example_id for item in SampleItem.objects.all()}
    made = rule(cast, examples[:2], KEEP)
    joined = {examples[0].pk, examples[1].pk}
    assert {item.example_id for item in SampleItem.objects.all()} == held | joined
    ruling_undo(ruling=made, by=cast.manager)
    dropped = rule(cast, examples[2:4], DROP)
    assert SampleItem.objects.count() == len(held | joined)
    Measurement.objects.filter(pk=examples[2].pk).update(tokens=100)
    ruling_undo(ruling=dropped, by=cast.manager)
    assert SampleItem.objects.count() == len(held | joined) + 1
