"""Gold examples are mixed in unseen, let people qualify, and pause whoever gets too many wrong."""

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from annotate.models import Dataset, Example, Project
from review.models import (
    GoldExample,
    Label,
    Qualification,
    Queue,
    QueueItem,
    ReviewerPause,
    ReviewRules,
    Sample,
    SampleItem,
)
from review.queries.gold import GoldScore, gold_supply, needed, pause_of, pauses, qualification_of, scores
from review.queries.outcomes import standing_labels, with_outcome
from review.queries.queue import queue_state
from review.services import gold_seats
from review.services.claims import Paused, claim_next, item_skip
from review.services.gold import NotGold, gold_from_label, gold_mark, gold_retire
from review.services.labels import label_add, label_undo
from review.services.pauses import pause_resume, reviewer_pause
from tests.cast import Cast
from tests.review.scene import imported, sampled

pytestmark = pytest.mark.django_db

type Rule = Callable[..., int]


@pytest.fixture
def sample(dataset: Dataset) -> Sample:
    return sampled(dataset, 12)


@pytest.fixture
def rule(sample: Sample, project: Project) -> Rule:
    """Set rules; after that nothing is mixed in unless a test says so."""
    ReviewRules.objects.filter(project=project).update(gold_rate=0.0, gold_window=5, gold_accuracy=0.6)
    return lambda **values: ReviewRules.objects.filter(project=project).update(**values)


@pytest.fixture
def gold(dataset: Dataset, cast: Cast) -> list[GoldExample]:
    """Six gold examples, good ones all."""
    rows = Example.objects.filter(source_import=imported(dataset, 6)).order_by("pk")
    return [gold_mark(example=row, verdict="good", by=cast.manager) for row in rows]


def answer(project: Project, by: User, right: bool = True) -> Label:
    """Claim the next item and decide it: gold ones as told, others as good."""
    item = claim_next(project=project, by=by)
    assert item
    bad = item.queue == Queue.GOLD and not right
    return label_add(item=item, by=by, revision=1, verdict="bad" if bad else "good", reasons=["unsafe"])


def test_a_gold_one_follows_a_decision_as_often_as_the_rules_say(
    rule: Rule, gold: list[GoldExample], project: Project, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule(gold_rate=0.25)
    dice = iter([0.25, 0.24, 0.9, 0.9])
    monkeypatch.setattr(gold_seats, "chance", lambda: next(dice))
    assert [answer(project, cast.reviewer).queue for _ in range(4)] == ["sample", "sample", "gold", "sample"]


def test_it_comes_right_behind_what_the_person_has_before_them(
    rule: Rule, gold: list[GoldExample], project: Project, cast: Cast
) -> None:
    rule(gold_rate=1.0)
    current = claim_next(project=project, by=cast.reviewer)
    assert current
    ahead = claim_next(project=project, by=cast.reviewer, after=current)
    assert ahead
    label_add(item=current, by=cast.reviewer, revision=1, verdict="good")
    assert claim_next(project=project, by=cast.reviewer) == ahead
    checked = claim_next(project=project, by=cast.reviewer, after=ahead)
    assert checked
    assert (checked.queue, checked.for_user, checked.rank) == (Queue.GOLD, cast.reviewer, ahead.rank)
    assert claim_next(project=project, by=cast.reviewer) == ahead  # reloading the page changes nothing
    assert claim_next(project=project, by=cast.annotator) != checked
    label_add(item=ahead, by=cast.reviewer, revision=1, verdict="good")
    assert QueueItem.objects.filter(queue=Queue.GOLD).count() == 1  # one at a time


def test_nobody_is_asked_their_own_work_or_marking_and_the_unseen_comes_first(
    rule: Rule, gold: list[GoldExample], project: Project, cast: Cast
) -> None:
    rule(gold_rate=1.0)
    own, edited, marked, retired, first, second = gold
    Example.objects.filter(pk=own.example_id).update(author=cast.reviewer)
    Example.objects.filter(pk=edited.example_id).update(edited_by=cast.reviewer)
    gold_mark(example=marked.example, verdict="good", by=cast.reviewer)
    gold_retire(gold=retired, by=cast.manager)
    asked = [label.example_id for _ in range(9) if (label := answer(project, cast.reviewer)).queue == "gold"]
    assert set(asked[:2]) == {first.example_id, second.example_id}
    assert asked == asked[:2] * 4
    assert QueueItem.objects.filter(queue=Queue.GOLD).values_list("revision", flat=True).distinct().get() == 1


def test_an_answer_says_nothing_of_the_example(
    rule: Rule, gold: list[GoldExample], project: Project, cast: Cast
) -> None:
    rule(gold_rate=1.0)
    answer(project, cast.reviewer)
    label = answer(project, cast.reviewer, right=False)
    assert label.queue == Queue.GOLD
    example: Any = with_outcome(Example.objects.filter(pk=label.example_id)).get()
    assert example.outcome == "unreviewed"
    assert label not in standing_labels()
    assert SampleItem.objects.filter(outcome__isnull=False).count() == 1
    assert label_undo(project=project, by=cast.reviewer) == label.item
    assert scores(project) == {}
    again = answer(project, cast.reviewer, right=True)
    assert (again.item, scores(project)) == (label.item, {cast.reviewer.pk: GoldScore(1, 1)})


def test_the_score_follows_what_the_right_label_is_now(
    rule: Rule, gold: list[GoldExample], project: Project, cast: Cast
) -> None:
    rule(gold_rate=1.0)
    answer(project, cast.reviewer)
    label = answer(project, cast.reviewer, right=False)
    assert scores(project)[cast.reviewer.pk] == GoldScore(0, 1)
    gold_mark(example=label.example, verdict="bad", reasons=["unsafe"], by=cast.manager)
    assert scores(project)[cast.reviewer.pk] == GoldScore(1, 1)
    gold_mark(example=label.example, verdict="bad", reasons=["unsafe"], by=cast.manager, revision=2)
    assert scores(project) == {}


def test_falling_below_the_accuracy_pauses_and_gives_back_what_is_held(
    rule: Rule, gold: list[GoldExample], project: Project, cast: Cast
) -> None:
    rule(gold_rate=1.0)
    while scores(project).get(cast.reviewer.pk, GoldScore(0, 0)).asked < 4:
        answer(project, cast.reviewer, right=scores(project).get(cast.reviewer.pk, GoldScore(0, 0)).asked < 2)
    assert pause_of(project, cast.reviewer) is None  # 2 of 4, but not asked often enough yet
    answer(project, cast.reviewer)
    held = claim_next(project=project, by=cast.reviewer)
    assert held
    ahead = claim_next(project=project, by=cast.reviewer, after=held)
    assert ahead
    label_add(item=held, by=cast.reviewer, revision=1, verdict="bad", reasons=["unsafe"])
    found = pause_of(project, cast.reviewer)
    assert found
    assert (found.right, found.asked, found.needed, found.by_hand) == (2, 5, 3, False)
    assert [each.pause.user for each in pauses(project)] == [cast.reviewer]
    ahead.refresh_from_db()
    assert ahead.claimed_by is None
    assert claim_next(project=project, by=cast.reviewer) is None
    assert queue_state(project, cast.reviewer, timezone.now()).pause == found
    with pytest.raises(Paused):
        label_add(item=ahead, by=cast.reviewer, revision=1, verdict="good")
    assert label_undo(project=project, by=cast.reviewer) is None
    assert claim_next(project=project, by=cast.manager)


def test_whoever_is_resumed_starts_anew(
    rule: Rule, gold: list[GoldExample], project: Project, cast: Cast
) -> None:
    pause = reviewer_pause(project=project, user=cast.reviewer, by=cast.manager, note="Please call me.")
    found = pause_of(project, cast.reviewer)
    assert found and found.by_hand and found.pause.note == "Please call me."
    assert reviewer_pause(project=project, user=cast.reviewer, by=cast.manager) == pause
    assert claim_next(project=project, by=cast.reviewer) is None
    resumed = pause_resume(pause=pause, by=cast.manager)
    assert (resumed.resumed_by, pause_of(project, cast.reviewer)) == (cast.manager, None)
    assert claim_next(project=project, by=cast.reviewer)
    assert ReviewerPause.objects.count() == 1


def test_before_somebody_qualified_they_get_gold_only(
    rule: Rule, gold: list[GoldExample], project: Project, cast: Cast
) -> None:
    rule(qualification=4, gold_accuracy=0.75)
    first = claim_next(project=project, by=cast.reviewer)
    assert first
    ahead = claim_next(project=project, by=cast.reviewer, after=first)
    assert ahead
    assert [first.queue, ahead.queue] == ["gold", "gold"]
    assert first.example_id != ahead.example_id
    assert [answer(project, cast.reviewer, right).queue for right in (True, True, False)] == ["gold"] * 3
    state = qualification_of(project, cast.reviewer)
    assert state and (state.right, state.asked, state.wanted, state.lacking) == (2, 3, 4, 0)
    last = claim_next(project=project, by=cast.reviewer)
    assert last and claim_next(project=project, by=cast.reviewer, after=last) is None
    answer(project, cast.reviewer)
    passed = Qualification.objects.get()
    assert (passed.user, passed.right, passed.asked) == (cast.reviewer, 3, 4)
    assert qualification_of(project, cast.reviewer) is None
    assert answer(project, cast.reviewer).queue == "sample"
    assert len({label.example_id for label in Label.objects.filter(queue="gold")}) == 4


def test_whoever_fails_to_qualify_is_paused_and_may_try_again(
    rule: Rule, gold: list[GoldExample], project: Project, cast: Cast
) -> None:
    rule(qualification=3)
    for _ in range(3):
        answer(project, cast.reviewer, right=False)
    found = pause_of(project, cast.reviewer)
    assert found and (found.right, found.asked, found.needed) == (0, 3, 2)
    assert not Qualification.objects.exists()
    pause_resume(pause=found.pause, by=cast.manager)
    assert [answer(project, cast.reviewer).queue for _ in range(4)] == ["gold"] * 3 + ["sample"]


@pytest.mark.parametrize(("right", "wanted"), [(True, 3), (True, 2), (False, 3)])
def test_whoever_answered_enough_before_it_was_asked_for_is_judged_at_once(
    right: bool, wanted: int, rule: Rule, gold: list[GoldExample], project: Project, cast: Cast
) -> None:
    rule(qualification=4)
    for _ in range(3):
        answer(project, cast.reviewer, right)
    rule(qualification=wanted)
    item = claim_next(project=project, by=cast.reviewer)
    assert (item and item.queue) == ("sample" if right else None)
    assert (pause_of(project, cast.reviewer) is None) is right


def test_managers_need_not_qualify(rule: Rule, gold: list[GoldExample], project: Project, cast: Cast) -> None:
    rule(qualification=3)
    assert qualification_of(project, cast.manager) is None
    assert answer(project, cast.manager).queue == "sample"


def test_too_few_gold_examples_are_said(
    rule: Rule, gold: list[GoldExample], project: Project, cast: Cast
) -> None:
    rule(qualification=6)
    assert gold_supply(project).stuck == ()
    gold_mark(example=gold[0].example, verdict="good", by=cast.reviewer)
    supply = gold_supply(project)
    assert (supply.in_use, supply.wanted, supply.stuck) == (6, 6, (cast.reviewer,))
    for _ in range(5):
        answer(project, cast.reviewer)
    assert claim_next(project=project, by=cast.reviewer) is None
    state = queue_state(project, cast.reviewer, timezone.now()).qualification
    assert state and (state.asked, state.available, state.lacking) == (5, 0, 1)


def test_a_gold_one_that_is_skipped_is_followed_by_another(
    rule: Rule, gold: list[GoldExample], project: Project, cast: Cast
) -> None:
    rule(qualification=2)
    item = claim_next(project=project, by=cast.reviewer)
    assert item
    item_skip(item=item, by=cast.reviewer)
    other = claim_next(project=project, by=cast.reviewer)
    assert other and other != item and other.queue == Queue.GOLD


def test_what_is_gold_is_known(sample: Sample, dataset: Dataset, project: Project, cast: Cast) -> None:
    row = Example.objects.filter(dataset=dataset)[0]
    with pytest.raises(NotGold):
        gold_mark(example=row, verdict="bad", by=cast.manager)
    with pytest.raises(NotGold):
        gold_mark(example=row, verdict="bad", reasons=["ugly"], by=cast.manager)
    item = claim_next(project=project, by=cast.reviewer)
    assert item
    label = label_add(
        item=item, by=cast.reviewer, revision=1, verdict="bad", reasons=["unsafe"], note="A knife."
    )
    made = gold_from_label(label=label, by=cast.manager)
    assert (made.verdict, made.reasons, made.note, made.revision) == ("bad", ["unsafe"], "A knife.", 1)
    Example.objects.filter(pk=row.pk).update(state=Example.State.WITHDRAWN)
    with pytest.raises(NotGold):
        gold_mark(example=row, verdict="good", by=cast.manager)


def test_retiring_takes_back_the_seats_that_nobody_answered(
    rule: Rule, gold: list[GoldExample], project: Project, cast: Cast
) -> None:
    rule(qualification=2)
    item = claim_next(project=project, by=cast.reviewer)
    assert item
    gold_retire(gold=GoldExample.objects.get(example=item.example_id), by=cast.manager)
    assert not QueueItem.objects.filter(queue=Queue.GOLD).exists()


@pytest.mark.parametrize(
    ("asked", "accuracy", "wanted"),
    [(20, 0.7, 14), (10, 0.7, 7), (5, 0.6, 3), (3, 0.7, 3), (7, 1.0, 7), (4, 0, 0)],
)
def test_how_many_have_to_be_right(asked: int, accuracy: float, wanted: int) -> None:
    assert needed(asked, accuracy) == wanted
    assert GoldScore(wanted, asked).reaches(accuracy)
    assert not wanted or not GoldScore(wanted - 1, asked).reaches(accuracy)
