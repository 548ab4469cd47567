"""The page of a dataset: what stands on it in each state that a dataset can be in."""

import re
from typing import Any

import pytest
from django.test import Client

from annotate.models import Dataset, Example
from jobs.models import Job
from review.limits import Limit, bounds_words
from review.models import DatasetDecision, SampleItem
from review.services.decisions import decision_record
from review.services.labels import label_add
from review.services.screening import screening_start
from tests.cast import Cast, ClientOf
from tests.review.scene import SHORT, done, imported, queue_of, sampled, screened, words

PAGE = "/p/kitchen/d/baking/"


@pytest.fixture
def manager(client_of: ClientOf) -> Client:
    return client_of("manager")


def judge(items: list[SampleItem], cast: Cast, bad: int) -> None:
    for number, item in enumerate(items):
        verdict = {"verdict": "bad", "reasons": ["incorrect"]} if number < bad else {"verdict": "good"}
        label_add(item=item, by=cast.reviewer, revision=1, **verdict)


def test_an_empty_dataset_says_what_to_do(client_of: ClientOf, dataset: Dataset) -> None:
    assert "Import a file, or let people write" in words(client_of("manager").get(PAGE))
    assert "A manager imports the first file" in words(client_of("reviewer").get(PAGE))


def test_what_is_not_screened_says_so_and_a_manager_can_screen_it(
    client_of: ClientOf, dataset: Dataset
) -> None:
    imported(dataset, 3)
    page = client_of("manager").get(PAGE)
    assert "Nothing is measured yet" in words(page)
    assert f'action="{PAGE}screen/"' in page.content.decode()
    page = client_of("reviewer").get(PAGE)
    assert "A manager starts it" in words(page)
    assert "screen/" not in page.content.decode()


def test_screening_is_started_once_and_its_progress_is_on_the_page(manager: Client, dataset: Dataset) -> None:
    imported(dataset, 3)
    for _ in range(2):
        assert manager.post(f"{PAGE}screen/")["Location"] == PAGE
    job = Job.objects.get(kind="screen")
    page = manager.get(PAGE).content.decode()
    assert f"/jobs/{job.public_id}/progress/" in page
    assert 'hx-trigger="job-over from:body"' in page
    assert "Nothing is measured yet" not in page


def test_a_screening_that_failed_says_why(manager: Client, dataset: Dataset) -> None:
    imported(dataset, 3)
    job = screening_start(dataset=dataset, by=None)
    Job.objects.filter(pk=job.pk).update(state="failed", error="The disk is full.")
    page = words(manager.get(PAGE))
    assert "The disk is full." in page
    assert "Screen now" in page


def test_the_search_for_duplicates_after_the_screening_is_shown(manager: Client, dataset: Dataset) -> None:
    imported(dataset, 3)
    done(screening_start(dataset=dataset, by=None))
    page = manager.get(PAGE)
    assert "Duplicates in Kitchen science" in words(page)
    assert "Nothing is measured yet" not in words(page)
    done(Job.objects.get(kind="group"))
    assert "Duplicates in Kitchen science" not in words(manager.get(PAGE))


def test_the_funnel_shows_what_fell_where_and_what_each_limit_alone_would_drop(
    manager: Client, dataset: Dataset
) -> None:
    imported(dataset, 7)
    imported(dataset, 2, text=SHORT)
    screened(dataset)
    page = words(manager.get(PAGE))
    assert "All examples 0 9" in page
    assert "Format no blocking format issue 0 9" in page
    assert "Length 50 to 4,096 tokens 2 7" in page


def test_what_changed_since_the_screening_is_counted(manager: Client, dataset: Dataset) -> None:
    imported(dataset, 4)
    screened(dataset)
    Example.objects.filter(line_number__lte=2).update(revision=2)
    page = words(manager.get(PAGE))
    assert "2 examples changed or came since the last screening." in page
    assert "Not measured yet 2 2" in page


def test_a_sample_that_nobody_has_reviewed_shows_no_number(manager: Client, dataset: Dataset) -> None:
    sampled(dataset, 5)
    page = manager.get(PAGE)
    assert "Random sample: 0 of 5 reviewed" in words(page)
    assert "Nothing is reviewed yet" in words(page)
    assert "% bad" not in words(page)
    assert "/p/kitchen/review/" in page.content.decode()


def test_the_bad_share_stands_in_words_and_as_a_plot(manager: Client, dataset: Dataset, cast: Cast) -> None:
    judge(queue_of(sampled(dataset, 10))[:8], cast, bad=2)
    page = manager.get(PAGE)
    assert "25.0 % bad" in words(page)
    assert "95 % interval 20.0 to 40.0 %, for the 10 that the limits keep" in words(page)
    assert "2 of 8 reviewed are bad" in words(page)
    assert 'aria-label="2 of 8 reviewed are bad: 25.0 % (20.0 to 40.0 %). With 95' in page.content.decode()
    assert re.search(r'<circle cx="50.0%"', page.content.decode())
    assert "Review now" in words(page)


def test_once_all_is_reviewed_the_manager_is_offered_to_accept(
    client_of: ClientOf, dataset: Dataset, cast: Cast
) -> None:
    judge(queue_of(sampled(dataset, 4)), cast, bad=1)
    page = words(client_of("manager").get(PAGE))
    assert "all reviewed" in page
    assert "Accept dataset" in page
    assert "except what is labelled bad. 1 of 4 reviewed is bad: 25.0 %" in page
    assert "Accept dataset" not in words(client_of("reviewer").get(PAGE))


def test_several_imports_have_a_row_each_on_one_axis(manager: Client, dataset: Dataset, cast: Cast) -> None:
    judge(queue_of(sampled(dataset, 6)), cast, bad=3)
    judge(queue_of(sampled(dataset, 6)), cast, bad=0)
    page = words(manager.get(PAGE))
    assert "Random samples: 12 of 12 reviewed" in page
    assert "file-1.jsonl Reject: all are looked at, 50.0 % are bad, and 5 % is tolerated." in page
    assert "6 of 6 50.0 % 50.0 to 50.0 %" in page
    assert "6 of 6 0.0 % 0.0 to 0.0 %" in page
    assert "0 to 100 %" in page


def test_a_decision_is_recorded_with_what_was_known(manager: Client, dataset: Dataset, cast: Cast) -> None:
    judge(queue_of(sampled(dataset, 5)), cast, bad=1)
    answer = manager.post(
        f"{PAGE}decide/", {"verdict": "accepted", "note": "Good <b>enough</b>."}, follow=True
    )
    decision = DatasetDecision.objects.get()
    assert (decision.verdict, decision.by, decision.note) == ("accepted", cast.manager, "Good <b>enough</b>.")
    assert "Baking is accepted." in words(answer)
    assert "Manager," in words(answer)
    assert "“Good <b>enough</b>.”" in words(answer).replace("&lt;", "<")
    assert "1 of 5 were bad, 20.0 % (20.0 to 20.0 %)" in words(answer)


@pytest.mark.parametrize("fields", [{}, {"verdict": "splendid"}, {"verdict": "held", "note": "x" * 2001}])
def test_a_decision_that_is_none_is_refused(
    manager: Client, dataset: Dataset, fields: dict[str, str]
) -> None:
    sampled(dataset, 3)
    answer = manager.post(f"{PAGE}decide/", fields)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert not DatasetDecision.objects.exists()


def test_earlier_decisions_stay_to_be_read(manager: Client, dataset: Dataset, cast: Cast) -> None:
    sampled(dataset, 3)
    for verdict in ("held", "rejected", "accepted"):
        decision_record(dataset=dataset, verdict=verdict, note=f"as {verdict}", by=cast.manager)
    page = words(manager.get(PAGE))
    assert "Earlier decisions (2)" in page
    assert page.index("as accepted") < page.index("as rejected") < page.index("as held")


def test_an_import_after_the_decision_is_not_covered_and_the_page_says_so(
    manager: Client, dataset: Dataset, cast: Cast
) -> None:
    sampled(dataset, 3)
    decision_record(dataset=dataset, verdict="accepted", by=cast.manager)
    imported(dataset, 2)
    assert "not covered by it: file-2.jsonl (2)" in words(manager.get(PAGE))


def test_the_seed_is_shown_to_managers_and_to_reviewers_once_the_dataset_is_decided(
    client_of: ClientOf, dataset: Dataset, cast: Cast
) -> None:
    seed = bytes(sampled(dataset, 3).seed).hex()
    assert seed in client_of("manager").get(PAGE).content.decode()
    page = client_of("reviewer").get(PAGE)
    assert seed not in page.content.decode()
    assert "shown once the dataset is decided" in words(page)
    decision_record(dataset=dataset, verdict="accepted", by=cast.manager)
    assert seed in client_of("reviewer").get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("minimum", "maximum", "unit", "said"),
    [
        (50, 4096, "token", "50 to 4,096 tokens"),
        (None, 0, "blocking format issue", "no blocking format issue"),
        (None, 3, "token", "at most 3 tokens"),
        (1_000_000, None, "token", "at least 1,000,000 tokens"),
        (None, 0.25, "", "at most 0.25"),
        (None, None, "token", "off"),
    ],
)
def test_a_limit_is_said_in_words(minimum: float | None, maximum: float | None, unit: str, said: str) -> None:
    assert bounds_words(Limit("slug", "Label", "field", minimum, maximum, unit=unit)) == said


def test_the_page_costs_the_same_number_of_queries_for_many_examples(
    manager: Client, dataset: Dataset, django_assert_max_num_queries: Any
) -> None:
    sampled(dataset, 30)
    with django_assert_max_num_queries(29):
        manager.get(PAGE)
