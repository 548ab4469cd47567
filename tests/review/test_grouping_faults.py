"""A grouping that is broken off anywhere, or disturbed by others, comes to the same in the end."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction

from annotate.models import Dataset, Example
from annotate.services.examples import example_submit
from jobs.models import Job, JobPart
from jobs.services import job_cancel, job_pause, job_resume
from jobs.work import job_work
from review.models import ClusterMember, DuplicateCluster, Measurement
from review.queries.patterns import patterns
from review.services import (
    grouping,
    grouping_batch,
    grouping_due,
    grouping_exact,
    grouping_lookup,
    grouping_near,
    grouping_steps,
)
from review.services.clusters import keeper_choose
from review.services.grouping import grouping_start
from review.services.locks import unhindered
from review.services.screening import screening_start
from tests.cast import Cast, conversation
from tests.review.grouped import SEVERAL, check, clusters, family, grouped, measured, stored
from tests.review.scene import done, imported, in_threads, unlike

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)

MODULES = (grouping, grouping_batch, grouping_due, grouping_exact, grouping_lookup, grouping_near)


@pytest.fixture
def passing(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[str], None]], None]:
    """Give what is called with the name of each failpoint that the grouping passes."""
    for module, name in ((grouping_exact, "MEMBERS"), (grouping_near, "MEMBERS"), (grouping_lookup, "CHUNK"),
                         (grouping_due, "MARKED")):  # fmt: skip
        monkeypatch.setattr(module, name, 2)
    monkeypatch.setattr(grouping_batch, "SORTED", 100)

    def patch(call: Callable[[str], None]) -> None:
        for module in MODULES:
            monkeypatch.setattr(module, "failpoint", call)

    return patch


@pytest.mark.parametrize("batch", [False, True], ids=["lookup", "batch"])
def test_broken_off_at_every_place_in_turn(
    dataset: Dataset, passing: Callable[..., None], monkeypatch: pytest.MonkeyPatch, batch: bool
) -> None:
    """Each time that it passes a place for the second time it dies there, the next attempt at another."""
    monkeypatch.setattr(grouping_near, "FEW", -1 if batch else 2_000)
    passed: dict[str, int] = {}

    def die_once(name: str) -> None:
        passed[name] = passed.get(name, 0) + 1
        if passed[name] == 2:
            raise RuntimeError(name)

    passing(die_once)
    monkeypatch.setattr("jobs.work.MAX_ATTEMPTS", 100)
    stored(dataset, [*SEVERAL, *family(4), *family(4), *family(5, 1)])
    job = grouped(dataset)
    check()
    ways = {"group.bands"} if batch else {"group.lookup"}
    places = {"exact", "before_clusters", "clusters", "before_marked", "marked", "before_end"}
    assert set(passed) == {f"group.{place}" for place in places} | ways
    assert job.result["grouped"] == 14, "what was done for good was counted once"
    assert job.result["near"]["way"] == ("batch" if batch else "lookup")


def test_what_can_never_be_done_is_given_up(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    stored(dataset, SEVERAL)
    measured(dataset)
    monkeypatch.setattr(grouping_lookup, "_compare", lambda *told: 1 / 0)
    job = grouping_start(project=dataset.project, by=None)
    job_work(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.FAILED
    assert job.error.startswith("Given up after 3 attempts: ZeroDivisionError")


def test_an_example_edited_meanwhile_is_left_to_the_next_grouping(
    dataset: Dataset, cast: Cast, passing: Callable[..., None]
) -> None:
    examples = stored(dataset, SEVERAL)

    def edit(name: str) -> None:
        example = examples[1]
        example.refresh_from_db()
        if name == "group.lookup" and example.revision == 1:
            example_submit(example=example, conversation=unlike(9), based_on=1, by=cast.manager)
            measured(dataset)

    passing(edit)
    first = grouped(dataset)
    assert first.result["grouped"] < 10
    assert not ClusterMember.objects.filter(example=examples[1]).exists()
    following = done(Job.objects.active().get(kind="group"))
    assert following.result["grouped"] == 10 - first.result["grouped"]
    assert not Job.objects.active().exists()
    check()


def test_hashes_found_anew_meanwhile_are_left_to_the_next_grouping(
    dataset: Dataset, passing: Callable[..., None]
) -> None:
    copy, other = stored(dataset, family(1) * 2)
    other_hash = "00000000-0000-0000-0000-000000000001"

    def rehash(name: str) -> None:
        if name == "group.exact":
            Measurement.objects.filter(example=other).update(exact_hash=other_hash, prompt_hash=other_hash)

    passing(rehash)
    assert grouped(dataset).result["grouped"] == 1
    passing(lambda name: None)
    done(Job.objects.active().get(kind="group"))
    found = Measurement.objects.order_by("example").values_list("example", "exact_copy", "near_similarity")
    assert list(found) == [(copy.pk, 0, 0.0), (other.pk, 0, 1.0)]


def test_so_is_a_cluster_of_which_one_has_other_hashes_since(
    dataset: Dataset, passing: Callable[..., None]
) -> None:
    one, other = stored(dataset, family(1, 2))
    other_hash = "00000000-0000-0000-0000-000000000001"

    def rehash(name: str) -> None:
        if name == "group.lookup":
            Measurement.objects.filter(example=other).update(exact_hash=other_hash, prompt_hash=other_hash)

    passing(rehash)
    assert grouped(dataset).result["grouped"] == 0
    assert not ClusterMember.objects.exists()
    passing(lambda name: None)
    done(Job.objects.active().get(kind="group"))
    assert set(ClusterMember.objects.values_list("example", flat=True)) == {one.pk, other.pk}


def test_a_copy_chosen_meanwhile_is_compared_by_the_next_grouping(
    dataset: Dataset, cast: Cast, passing: Callable[..., None]
) -> None:
    first, copy, other = stored(dataset, [*family(1), *family(1), family(1, 2)[1]])

    def choose(name: str) -> None:
        if name == "group.lookup":
            cluster = DuplicateCluster.objects.get(kind="exact")
            keeper_choose(cluster=cluster, example=copy, by=cast.manager)

    passing(choose)
    grouped(dataset)
    passing(lambda name: None)
    done(Job.objects.active().get(kind="group"))
    assert clusters("near") == {frozenset({copy.pk, other.pk})}
    found = dict(Measurement.objects.values_list("example", "exact_copy"))
    assert found == {first.pk: 1, copy.pk: 0, other.pk: 0}
    assert Measurement.objects.get(example=first).near_similarity == 0


def test_it_does_not_start_over_for_ever(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(grouping, "near_group", lambda *told: None)
    stored(dataset, SEVERAL)
    measured(dataset)
    grouping_start(project=dataset.project, by=None)
    for _ in range(10):
        for job in Job.objects.active():
            done(job)
    assert (Job.objects.filter(kind="group").count(), Job.objects.active().count()) == (4, 0)


def test_it_stops_when_asked(dataset: Dataset, cast: Cast, passing: Callable[..., None]) -> None:
    stored(dataset, SEVERAL)
    measured(dataset)
    job = grouping_start(project=dataset.project, by=None)
    passing(lambda name: name == "group.lookup" and job_cancel(job=job, by=cast.manager))
    job_work(job.pk)
    job.refresh_from_db()
    assert job.state == Job.State.CANCELLED
    grouped(dataset)
    check()


def test_it_is_paused_and_goes_on(dataset: Dataset, passing: Callable[..., None]) -> None:
    stored(dataset, SEVERAL)
    measured(dataset)
    job = grouping_start(project=dataset.project, by=None)
    passing(lambda name: name == "group.clusters" and job_pause(job=job))
    job_work(job.pk)
    job.refresh_from_db()
    assert (job.is_over, job.parts.get().state) == (False, JobPart.State.WAITING)
    passing(lambda name: None)
    done(job_resume(job=job))
    check()


def test_its_steps_are_shown(dataset: Dataset, passing: Callable[..., None]) -> None:
    seen: list[Any] = []
    job = grouping_start(project=dataset.project, by=None)

    def look(name: str) -> None:
        part = job.parts.get()
        seen.append((name, part.checkpoint["step"], part.done))

    passing(look)
    stored(dataset, SEVERAL)
    measured(dataset)
    done(job)
    assert seen[0] == ("group.exact", "exact", 0)
    assert [told for told in seen if told[0] == "group.lookup"] == [
        ("group.lookup", "near", count) for count in (2, 4, 6, 8, 9)
    ]
    assert seen[-1] == ("group.before_end", "store", 10)
    rates = grouping_steps.grouping_rates(job)
    assert [(rate.label, rate.done) for rate in rates] == [
        ("Exact duplicates", 10), ("Near duplicates", 9), ("Stored", 10)
    ]  # fmt: skip


@committed
def test_it_waits_for_who_writes_a_measurement(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    examples = stored(dataset, SEVERAL)
    measured(dataset)
    waits = threading.Event()

    def watched(work: Callable[[], Any], *, patience: float, waiting: Callable[[], None]) -> Any:
        def tried() -> None:
            waits.set()
            waiting()

        return unhindered(work, patience=patience, waiting=tried)

    monkeypatch.setattr(grouping_steps, "unhindered", watched)
    job = grouping_start(project=dataset.project, by=None)
    with transaction.atomic():
        Measurement.objects.filter(example=examples[1]).update(tokens=7)
        worker = threading.Thread(target=in_threads, args=[[lambda: job_work(job.pk)]])
        worker.start()
        assert waits.wait(20)
        assert not ClusterMember.objects.filter(example=examples[1]).exists()
    worker.join(30)
    check()
    assert Measurement.objects.get(example=examples[1]).tokens == 7


@committed
def test_two_datasets_are_screened_while_one_is_grouped(
    dataset: Dataset, passing: Callable[..., None]
) -> None:
    """Nothing is lost and nobody waits for ever, whoever comes first."""
    other = Dataset.objects.create(project=dataset.project, name="Other", slug="other")
    stored(dataset, [*SEVERAL, *family(4)])
    imported(other, 5)
    stored(other, [*family(1), *family(4, 1), conversation("Why?", "So.")])
    measured(dataset)
    jobs = [grouping_start(project=dataset.project, by=None)]
    jobs += [screening_start(dataset=each, by=None) for each in (other, dataset)]
    in_threads([lambda job=job: job_work(job.pk) for job in jobs])  # type: ignore[misc]
    while job := Job.objects.active().first():
        done(job)
    assert set(Job.objects.values_list("state", flat=True)) == {Job.State.DONE}
    check()
    datasets = list(Dataset.objects.filter(project=dataset.project))
    assert sum(pattern.count for pattern in patterns(datasets, [])) == Example.objects.count()
