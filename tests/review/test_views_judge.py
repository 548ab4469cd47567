"""The judge's page: where texts would go, the rubric, a start within a budget, and what the scores are worth."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from annotate.models import Dataset, Example, Project
from jobs.models import Job
from review.models import JudgeRubric, Label, Measurement
from review.queries.judging import judge_scorer
from review.remote.judge import SLUG
from review.services.judging import judge_start, rubric_save
from tests.cast import Cast, ClientOf
from tests.review.scene import classifier_version, imported, measure, queue_of, sampled, words
from tests.review.test_judged_classifier import MODEL, RUBRIC, judge

pytestmark = pytest.mark.django_db
PAGE = "/p/kitchen/judge/"


@pytest.fixture
def manager(client_of: ClientOf) -> Client:
    return client_of("manager")


@pytest.fixture
def server(settings: Any) -> None:
    address = "http://someone:secret@gpu-box:8000/v1"
    settings.REMOTE_ENDPOINTS = {"judge": {"url": address, "model": MODEL, "key": "k-e-y"}}


@pytest.fixture
def ruled(project: Project, cast: Cast, server: None) -> JudgeRubric:
    return rubric_save(project=project, text=RUBRIC, by=cast.manager)


def test_without_a_server_it_says_what_the_operator_sets(manager: Client, dataset: Dataset) -> None:
    page = words(manager.get(PAGE))
    assert "No judge is set up" in page
    assert "JUDGE_URL and JUDGE_MODEL" in page
    assert "Ask the judge" not in page
    assert "Judge the last answer of the assistant" in page
    assert manager.post(f"{PAGE}try/").status_code == 409


def test_it_says_where_texts_go_before_any_is_sent_and_not_by_which_key(
    manager: Client, dataset: Dataset, server: None
) -> None:
    answer = manager.get(PAGE)
    assert "Texts are sent to gpu-box:8000 , for the model judge-1 :" in words(answer)
    assert not {"secret", "k-e-y"} & {word for word in ("secret", "k-e-y") if word in answer.content.decode()}
    assert "Save a rubric first." in words(answer)


def test_a_rubric_is_saved_and_the_one_before_stays_to_be_read(
    manager: Client, dataset: Dataset, server: None
) -> None:
    assert manager.post(f"{PAGE}rubric/", {"text": " "}).status_code == 422
    for text in ("First\r\nline", "First\nline", "Second"):
        manager.post(f"{PAGE}rubric/", {"text": text})
    assert list(JudgeRubric.objects.values_list("number", "text")) == [(2, "Second"), (1, "First\nline")]
    page = words(manager.get(PAGE))
    assert "Rubric 2" in page
    assert "Rubric 1, by you" in page


def test_each_set_says_how_much_is_left_and_a_start_has_its_budget(
    manager: Client, dataset: Dataset, ruled: JudgeRubric, cast: Cast
) -> None:
    imported(dataset, 3)
    first = Example.objects.order_by("pk")[0]
    measure(Example.objects.all(), tokens=100)
    Label.objects.create(example=first, revision=1, verdict="good", by=cast.reviewer)
    page = words(manager.get(PAGE))
    assert "Labelled texts: 1 left, ~" in page
    assert "Baking: 3 left, ~" in page
    sent = {"which": "dataset:baking", "tokens": "5000", "count": ""}
    assert manager.post(f"{PAGE}start/", sent).status_code == 302
    job = Job.objects.get(kind="judge")
    assert {name: job.payload[name] for name in ("which", "dataset", "tokens", "most", "number")} == {
        "which": "dataset", "dataset": dataset.pk, "tokens": 5000, "most": None, "number": 1
    }  # fmt: skip
    page = words(manager.get(PAGE))
    assert "It ends before it has spent 5,000 tokens." in page
    assert "It is being asked" in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"which": "random"}, "Say how many are drawn"),
        ({"which": "random", "count": "20001"}, "At most 20,000 are drawn at once"),
        ({"which": "dataset:other"}, "Select a valid choice"),
        ({"tokens": "0"}, "greater than or equal to 1"),
        ({"tokens": ""}, "This field is required"),
    ],
)
def test_what_cannot_be_started_is_named(
    manager: Client, dataset: Dataset, ruled: JudgeRubric, changes: dict[str, str], said: str
) -> None:
    imported(dataset, 1)
    answer = manager.post(f"{PAGE}start/", {"which": "all", "tokens": "100", "count": "", **changes})
    assert (answer.status_code, said in words(answer)) == (422, True)
    assert not Job.objects.exists()


def test_nothing_left_is_said(manager: Client, dataset: Dataset, ruled: JudgeRubric) -> None:
    answer = manager.post(f"{PAGE}start/", {"which": "all", "tokens": "100"})
    assert (answer.status_code, "Nothing is left to ask about" in words(answer)) == (409, True)


def test_what_came_of_the_last_run_and_of_a_try_out_is_shown(
    manager: Client, dataset: Dataset, ruled: JudgeRubric, cast: Cast
) -> None:
    imported(dataset, 2)
    first, second = Example.objects.order_by("pk")
    measure([first], judge=2.0, details={"judge": {"reason": "<b>It</b> repeats itself."}})
    measure([second], details={"judge": {"unknown": "The answer has no score."}})
    Label.objects.create(example=first, revision=1, verdict="bad", by=cast.reviewer)
    job = judge_start(project=dataset.project, which="try", tokens=100, by=cast.manager)
    job.parts.update(payload={"ids": [first.pk, second.pk]})
    result = {
        "rubric": 1, "model": MODEL, "looked_at": 2, "asked": 2, "known": 0, "scored": 1, "tokens": 1234,
        "estimated": 1000, "unread": 1, "reasons": {"The answer has no score.": 1}, "ended": "tokens", "left": 7,
        "seconds": 1.0,
    }  # fmt: skip
    Job.objects.filter(pk=job.pk).update(state="done", result=result, finished_at=timezone.now())
    page = words(manager.get(PAGE))
    assert "The budget of tokens is used. 7 are left." in page
    assert "1,234, 1,000 of them estimated: the server did not count them" in page
    assert "1 without a score: The answer has no score. 1" in page
    assert "2 of 5 <b>It</b> repeats itself. bad" in page
    assert "none The answer has no score. no label" in page


def test_its_scores_are_measured_by_the_labels_of_the_sample(
    manager: Client, dataset: Dataset, ruled: JudgeRubric, cast: Cast
) -> None:
    sample = sampled(dataset, 24)
    assert "Not measured" in words(manager.get(PAGE))
    for place, item in enumerate(queue_of(sample)):
        good = place % 3 > 0
        verdict = "good" if good else "bad"
        Label.objects.create(example=item.example, revision=1, item=item, verdict=verdict, by=cast.reviewer)
        judge(item.example, score=5 if good else 2)
    page = words(manager.get(PAGE))
    assert "Better than length: its area under the curve is 1.00 (1.00 to 1.00)" in page
    assert "By 24 labels of the random sample, 8 of them bad" in page
    assert "Good ones get 5.0 on average, bad ones 2.0." in page
    assert "Judge 24 1.00 1.00 to 1.00" in page
    assert "2 of 5 0 8" in page
    assert "5 of 5 16 0" in page


def test_beside_an_example_stands_what_the_judge_said_but_not_before_the_own_decision(
    dataset: Dataset, ruled: JudgeRubric, client_of: ClientOf
) -> None:
    imported(dataset, 1)
    example = Example.objects.get()
    details = {SLUG: {"reason": "It repeats itself.", "rubric": 1, "model": MODEL, "cut": 1200}}
    measure([example], judge=2.0, details=details)
    address = f"/p/kitchen/e/{example.public_id}/screening/"
    page = words(client_of("reviewer").get(address))
    assert "2 of 5 by the judge It repeats itself. By rubric 1, judge-1. 1,200 characters" in page
    Measurement.objects.update(
        judge=None, details={SLUG: {"unknown": "No text.", "rubric": 1, "model": MODEL}}
    )
    assert "No score by the judge No text." in words(client_of("reviewer").get(address))
    assert judge_scorer(RUBRIC, MODEL) == 0


def test_the_classifiers_page_leads_a_manager_there(client_of: ClientOf, project: Project) -> None:
    classifier_version(project)
    assert f'href="{PAGE}"' in client_of("manager").get("/p/kitchen/classifier/").content.decode()
    assert f'href="{PAGE}"' not in client_of("reviewer").get("/p/kitchen/classifier/").content.decode()
