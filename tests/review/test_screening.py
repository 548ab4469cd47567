"""Screening measures what needs it, once, and says what the limits make of it."""

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from accounts.models import User
from annotate.models import Dataset, Example
from annotate.services.examples import example_submit
from jobs.kinds import KINDS
from jobs.models import Job
from jobs.services import job_cancel
from jobs.work import job_work, part_claim, part_run
from review.models import Measurement, Sample, ScorerVersion
from review.policies import DEFAULT_POLICY, Policy
from review.queries.funnels import Step, funnel, funnel_of
from review.queries.patterns import patterns, verdict_of
from review.scorers import SCORERS, Battery
from review.scorers.base import Resources
from review.services import screening
from review.services.measurements import measurements_write, scorer_versions
from review.services.screening import after_import, screening_start, screenings_catch_up
from tests.cast import Cast, conversation, make_example
from tests.review.scene import SHORT, current_scorers, done, imported, in_threads, measure, screened

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)  # what other connections see


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cut work so small that few examples make many parts and chunks."""
    monkeypatch.setattr(screening, "PART", 4)
    monkeypatch.setattr(screening, "CHUNK", 2)
    monkeypatch.setattr(screening, "BATCH", 1)


def test_everything_is_measured_once_and_counted(dataset: Dataset, small: None) -> None:
    imported(dataset, 8)
    imported(dataset, 2, text=SHORT)
    job = screened(dataset)
    assert job.total == 10
    assert job.parts.count() == 3
    assert job.result["measured"] == 10
    assert {slug: found["measured"] for slug, found in job.result["scorers"].items()} == dict.fromkeys(
        (scorer.slug for scorer in SCORERS), 10
    )
    everything = set(current_scorers(dataset))
    assert all(set(row.scorers) == everything for row in Measurement.objects.filter(revision=1))
    found = funnel(dataset)
    assert (found.total, found.kept, found.dropped["length"], found.stale) == (10, 8, 2, 0)
    assert screened(dataset).result["measured"] == 0


def test_what_is_measured_is_what_the_scorers_find(dataset: Dataset) -> None:
    imported(dataset, 1, text=SHORT)
    screened(dataset)
    row = Measurement.objects.get()
    assert (row.dataset, row.format_issues, row.format_blocks) == (dataset, [], 0)
    assert (row.tokens, row.language) == (Battery({}, Resources()).measure([SHORT])[0]["tokens"], "und")


def test_drafts_and_imports_under_way_are_left_alone(dataset: Dataset, cast: Cast) -> None:
    make_example(dataset, author=cast.annotator, state=Example.State.DRAFT)
    running = imported(dataset, 2)
    running.done_at = None
    running.save()
    assert screened(dataset).result["measured"] == 0
    assert Measurement.objects.count() == 0


@pytest.mark.parametrize("change", [{"revision": 2}, {"state": Example.State.WITHDRAWN}])
def test_only_what_changed_is_measured_again(dataset: Dataset, change: dict[str, Any]) -> None:
    imported(dataset, 3)
    screened(dataset)
    Example.objects.filter(line_number=2).update(**change)
    assert screened(dataset).result["measured"] == ("revision" in change)


def test_a_new_version_of_a_scorer_measures_everything_again(dataset: Dataset) -> None:
    imported(dataset, 3)
    screened(dataset)
    ScorerVersion.objects.filter(slug="length").update(digest="of another version")
    assert funnel(dataset).stale == 3
    result = screened(dataset).result
    assert result["measured"] == 3
    assert {slug for slug, found in result["scorers"].items() if found["measured"]} == {"length"}
    assert (funnel(dataset).stale, funnel(dataset).kept) == (0, 3)


@committed
def test_a_text_edited_meanwhile_is_not_taken_for_measured(
    dataset: Dataset, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    example = make_example(dataset, author=cast.annotator)
    measure_texts = Battery.measure

    def edited_meanwhile(battery: Battery, texts: Any, **more: Any) -> Any:
        in_threads([lambda: _edit(example, cast.annotator)])
        monkeypatch.setattr(Battery, "measure", measure_texts)
        return measure_texts(battery, texts, **more)

    monkeypatch.setattr(Battery, "measure", edited_meanwhile)
    job = screening_start(dataset=dataset, by=None)
    job_work(job.pk)
    assert Measurement.objects.get().revision == 1
    assert funnel(dataset).unmeasured == 1
    # The screening has seen it at its end and started over.
    again = Job.objects.active().get(kind="screen")
    job_work(again.pk)
    done(Job.objects.active().get(kind="group"))
    assert (Measurement.objects.get().revision, funnel(dataset).unmeasured) == (2, 0)


def _edit(example: Example, by: User) -> None:
    example_submit(example=example, conversation=conversation("Changed?"), based_on=1, by=by)


def test_a_late_measurement_of_an_old_text_does_not_replace_the_newer(dataset: Dataset) -> None:
    example = make_example(dataset)
    write = partial(measurements_write, dataset_id=dataset.pk, by={"length": 1})
    write(found={example.pk: (2, {"tokens": 20, "turn_tokens": [20]})})
    write(found={example.pk: (1, {"tokens": 10, "turn_tokens": [10]})})
    assert (Measurement.objects.get().revision, Measurement.objects.get().tokens) == (2, 20)
    write(found={example.pk: (3, {"tokens": 30, "turn_tokens": [30]})})
    assert (Measurement.objects.get().revision, Measurement.objects.get().tokens) == (3, 30)


def test_scorers_write_beside_each_other_and_a_newer_text_leaves_nothing_of_the_older(
    dataset: Dataset,
) -> None:
    example = make_example(dataset)
    by = scorer_versions({})
    said = {"details": {"format": "told"}, "format_issues": ["echo"], "format_blocks": 1, "format_warns": 0}

    def write(slug: str, revision: int, **values: Any) -> None:
        found = {example.pk: (revision, values)}
        measurements_write(dataset_id=dataset.pk, found=found, by={slug: by[slug]})

    write("format", 1, **said)
    write("length", 1, tokens=60, turn_tokens=[60])
    Measurement.objects.update(ruling=1)
    row = Measurement.objects.get()
    assert (row.format_issues, row.tokens, row.details) == (["echo"], 60, {"format": "told"})
    assert set(row.scorers) == {by["format"], by["length"]}
    write("format", 1, format_issues=[], format_blocks=0, format_warns=0)
    row = Measurement.objects.get()
    assert (row.format_issues, row.tokens, row.details, row.ruling) == ([], 60, None, 1)
    write("length", 2, tokens=70, turn_tokens=[70])
    row = Measurement.objects.get()
    assert (row.format_blocks, row.tokens, row.scorers, row.ruling) == (None, 70, [by["length"]], 0)


def test_a_second_start_returns_the_screening_under_way(dataset: Dataset) -> None:
    imported(dataset, 2)
    first = screening_start(dataset=dataset, by=None)
    assert screening_start(dataset=dataset, by=None) == first
    # A worker has yet to notice that this one was cancelled.
    Job.objects.update(cancel_requested=True)
    assert screening_start(dataset=dataset, by=None) != first


@committed
def test_starts_at_once_make_one_screening(dataset: Dataset) -> None:
    imported(dataset, 2)

    def start() -> Job:
        return screening_start(dataset=Dataset.objects.get(), by=None)

    assert len({job.pk for job in in_threads([start] * 8)}) == 1


def test_what_was_imported_during_a_screening_is_screened_next(dataset: Dataset) -> None:
    imported(dataset, 2)
    job = screening_start(dataset=dataset, by=None)
    imported(dataset, 3)
    assert screening_start(dataset=dataset, by=None) == job
    job_work(job.pk)
    following = Job.objects.active().get(kind="screen")
    assert following.total == 3
    job_work(following.pk)
    done(Job.objects.active().get())
    assert funnel(dataset).kept == 5


def test_a_part_goes_on_after_its_checkpoint(
    dataset: Dataset, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(dataset, 4)
    job = screening_start(dataset=dataset, by=None)
    seen: list[int] = []

    def counted(name: str) -> None:
        if name == "screen.after_commit":
            seen.append(Measurement.objects.count())
            if len(seen) == 1:
                raise RuntimeError("the worker is gone")

    monkeypatch.setattr(screening, "failpoint", counted)
    part = part_claim(job.pk)
    assert part
    part_run(part)
    assert (seen, job.parts.get().done) == ([2], 2)
    job_work(job.pk)
    job.refresh_from_db()
    assert (seen, job.result["measured"]) == ([2, 4], 4)


def test_a_chunk_that_is_not_committed_leaves_nothing(
    dataset: Dataset, small: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(dataset, 2)
    job = screening_start(dataset=dataset, by=None)
    monkeypatch.setattr(screening, "failpoint", lambda name: 1 / 0)
    part = part_claim(job.pk)
    assert part
    part_run(part)
    assert (Measurement.objects.count(), job.parts.get().done) == (0, 0)


def test_an_import_is_screened_and_sampled_by_itself(dataset: Dataset, cast: Cast) -> None:
    source = imported(dataset, 3)
    job = Job(kind="import", payload={"import": source.pk}, by=cast.manager)
    after_import(job)
    for kind in ("screen", "group"):
        started = Job.objects.get(kind=kind)
        assert started.by == cast.manager
        done(started)
    assert Sample.objects.get().size == 3


def test_what_was_written_or_edited_is_caught_up_with(dataset: Dataset, cast: Cast) -> None:
    assert screenings_catch_up() == []
    example = make_example(dataset, author=cast.annotator)
    (job,) = screenings_catch_up()
    assert screenings_catch_up() == []
    job_work(job.pk)
    assert screenings_catch_up() == []
    _edit(example, cast.annotator)
    (again,) = screenings_catch_up()
    job_work(again.pk)
    done(Job.objects.active().get(kind="group"))
    assert (funnel(dataset).kept, Sample.objects.get().items.count()) == (1, 1)


def test_a_screening_that_was_stopped_is_not_started_again_by_itself(dataset: Dataset, cast: Cast) -> None:
    make_example(dataset, author=cast.annotator)
    (job,) = screenings_catch_up()
    job_cancel(job=job, by=cast.manager)
    assert screenings_catch_up() == []


def test_the_funnel_counts_each_step_in_one_pass(dataset: Dataset, django_assert_num_queries: Any) -> None:
    imported(dataset, 6)
    examples = list(Example.objects.order_by("pk"))
    measure(examples[:2])
    measure([examples[2]], format_blocks=1)
    measure([examples[3]], tokens=1)
    measure([examples[4]], tokens=1, format_blocks=2)
    # The policy, the evaluation sets, the active classifier, the scorers, the patterns, the total.
    with django_assert_num_queries(6):
        found = funnel(dataset)
    assert (found.total, found.measured, found.unmeasured, found.kept) == (6, 5, 1, 2)
    assert found.steps[:2] == (
        Step("format", "Format", "drop", 2, 2, 3), Step("length", "Length", "drop", 1, 2, 2)
    )  # fmt: skip


def test_flags_rulings_and_edits_in_the_funnel(dataset: Dataset) -> None:
    imported(dataset, 7)
    examples = list(Example.objects.order_by("pk"))
    measure(examples)
    measure([examples[0]], personal_data=2, tokens=1)
    measure([examples[1]], personal_data=1)
    measure([examples[2]], tokens=1, ruling=1)
    measure([examples[3]], ruling=-1)
    Example.objects.filter(pk=examples[4].pk).update(revision=2)
    Example.objects.filter(pk=examples[5].pk).update(state=Example.State.WITHDRAWN)
    found = funnel(dataset)
    steps = {step.slug: step for step in found.steps}
    assert (found.total, found.unmeasured, found.stale, found.kept, found.rescued) == (6, 1, 1, 3, 1)
    assert (steps["length"].dropped_here, steps["length"].outside) == (1, 2)
    assert (steps["personal-data"].dropped_here, found.flagged["personal-data"]) == (0, 2)
    assert (steps["hand"].dropped_here, steps["hand"].kept_after) == (1, 3)


def test_new_limits_see_the_same_pass(dataset: Dataset) -> None:
    imported(dataset, 3)
    examples = list(Example.objects.order_by("pk"))
    measure(examples)
    measure([examples[0]], tokens=20)
    looser = Policy(tuple(replace(limit, minimum=None) for limit in DEFAULT_POLICY.limits))
    found = patterns([dataset], [DEFAULT_POLICY, looser])
    kept = [
        funnel_of(found, policy, 3, number).kept for number, policy in enumerate((DEFAULT_POLICY, looser))
    ]
    assert kept == [2, 3]
    assert sum(p.count for p in found if verdict_of(p, DEFAULT_POLICY) != verdict_of(p, looser, 1)) == 1


@pytest.mark.parametrize(
    ("role", "sees", "cancels"),
    [
        ("manager", True, True),
        ("reviewer", True, False),
        ("annotator", True, False),
        ("outsider", False, False),
    ],
)
def test_members_see_a_screening_and_managers_stop_it(
    dataset: Dataset, cast: Cast, role: str, sees: bool, cancels: bool
) -> None:
    kind, job = KINDS["screen"], screening_start(dataset=dataset, by=None)
    assert (kind.may_see(cast[role], job), kind.may_cancel(cast[role], job)) == (sees, cancels)
    assert kind.page(job) == dataset.get_absolute_url()
