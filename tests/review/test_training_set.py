"""What a classifier learns from: which verdict stands for which text, how far it counts, and what ties rows."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from annotate.models import Dataset, Example, Project
from review.models import ClusterMember, DuplicateCluster, Label, Measurement, Sample
from review.quality.labels import reviewer_weight
from review.queries.label_counts import labels_counted
from review.queries.outcomes import BAD, GOOD
from review.queries.training_set import labels_of, texts_of, training_set
from tests.cast import Cast
from tests.review.scene import measure, queue_of, sampled

pytestmark = pytest.mark.django_db


@pytest.fixture
def examples(dataset: Dataset) -> list[Example]:
    sampled(dataset, 4)
    return list(Example.objects.order_by("pk"))


def say(example: Example, verdict: str, by: User, *, queue: str = "targeted", revision: int = 1) -> Label:
    return Label.objects.create(example=example, revision=revision, verdict=verdict, by=by, queue=queue)


def verdicts(project: Project) -> dict[tuple[int, int], bool]:
    return {(row.example, row.revision): row.good for row in training_set(project)}


def test_all_who_judged_a_text_must_agree_unless_somebody_settles_it(
    examples: list[Example], project: Project, cast: Cast
) -> None:
    agreed, disputed, settled, changed = examples
    for example, first, second in (
        (agreed, BAD, BAD), (disputed, BAD, GOOD), (settled, BAD, GOOD), (changed, BAD, BAD),
    ):  # fmt: skip
        say(example, first, cast.reviewer)
        say(example, second, cast.manager)
    say(settled, GOOD, cast.annotator, queue="adjudication")
    say(changed, GOOD, cast.reviewer)
    say(changed, GOOD, cast.manager)
    assert verdicts(project) == {(agreed.pk, 1): False, (settled.pk, 1): True, (changed.pk, 1): True}
    assert labels_counted(project) == (2, 1)


def test_a_second_look_overrules_and_the_newer_of_it_and_adjudication_holds(
    examples: list[Example], project: Project, cast: Cast
) -> None:
    looked, both, taken, disputed = examples
    for example in (looked, both, taken):
        say(example, BAD, cast.reviewer)
    for example in examples:
        say(example, GOOD, cast.manager, queue="second-look")
    say(both, BAD, cast.annotator, queue="adjudication")
    say(taken, "undone", cast.manager, queue="second-look")
    say(disputed, GOOD, cast.reviewer)
    say(disputed, BAD, cast.annotator)
    rows = training_set(project)
    assert [(row.good, row.first, row.weight == 1.0) for row in rows] == [
        (True, False, True), (False, None, True), (False, None, False), (True, False, True),
    ]  # fmt: skip
    assert labels_counted(project) == (2, 2)
    assert labels_of(rows).measured.tolist() == [False, False, False, False]
    # The figures know nothing of a text that people differ on, whatever a second look said.
    assert rows[3].random is False


def test_what_a_second_look_overturns_does_not_count_against_its_reviewer(
    examples: list[Example], project: Project, cast: Cast
) -> None:
    for example in examples:
        say(example, BAD, cast.reviewer)
    for example in examples[:3]:
        say(example, GOOD, cast.manager, queue="second-look")
    assert training_set(project)[3].weight == reviewer_weight(0, 0)


def test_gold_answers_and_what_was_taken_back_teach_nothing(
    examples: list[Example], project: Project, cast: Cast
) -> None:
    say(examples[0], BAD, cast.reviewer, queue="gold")
    say(examples[1], BAD, cast.reviewer)
    say(examples[1], "undone", cast.reviewer)
    assert training_set(project) == []


def test_a_superseded_text_keeps_its_verdict_beside_the_new_one(
    examples: list[Example], project: Project, cast: Cast
) -> None:
    example, earlier = examples[0], examples[0].turns
    say(example, BAD, cast.reviewer)
    example.revisions.create(number=1, turns=earlier, edited_at=example.edited_at or example.created_at)
    turns = [*earlier[:-1], {**earlier[-1], "content": "Mended."}]
    Example.objects.filter(pk=example.pk).update(revision=2, turns=turns)
    say(example, GOOD, cast.reviewer, queue="fix", revision=2)
    rows = training_set(project)
    assert [(row.revision, row.good) for row in rows] == [(1, False), (2, True)]
    (texts,) = texts_of(rows)
    assert [text.turns[-1].content for text in texts] == [earlier[-1]["content"], "Mended."]
    assert rows[0].groups == rows[1].groups == (f"example {example.pk}",)


def test_only_what_a_draw_brought_is_random(examples: list[Example], project: Project, cast: Cast) -> None:
    drawn = queue_of(Sample.objects.get())[0]
    Label.objects.create(example=drawn.example, revision=1, item=drawn, verdict=GOOD, by=cast.reviewer)
    other = next(example for example in examples if example.pk != drawn.example_id)
    say(other, GOOD, cast.reviewer)
    assert {row.example: row.random for row in training_set(project)} == {
        drawn.example_id: True,
        other.pk: False,
    }


def test_who_is_often_contradicted_counts_less(examples: list[Example], project: Project, cast: Cast) -> None:
    for example in examples[:3]:
        say(example, BAD, cast.reviewer)
        say(example, GOOD, cast.annotator)
        say(example, GOOD, cast.manager, queue="adjudication")
    say(examples[3], GOOD, cast.reviewer)
    *settled, alone = training_set(project)
    assert [row.weight for row in settled] == [1.0] * 3
    assert alone.weight == reviewer_weight(0, 3) < reviewer_weight(0, 0)


def test_copies_and_near_duplicates_are_tied(examples: list[Example], project: Project, cast: Cast) -> None:
    kinds = {}
    for kind, members in (("exact", examples[:2]), ("near", examples[1:3]), ("semantic", examples[2:])):
        kinds[kind] = DuplicateCluster.objects.create(project=project, kind=kind, keeper=members[0], size=2)
        for example in members:
            ClusterMember.objects.create(
                cluster=kinds[kind], kind=kind, example=example, revision=1, similarity=1.0
            )
    for example in examples:
        say(example, GOOD, cast.reviewer)
    exact, near = (f"cluster {kinds[kind].pk}" for kind in ("exact", "near"))
    assert [row.groups[1:] for row in training_set(project)] == [(exact,), (exact, near), (near,), ()]


def test_rows_become_labels_with_what_figures_are_broken_down_by(
    examples: list[Example], project: Project, cast: Cast
) -> None:
    measure(examples[:1], language="en", tokens=150)
    Measurement.objects.filter(example=examples[1]).delete()
    for example, verdict in zip(examples, (GOOD, BAD), strict=False):
        say(example, verdict, cast.reviewer)
    rows = training_set(project)
    labels = labels_of(rows)
    assert (labels.good.tolist(), labels.sampled.tolist()) == ([True, False], [False, False])
    assert labels.slices == {
        "source": ("human", "human"), "language": ("en", ""), "length": ("1", ""),
        "reviewer": (str(cast.reviewer.pk),) * 2,
    }  # fmt: skip
    assert len(set(labels.ids)) == 2
    say(examples[0], BAD, cast.manager, queue="adjudication")
    assert labels_of(training_set(project)).digest() != labels.digest()


def test_many_labels_take_as_many_queries_as_few(
    examples: list[Example], project: Project, cast: Cast
) -> None:
    counts = []
    for example in examples:
        say(example, GOOD, cast.reviewer)
        with CaptureQueriesContext(connection) as captured:
            rows = training_set(project)
            labels_of(rows)
            list(texts_of(rows))
        counts.append(len(captured))
    assert counts == [5] * 4
