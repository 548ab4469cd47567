"""Labels that the classifier doubts wait for a second look; what it says overrules, and never the estimate."""

from functools import partial
from typing import Any

import pytest

from accounts.models import User
from annotate.access import Access
from annotate.models import Dataset, Example, Project
from jobs.models import Job, JobPart
from review.models import Label, QueueItem, ReviewRules, Sample, SampleItem
from review.queries.label_counts import labels_counted
from review.queries.outcomes import with_outcome
from review.queries.reports import sample_report
from review.queries.sample_rows import reviewed_of
from review.queries.second_looks import doubt, second_look_held, second_looks, second_looks_for
from review.queries.training_set import training_set
from review.services import second_looks as services
from review.services.claims import ClaimLost, claim_next, item_skip
from review.services.classifiers import training_finish
from review.services.gold import gold_mark
from review.services.labels import OwnWork, label_add, label_undo
from review.services.pauses import reviewer_pause
from review.services.second_looks import (
    second_look,
    second_look_next,
    second_looks_ask,
    second_looks_fill,
    second_looks_take_back,
)
from review.services.targets import targeted_add
from tests.cast import Cast
from tests.review.doubts import doubting, labelled
from tests.review.scene import imported, in_threads, measure

pytestmark = pytest.mark.django_db


@pytest.fixture
def sample(examples: list[Example]) -> Sample:
    return Sample.objects.get()


def waiting(project: Project) -> list[int]:
    return [item.example_id for item in second_looks(project)]


def look(project: Project, by: User, verdict: str, *, manages: bool = False) -> Label:
    item = second_look_next(project=project, by=by, manages=manages)
    assert item
    return second_look(
        item=item, by=by, manages=manages, revision=1, verdict=verdict, reasons=["incorrect"], note="Looked."
    )


def outcomes() -> dict[int, str]:
    examples: Any = with_outcome(Example.objects.all())
    return dict(examples.values_list("pk", "outcome"))


def test_what_is_improbable_waits_the_surest_first_and_says_why(
    doubted: list[Example], project: Project, cast: Cast
) -> None:
    assert waiting(project) == [example.pk for example in doubted]
    item = second_looks(project)[0]
    label = Label.objects.get(example=doubted[0])
    assert item.pick == {
        "by": "classifier", "version": 1, "label": label.pk, "verdict": "bad", "probability": pytest.approx(0.01),
        "reasons": [],
    }  # fmt: skip
    assert (item.rank, item.revision, item.barred) == (60, 1, [cast.reviewer.pk])
    assert claim_next(project=project, by=cast.manager) is None  # it is not part of the stream
    seen = doubt(item, Access(cast.manager, project, "manager"))
    assert (seen.verdict, seen.other, seen.version) == ("bad", "good", 1)
    assert [(each.name, each.label) for each in seen.opinions] == [("Reviewer", label)]


def test_asked_again_nothing_is_doubled_and_a_surer_doubt_goes_first(
    doubted: list[Example], examples: list[Example], project: Project
) -> None:
    assert second_looks_fill(project=project) == 0
    doubting(project, {examples[4].pk: 0.95, examples[1].pk: 0.99})
    assert second_looks_fill(project=project) == 1
    assert waiting(project) == [examples[1].pk, examples[0].pk, examples[4].pk]


def test_no_more_wait_than_a_bound(
    examples: list[Example], project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    doubting(project, {example.pk: 0.98 for example in examples[1:3]} | {examples[4].pk: 0.99})
    monkeypatch.setattr(services, "MOST", 2)
    assert (second_looks_fill(project=project), second_looks_fill(project=project)) == (2, 0)
    assert waiting(project) == [examples[4].pk, examples[1].pk]


def test_a_classifier_no_better_than_length_doubts_nothing(examples: list[Example], project: Project) -> None:
    assert second_looks_fill(project=project) == 0
    doubting(project, {examples[1].pk: 0.99}, evaluation={"beats_length": False})
    assert second_looks_fill(project=project) == 0


def test_a_training_that_ends_asks_for_them(examples: list[Example], project: Project) -> None:
    version = doubting(project, {examples[1].pk: 0.99}, evaluation={"auc": 0.8, "auc_interval": None})
    job = Job.objects.create(kind="train-classifier", subject="", label="", unit="fits", total=6)
    JobPart.objects.create(job=job, number=0, payload={}, checkpoint={"version": version.pk})
    for _ in range(2):  # a finish that is done twice adds them once
        assert training_finish(job)["version"] == 1
        assert waiting(project) == [examples[1].pk]


def test_what_is_looked_at_anyway_was_changed_or_is_gone_is_left_out(
    examples: list[Example], project: Project, cast: Cast, second: User
) -> None:
    seated, edited, relabelled, withdrawn = (examples[place] for place in (0, 1, 2, 4))
    doubting(project, {example.pk: 0.99 for example in (edited, relabelled, withdrawn)} | {seated.pk: 0.01})
    targeted_add(project=project, examples=[seated], by=cast.manager, why={"by": "browse"})
    Example.objects.filter(pk=edited.pk).update(revision=2)
    labelled(relabelled, "bad", second)
    Example.objects.filter(pk=withdrawn.pk).update(state=Example.State.WITHDRAWN)
    assert second_looks_fill(project=project) == 0
    QueueItem.objects.filter(queue="targeted").update(queue="gold")
    assert second_looks_fill(project=project) == 1


def test_it_overrules_for_training_and_release_and_leaves_the_estimate_as_it_was(
    doubted: list[Example], sample: Sample, project: Project, cast: Cast, second: User
) -> None:
    before, items = sample_report(sample), list(SampleItem.objects.order_by("pk").values())
    look(project, second, "good")
    look(project, second, "good")
    assert [outcomes()[example.pk] for example in doubted] == ["good", "good"]
    rows = {row.example: (row.good, row.first) for row in training_set(project)}
    assert [rows[example.pk] for example in doubted] == [(True, False), (True, True)]
    assert sample_report(sample) == before
    assert reviewed_of(sample).overturned == (1, 0)
    assert list(SampleItem.objects.order_by("pk").values()) == items
    assert second_look_next(project=project, by=second, manages=False) is None


def test_a_text_has_one_second_look_whatever_is_doubted_later(
    doubted: list[Example], project: Project, cast: Cast, second: User
) -> None:
    look(project, second, "bad")
    doubting(project, {doubted[0].pk: 0.99})
    assert second_looks_fill(project=project) == 0
    labelled(doubted[0], "bad", cast.manager)
    doubting(project, {doubted[0].pk: 0.99})
    assert second_looks_fill(project=project) == 0
    labelled(doubted[0], "bad", cast.reviewer, revision=2)
    Example.objects.filter(pk=doubted[0].pk).update(revision=2)
    version = doubting(project, {})
    newest = Label.objects.latest("pk").pk
    assert second_looks_ask(version=version, labels=[newest], by=cast.manager) == 1


def test_taken_back_it_waits_again_and_the_label_before_it_counts(
    doubted: list[Example], project: Project, second: User
) -> None:
    before = labels_counted(project)
    label = look(project, second, "good")
    assert labels_counted(project) == (before[0] + 1, before[1] - 1)
    assert label_undo(project=project, by=second) == label.item
    assert (outcomes()[doubted[0].pk], labels_counted(project)) == ("bad", before)
    assert second_look_next(project=project, by=second, manages=False) == label.item
    assert look(project, second, "bad").item == label.item


def test_nobody_looks_again_at_their_own_label_or_text_but_a_manager_may_at_their_label(
    doubted: list[Example], project: Project, cast: Cast, second: User
) -> None:
    assert second_look_next(project=project, by=cast.reviewer, manages=False) is None
    item = second_looks(project)[0]
    with pytest.raises(ClaimLost):
        second_look(item=item, by=cast.reviewer, manages=False, revision=1, verdict="good")
    assert look(project, cast.reviewer, "good", manages=True).item == item
    Example.objects.filter(pk=doubted[1].pk).update(author=second)
    assert second_look_next(project=project, by=second, manages=True) is None
    with pytest.raises(OwnWork):
        second_look(item=second_looks(project)[0], by=second, manages=True, revision=1, verdict="good")


@pytest.mark.parametrize("change", ["edited", "undone", "withdrawn"])
def test_what_changed_while_somebody_reads_is_not_saved_and_passed_over(
    doubted: list[Example], project: Project, cast: Cast, second: User, change: str
) -> None:
    item = second_look_next(project=project, by=second, manages=False)
    assert item and item.example_id == doubted[0].pk
    access = Access(second, project, "reviewer")
    assert item.claimed_until
    assert second_look_held(access, item.claimed_until.replace(year=2020)) == item
    here = Example.objects.filter(pk=doubted[0].pk)
    if change == "edited":
        here.update(revision=2)
    elif change == "withdrawn":
        here.update(state=Example.State.WITHDRAWN)
    else:
        said = Label.objects.get(example=doubted[0])
        labelled(doubted[0], "undone", cast.reviewer, queue=said.queue)
    with pytest.raises(ClaimLost):
        second_look(item=item, by=second, manages=False, revision=1, verdict="good")
    assert second_look_held(access, item.claimed_until.replace(year=2020)) is None
    assert not Label.objects.filter(queue="second-look").exists()
    assert waiting(project) == [doubted[1].pk]
    following = second_look_next(project=project, by=second, manages=False)
    assert following and following.example_id == doubted[1].pk


def test_what_is_doubted_no_more_is_taken_out_and_may_be_doubted_anew(
    doubted: list[Example], project: Project, cast: Cast, second: User
) -> None:
    look(project, second, "good")
    label_undo(project=project, by=second)  # what was said stays, and with it the seat
    QueueItem.objects.update(claimed_by=None, claimed_until=None)
    for example in doubted:
        labelled(example, "bad", cast.reviewer)
    version = doubting(project, {example.pk: 0.99 for example in doubted})
    assert second_looks_fill(project=project) == 2
    assert sorted(waiting(project)) == sorted(example.pk for example in doubted)
    open_seats = QueueItem.objects.open().filter(queue="second-look")
    assert {item.pick["version"] for item in open_seats if item.pick} == {version.number}


def test_a_skipped_one_is_for_somebody_else_until_it_is_taken_up_again(
    doubted: list[Example], project: Project, cast: Cast, second: User
) -> None:
    item = second_look_next(project=project, by=second, manages=False)
    assert item
    item_skip(item=item, by=second)
    other = second_look_next(project=project, by=second, manages=False)
    assert other and other != item
    assert item not in second_looks_for(Access(second, project, "reviewer"))
    assert second_looks_take_back(project=project, by=second) == 1
    assert item in second_looks_for(Access(second, project, "reviewer"))


def test_no_gold_example_follows_and_nobody_who_is_paused_gets_one(
    doubted: list[Example], project: Project, second: User, cast: Cast
) -> None:
    ReviewRules.objects.update(gold_rate=1.0)
    gold_mark(
        example=Example.objects.exclude(pk__in=[each.pk for each in doubted])[0],
        verdict="good",
        by=cast.manager,
    )
    seats = QueueItem.objects.count()
    look(project, second, "good")
    assert QueueItem.objects.count() == seats
    reviewer_pause(project=project, user=second, note="Rest.", by=cast.manager)
    assert second_look_next(project=project, by=second, manages=False) is None


@pytest.mark.django_db(transaction=True)
def test_of_two_who_ask_at_once_each_gets_another_and_one_is_decided_once(
    doubted: list[Example], project: Project, cast: Cast, second: User
) -> None:
    people = [cast.manager, second]
    taken = in_threads(
        [partial(second_look_next, project=project, by=person, manages=False) for person in people]
    )
    assert {item.example_id for item in taken if item} == {example.pk for example in doubted}
    item = second_looks(project)[0]
    QueueItem.objects.update(claimed_by=None, claimed_until=None)

    def decide(by: User) -> bool:
        try:
            second_look(item=item, by=by, manages=False, revision=1, verdict="good")
        except ClaimLost:
            return False
        return True

    assert sorted(in_threads([partial(decide, person) for person in people])) == [False, True]
    assert Label.objects.filter(item=item).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_who_fill_it_at_once_double_nothing(examples: list[Example], project: Project) -> None:
    doubting(project, {examples[1].pk: 0.99, examples[0].pk: 0.03})
    assert sum(in_threads([partial(second_looks_fill, project=project)] * 2)) == 2
    assert len(waiting(project)) == 2


def test_what_the_stream_says_later_does_not_overrule_it(
    project: Project, dataset: Dataset, sample: Sample, cast: Cast, second: User
) -> None:
    (example,) = Example.objects.filter(source_import=imported(dataset, 1))
    measure([example])
    labelled(example, "bad", cast.reviewer)
    doubting(project, {example.pk: 0.99})
    assert second_looks_fill(project=project) == 1
    look(project, second, "good")
    assert outcomes()[example.pk] == "good"
    seat = QueueItem.objects.create(
        project=project, queue="targeted", example=example, rank=30, key=b"", batch=0
    )
    label_add(item=seat, by=cast.manager, revision=1, verdict="bad", reasons=["unsafe"])
    assert outcomes()[example.pk] == "good"
