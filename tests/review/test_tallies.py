"""Counts of large datasets are stored, and whatever could change one makes it stale."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from annotate.models import Dataset, Example
from review.models import (
    ClusterMember,
    DuplicateCluster,
    EvaluationSet,
    Ruling,
    Sample,
    Tally,
)
from review.policies import DEFAULT_POLICY, Policy
from review.queries import tallies
from review.queries.dashboard import dashboard
from review.queries.funnels import funnel
from review.queries.readiness import readiness
from review.queries.reports import SampleCounts, sample_report
from review.queries.sample_rows import reviewed_of
from review.queries.tallies import Approved, DatasetCounts
from review.services.claims import claim_next
from review.services.clusters import keeper_choose
from review.services.decisions import decision_record
from review.services.labels import label_add
from review.services.policies import policy_save
from review.services.rulings import ruling_make, ruling_undo
from review.services.tallies import tallies_catch_up, tally_renew
from review.views.sample_numbers import numbers_of
from tests.cast import Cast, make_example
from tests.review.scene import imported, measure, queue_of, sampled, screened

pytestmark = pytest.mark.django_db
KEPT, STANDINGS = Tally.Kind.KEPT, Tally.Kind.STANDINGS


@pytest.fixture(autouse=True)
def _three_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tallies, "LARGE", 3)


@pytest.fixture
def known(dataset: Dataset, cast: Cast) -> Dataset:
    """A dataset of which everything that can change is there: a sample, a ruling, a cluster."""
    sampled(dataset, 4)
    first, second, third, _ = Example.objects.order_by("pk")
    ruling_make(project=dataset.project, verdict=-1, note="No.", by=cast.manager, example_ids=[first.pk])
    cluster = DuplicateCluster.objects.create(project=dataset.project, kind="near", keeper=second, size=2)
    for example in (second, third):
        ClusterMember.objects.create(
            cluster=cluster, kind="near", example=example, revision=1, similarity=0.9
        )
    return dataset


def withdraw(dataset: Dataset, cast: Cast) -> None:
    Example.objects.filter(line_number=4).update(state=Example.State.WITHDRAWN)


def swap_two(dataset: Dataset, cast: Cast) -> None:
    """As many are away as before, but others."""
    Example.objects.filter(line_number=2).update(state=Example.State.WITHDRAWN)
    tally_renew(dataset=dataset, kind=KEPT)
    Example.objects.filter(line_number=2).update(state=Example.State.SUBMITTED)
    Example.objects.filter(line_number=3).update(state=Example.State.WITHDRAWN)


def edit(dataset: Dataset, cast: Cast) -> None:
    Example.objects.filter(line_number=4).update(revision=2)


def write(dataset: Dataset, cast: Cast) -> None:
    make_example(dataset, author=cast.annotator)


def add_import(dataset: Dataset, cast: Cast) -> None:
    imported(dataset, 1)


def screen(dataset: Dataset, cast: Cast) -> None:
    screened(dataset)


def rule(dataset: Dataset, cast: Cast) -> None:
    pk = Example.objects.get(line_number=4).pk
    ruling_make(project=dataset.project, verdict=-1, note="No.", by=cast.manager, example_ids=[pk])


def undo(dataset: Dataset, cast: Cast) -> None:
    ruling_undo(ruling=Ruling.objects.get(), by=cast.manager)


def move_a_limit(dataset: Dataset, cast: Cast) -> None:
    policy_save(project=dataset.project, policy=Policy(DEFAULT_POLICY.limits[:1]), by=cast.manager)


def choose(dataset: Dataset, cast: Cast) -> None:
    third = Example.objects.get(line_number=3)
    keeper_choose(cluster=DuplicateCluster.objects.get(), example=third, by=cast.manager)


def compare_with_more(dataset: Dataset, cast: Cast) -> None:
    EvaluationSet.objects.create(project=dataset.project, name="Exam", sha256="1" * 64)


@pytest.mark.parametrize(
    "happens",
    [
        withdraw,
        swap_two,
        edit,
        write,
        add_import,
        screen,
        rule,
        undo,
        move_a_limit,
        choose,
        compare_with_more,
    ],
)
def test_whatever_changes_a_count_makes_it_stale(
    known: Dataset, cast: Cast, happens: Callable[[Dataset, Cast], None]
) -> None:
    tally_renew(dataset=known, kind=KEPT)
    assert DatasetCounts(known).kept.is_current
    happens(known, cast)
    assert not DatasetCounts(known).kept.is_current
    tally_renew(dataset=known, kind=KEPT)
    now = DatasetCounts(known).kept
    assert (now.is_current, now.value.funnel) == (True, funnel(known))


def test_labels_and_decisions_change_what_would_be_released_and_nothing_else(
    known: Dataset, cast: Cast
) -> None:
    for kind in Tally.Kind:
        tally_renew(dataset=known, kind=kind)
    assert DatasetCounts(known).standings.value == {"hand": 1, "undecided": 3}
    item = claim_next(project=known.project, by=cast.reviewer)
    assert item
    label_add(item=item, by=cast.reviewer, revision=1, verdict="good")
    assert not DatasetCounts(known).standings.is_current
    tally_renew(dataset=known, kind=STANDINGS)
    assert DatasetCounts(known).approved == 1
    decision_record(dataset=known, verdict="accepted", by=cast.manager)
    shown = DatasetCounts(known)
    assert (shown.standings.is_current, shown.approved) == (False, 1)
    tally_renew(dataset=known, kind=STANDINGS)
    shown = DatasetCounts(known)
    assert (shown.approved, shown.kept.is_current, shown.parts.is_current) == (3, True, True)


def test_what_training_asks_for_is_counted_of_what_would_be_released(known: Dataset, cast: Cast) -> None:
    decision_record(dataset=known, verdict="accepted", by=cast.manager)
    measure(Example.objects.filter(line_number=2), tokens=90, contamination=0.5, ruling=1)
    tally_renew(dataset=known, kind=Tally.Kind.TRAINING)
    decision_record(dataset=known, verdict="held", by=cast.manager)
    stored = DatasetCounts(known).training
    assert (stored.is_current, stored.value) == (False, Approved(90 + 2 * 100, contaminated=1, unchecked=0))


def test_reports_are_read_from_counts_of_before_until_they_are_renewed(known: Dataset, cast: Cast) -> None:
    sample = Sample.objects.get()
    tallies_catch_up()
    item = claim_next(project=known.project, by=cast.reviewer)
    assert item
    label_add(item=item, by=cast.reviewer, revision=1, verdict="bad", reasons=["unsafe"])
    before, after = reviewed_of(sample), SampleCounts(bad=1, left=2, gone=1)
    shown = DatasetCounts(known)
    assert (shown.samples.is_current, shown.samples.value) == (
        False,
        {sample.pk: SampleCounts(left=3, gone=1)},
    )
    assert (shown.said.is_current, shown.said.value[sample.pk].verdicts) == (False, ())
    Tally.objects.update(seconds=0)
    tallies_catch_up()
    shown = DatasetCounts(known)
    assert (shown.samples.value, shown.said.value) == ({sample.pk: after}, {sample.pk: before})
    assert before.verdicts == (True,)
    assert sample_report(sample, counts=after).counts == sample_report(sample).counts == after


def test_pages_say_the_same_by_stored_counts(
    dataset: Dataset, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample, today = sampled(dataset, 6, overlap=1.0), timezone.now().date()
    for place, seat in enumerate(queue_of(sample)):
        by = cast.reviewer if seat.queue == "sample" else cast.manager
        label_add(item=seat, by=by, revision=1, verdict="good" if place % 3 else "bad", reasons=["unsafe"])

    def told() -> tuple[Any, ...]:
        seen, ready, numbers = (
            dashboard(dataset.project, today),
            readiness(dataset.project),
            numbers_of(sample),
        )
        (row,) = seen.rows
        return (
            (row.counts.kept.value, row.counts.standings.value, row.report.evidence(), seen.days, seen.today),
            (ready.facts, ready.tokens, ready.agreement),
            (
                numbers.report,
                numbers.growth,
                numbers.slices,
                numbers.reasons,
                numbers.agreement,
                numbers.correction,
            ),
        )

    counted = told()
    assert (counted[0][-1].count, counted[1][0].alpha is not None) == (6, True)
    assert {tally.kind for tally in tallies_catch_up()} == set(Tally.Kind)
    monkeypatch.setattr(tallies, "COUNTS", {})
    assert told() == counted


def test_what_is_kept_is_counted_by_import(dataset: Dataset, cast: Cast) -> None:
    first, second = imported(dataset, 3), imported(dataset, 2)
    measure(Example.objects.filter(dataset=dataset))
    measure(Example.objects.filter(source_import=first, line_number=1), tokens=1)
    measure([make_example(dataset, author=cast.annotator)], language="en")
    found = DatasetCounts(dataset).kept.value
    assert found.by_import == {first.pk: 2, second.pk: 2, 0: 1}
    assert found.funnel == funnel(dataset)
    parts = DatasetCounts(dataset).parts.value
    assert parts[first.pk]["length"] == {"1": 2}
    assert parts[0]["language"] == {"en": 1}


def test_small_datasets_are_counted_when_somebody_looks(
    known: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    tally_renew(dataset=known, kind=KEPT)
    monkeypatch.setattr(tallies, "LARGE", 5)
    assert tallies_catch_up() == []
    assert not Tally.objects.exists()
    Example.objects.filter(line_number=4).update(state=Example.State.WITHDRAWN)
    counted = DatasetCounts(known).kept
    assert (counted.is_current, counted.value.funnel.total) == (True, 3)


def test_large_ones_are_counted_every_minute_where_something_changed(known: Dataset, cast: Cast) -> None:
    assert {tally.kind for tally in tallies_catch_up()} == set(Tally.Kind)
    assert tallies_catch_up() == []
    withdraw(known, cast)
    shown = DatasetCounts(known).kept
    assert (shown.is_current, shown.value.funnel.total) == (False, 4)
    Tally.objects.update(seconds=600)
    assert tallies_catch_up() == []  # it rests after such a count
    Tally.objects.update(counted_at=timezone.now() - timedelta(seconds=12_001))
    assert {tally.kind for tally in tallies_catch_up()} == set(Tally.Kind)
    assert DatasetCounts(known).kept.value.funnel.total == 3


@pytest.mark.parametrize("index", ["example_touched", "example_by_hand"])
def test_the_stamp_reads_only_what_was_touched(known: Dataset, index: str) -> None:
    from review.queries.stamps import TOUCHED

    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {TOUCHED}", {"dataset": known.pk})
        assert index in str(cursor.fetchall())
