"""The dashboard and the checklist: their figures on scripted projects, and where they lead."""

import csv
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from annotate.models import Dataset, Example, Project
from review.forecasts import WINDOW_DAYS
from review.models import (
    DatasetDecision,
    EvaluationSet,
    Label,
    Measurement,
    ReadinessSign,
    ReviewRules,
    Sample,
)
from review.queries.dashboard import approved_days, dashboard
from review.queries.readiness import readiness
from review.queries.tallies import DatasetCounts
from review.services.decisions import decision_record
from review.services.labels import label_add, label_undo
from review.services.readiness import NotSignable, readiness_sign
from review.views.overview import day_bars, track
from tests.cast import Cast, ClientOf
from tests.review.scene import queue_of, sampled, words

pytestmark = pytest.mark.django_db
PAGE, CHECKLIST = "/p/kitchen/dashboard/", "/p/kitchen/readiness/"


@pytest.fixture
def manager(client_of: ClientOf) -> Client:
    return client_of("manager")


@pytest.fixture
def sample(dataset: Dataset, cast: Cast) -> Sample:
    """Sixty of sixty are drawn; the first is bad, the next three are good."""
    made = sampled(dataset, 60)
    judge(made, cast, "bad", "good", "good", "good")
    return made


def judge(sample: Sample, cast: Cast, *verdicts: str) -> None:
    for item, verdict in zip(queue_of(sample), verdicts, strict=False):
        reasons = ["incorrect"] if verdict == "bad" else []
        label_add(item=item, by=cast.reviewer, revision=1, verdict=verdict, reasons=reasons)


def test_approved_is_what_a_release_would_hold(sample: Sample, project: Project, cast: Cast) -> None:
    today = timezone.now().date()
    assert dashboard(project, today).approved == 3
    decision_record(dataset=sample.dataset, verdict=DatasetDecision.Verdict.ACCEPTED, by=cast.manager)
    assert dashboard(project, today).approved == 59


def test_the_page_shows_each_figure_with_the_way_to_its_examples(manager: Client, sample: Sample) -> None:
    page = manager.get(PAGE)
    text = words(page)
    assert "3 of 1,000" in text
    assert "4 of 60" in text
    assert "25.0 %" in text
    for by in ("kept", "standing%3Areleased"):
        address = f"/p/kitchen/d/baking/dropped/?by={by}"
        assert f'href="{address}"' in page.content.decode()
        assert manager.get(address).status_code == 200
    assert f'href="/p/kitchen/d/baking/sample/{sample.pk}/"' in page.content.decode()


@pytest.mark.parametrize(("by", "count"), [("released", 3), ("bad", 1), ("disputed", 0), ("undecided", 56)])
def test_examples_are_found_by_what_a_release_would_do_with_them(
    manager: Client, sample: Sample, by: str, count: int
) -> None:
    page = manager.get(f"/p/kitchen/d/baking/dropped/?by=standing:{by}")
    assert len(page.context["rows"]) == min(count, 50)
    assert page.context["count"] == count


def test_an_empty_project_says_what_to_do(client_of: ClientOf, project: Project) -> None:
    Dataset.objects.all().delete()
    assert "Add the first one" in words(client_of("manager").get(PAGE))
    assert "A manager of the project adds the first one" in words(client_of("reviewer").get(PAGE))


def test_a_manager_sets_the_target(manager: Client, project: Project, dataset: Dataset) -> None:
    assert manager.post(f"{PAGE}target/", {"target": "2500"}).status_code == 302
    assert ReviewRules.objects.get(project=project).target == 2_500
    refused = manager.post(f"{PAGE}target/", {"target": "0"})
    assert refused.status_code == 422
    assert 'role="alert"' in refused.content.decode()


def test_days_count_each_example_once_and_leave_out_gold_and_what_was_taken_back(
    dataset: Dataset, project: Project, cast: Cast
) -> None:
    sample = sampled(dataset, 6)
    judge(sample, cast, *["good"] * 5)
    label_undo(project=project, by=cast.reviewer)
    ids = list(Label.objects.order_by("pk").values_list("pk", flat=True))
    today = timezone.now().date()
    assert [day.count for day in approved_days([DatasetCounts(dataset)], today)] == [*[0] * WINDOW_DAYS, 4]
    assert dashboard(project, today).today.count == 4
    assert sum(day.count for day in dashboard(project, today).days) == 0
    assert len(ids) == 6
    item = queue_of(sample)[0]
    Label.objects.create(
        example=item.example, revision=1, item=item, queue="overlap", verdict="good", by=cast.manager
    )
    Label.objects.create(
        example=queue_of(sample)[5].example, revision=1, queue="gold", verdict="good", by=cast.manager
    )
    assert approved_days([DatasetCounts(dataset)], today)[-1].count == 4


def test_a_day_begins_at_midnight(project: Project, dataset: Dataset, cast: Cast) -> None:
    (example, *_) = (item.example for item in queue_of(sampled(dataset, 2)))
    midnight = datetime(2026, 3, 2, tzinfo=UTC)
    for at in (midnight, midnight - timedelta(seconds=1), midnight - timedelta(days=WINDOW_DAYS, seconds=1)):
        Label.objects.create(example=example, revision=1, verdict="good", by=cast.reviewer, at=at)
    days = approved_days([DatasetCounts(dataset)], midnight.date())
    assert [(day.on.day, day.count) for day in days if day.count] == [(1, 1), (2, 1)]
    assert len(days) == WINDOW_DAYS + 1


def test_marks_stand_where_the_numbers_say() -> None:
    found = track(250, 1_000)
    assert (found.done, found.least, found.target) == (23.58, 47.17, 94.34)
    assert track(5_000, 1_000).done == 94.34
    assert [bar.height for bar in day_bars(())] == []


def test_the_sheet_is_safe_and_the_json_says_the_same(
    manager: Client, sample: Sample, dataset: Dataset
) -> None:
    Dataset.objects.filter(pk=dataset.pk).update(name="=SUM(A1)")
    sent = manager.get(f"{PAGE}dashboard.csv")
    lines = list(csv.DictReader(StringIO(b"".join(sent.streaming_content).decode())))  # type: ignore[attr-defined]
    assert (lines[0]["dataset"], lines[0]["approved"], lines[0]["bad"]) == ("'=SUM(A1)", "3", "1")
    found = manager.get(f"{PAGE}dashboard.json").json()
    assert (found["approved"], found["datasets"][0]["samples"][0]["bad"]) == (3, 1)


def test_the_number_of_queries_does_not_grow_with_examples_or_labels(
    manager: Client, sample: Sample, cast: Cast, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(45) as few:
        manager.get(PAGE)
    for item in queue_of(sample)[4:30]:
        label_add(item=item, by=cast.reviewer, revision=1, verdict="good")
    with django_assert_max_num_queries(len(few)):
        manager.get(PAGE)


def test_the_checklist_measures_what_can_be_measured(
    manager: Client, sample: Sample, project: Project
) -> None:
    EvaluationSet.objects.create(project=project, name="Test", sha256="0", count=1)
    found = readiness(project)
    assert (found.facts.approved, found.tokens, found.facts.alpha) == (3, 300, None)
    assert (found.facts.evaluation_sets, found.facts.contaminated, found.facts.unchecked) == (1, 0, 3)
    Project.objects.filter(pk=project.pk).update(guidelines="Be kind.")
    text = words(manager.get(CHECKLIST))
    assert "3 approved. 497 more are needed." in text
    assert "Too few examples were labelled twice" in text
    assert "900 tokens: 300 approved, 3 epochs" in text


def test_a_contaminated_approved_example_is_counted(sample: Sample, project: Project) -> None:
    good = Label.objects.filter(verdict="good").values("example")
    Measurement.objects.filter(example__in=good).update(contamination=0.5, ruling=1)
    assert readiness(project).facts.contaminated == 3


def test_agreement_is_over_what_two_people_labelled(dataset: Dataset, project: Project, cast: Cast) -> None:
    sample = sampled(dataset, 10, overlap=1.0)
    for place, item in enumerate(queue_of(sample)):
        by = cast.reviewer if item.queue == "sample" else cast.manager
        verdict = "bad" if place < 8 else "good"
        label_add(
            item=item, by=by, revision=1, verdict=verdict, reasons=["incorrect"] if verdict == "bad" else []
        )
    assert readiness(project).facts.alpha == 1.0


def test_a_person_signs_and_the_newest_word_counts(manager: Client, project: Project, cast: Cast) -> None:
    for word, note in (("yes", "Three prompts, no gain."), ("no", "A fourth one was better.")):
        sent = {"point": "prompting", "holds": word, "note": note}
        assert manager.post(f"{CHECKLIST}sign/", sent).status_code == 302
    text = words(manager.get(CHECKLIST))
    assert "it does not hold. A fourth one was better." in text
    assert "Three prompts, no gain." in text
    assert ReadinessSign.objects.filter(by=cast.manager).count() == 2


def test_without_a_note_nothing_is_signed_and_what_was_asked_stays_open(
    manager: Client, project: Project
) -> None:
    refused = manager.post(f"{CHECKLIST}sign/", {"point": "budget", "holds": "yes", "note": " "})
    assert refused.status_code == 422
    assert "Say what you rest it on" in words(refused)
    assert "<details open>" in refused.content.decode()
    assert not ReadinessSign.objects.exists()


@pytest.mark.parametrize("point", ["examples", "luck"])
def test_nobody_signs_what_is_measured(manager: Client, project: Project, cast: Cast, point: str) -> None:
    sent = {"point": point, "holds": "yes", "note": "I say so."}
    assert manager.post(f"{CHECKLIST}sign/", sent).status_code == 422
    with pytest.raises(NotSignable):
        readiness_sign(project=project, point=point, holds=True, note="I say so.", by=cast.manager)


def test_a_training_run_is_worked_out_for_what_is_asked(manager: Client, sample: Sample) -> None:
    text = words(manager.get(CHECKLIST, {"epochs": "2", "sequence": "2048", "batch": "8"}))
    assert "600 tokens: 300 approved, 2 epochs" in text
    usual = words(manager.get(CHECKLIST, {"epochs": "0", "sequence": "x"}))
    assert "900 tokens" in usual
    assert Example.objects.exists()
