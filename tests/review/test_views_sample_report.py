"""The report of a sample: its numbers are those of the pure functions, and each leads to what it counts."""

import csv
import gzip
import hashlib
import io
import json
from collections.abc import Sequence
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from annotate.models import Dataset, Example
from review.estimates import Gold, corrected, estimate, recommend
from review.estimates.growth import growth
from review.estimates.slices import slices
from review.models import DatasetDecision, GoldExample, Label, QueueItem, ReviewRules, Sample, SampleItem
from review.services.decisions import decision_record
from review.services.labels import label_add
from review.services.samples import sample_draw
from tests.cast import Cast, ClientOf
from tests.review.scene import imported, measure, queue_of, words

POPULATION, SIZE = 90, 20


@pytest.fixture
def sample(dataset: Dataset, cast: Cast) -> Sample:
    """Twenty of ninety: every third in German, every second one short; nothing is labelled twice."""
    return drawn(dataset)


def drawn(dataset: Dataset, overlap: float = 0.0, size: int = SIZE) -> Sample:
    rules = {"overlap": overlap, "rate": 0.01, "minimum": size}
    ReviewRules.objects.update_or_create(project=dataset.project, defaults=rules)
    source = imported(dataset, POPULATION)
    every = Example.objects.filter(source_import=source)
    measure(every.filter(line_number__lte=30), language="de", tokens=50)
    measure(every.filter(line_number__gt=30), language="en", tokens=500)
    return sample_draw(dataset=dataset, source_import=source, by=None)


def judge(seats: Sequence[QueueItem], verdicts: str, by: Any, reason: str = "incorrect") -> None:
    """Label seats one after the other: "g" is good, "b" bad."""
    for seat, verdict in zip(seats, verdicts, strict=False):
        said = {"verdict": "bad", "reasons": [reason]} if verdict == "b" else {"verdict": "good"}
        label_add(item=seat, by=by, revision=1, note="As “=1+1”.", **said)


def page_of(sample: Sample, part: str = "") -> str:
    return f"/p/kitchen/d/{sample.dataset.slug}/sample/{sample.pk}/{part}"


@pytest.fixture
def manager(client_of: ClientOf) -> Client:
    return client_of("manager")


def test_the_numbers_are_those_of_the_pure_functions(
    manager: Client, sample: Sample, cast: Cast, django_assert_max_num_queries: Any
) -> None:
    verdicts = "gbggggbgggggbgg"
    judge(queue_of(sample), verdicts, cast.reviewer)
    with django_assert_max_num_queries(39):
        answer = manager.get(page_of(sample))
    found = answer.context
    assert found["found"] == estimate(3, 15, POPULATION)
    assert found["said"] == recommend(3, 15, POPULATION, tolerated=0.05, left=5)
    assert found["found"].sentence in words(answer)
    grown = growth([verdict == "b" for verdict in verdicts], POPULATION)
    assert [(row["reviewed"], row["bad"]) for row in found["growth"]["rows"]] == [
        (point.reviewed, point.bad) for point in grown
    ]
    drawn_points = [
        (point.reviewed, point.share, point.low, point.high, point.sequence_low, point.sequence_high)
        for point in grown
    ]
    assert json.loads(found["growth"]["points"]) == [pytest.approx(point, abs=1e-5) for point in drawn_points]
    counts = {"de": [0, 0], "en": [0, 0]}
    for item in SampleItem.objects.exclude(outcome=None).select_related("example__measurement"):
        counted = counts[str(item.example.measurement.language)]
        counted[0] += item.outcome == "bad"
        counted[1] += 1
    expected = slices(
        (language, bad, seen, {"de": 30, "en": 60}[language]) for language, (bad, seen) in counts.items()
    )
    by_label = {group["label"]: group["rows"] for group in found["slices"]["groups"]}
    assert tuple(row.part for row in by_label["Language"]) == expected
    assert [row.label for row in by_label["Language"]] == [
        {"de": "German", "en": "English"}[part.value] for part in expected
    ]
    assert found["reasons"]["rows"][0] | {"url": ""} == {
        "label": "incorrect", "count": 3, "share": "100.0", "width": 100.0, "url": "",
    }  # fmt: skip


def test_every_figure_leads_to_as_many_examples(manager: Client, sample: Sample, cast: Cast) -> None:
    seats = queue_of(sample)
    judge(seats, "ggbbgggggggg", cast.reviewer)
    judge(seats[12:], "b", cast.manager, reason="unsafe")
    Example.objects.filter(pk=seats[0].example_id).update(state=Example.State.WITHDRAWN)
    Example.objects.filter(pk=seats[-1].example_id).update(state=Example.State.WITHDRAWN)
    found = manager.get(page_of(sample)).context
    figures = [(state["url"], state["count"]) for state in found["states"]]
    figures += [(row["url"], row["count"]) for row in found["reasons"]["rows"]]
    figures += [
        (row.url + "&outcome=bad", row.bad) for group in found["slices"]["groups"] for row in group["rows"]
    ]
    figures += [(page_of(sample, f"items/?reviewer={cast.manager.pk}"), 1)]
    assert {state["label"]: state["count"] for state in found["states"]} == {
        "Good": 10, "Bad": 3, "Not reviewed yet": 6, "Gone before review": 1, "Of these, changed since": 1,
    }  # fmt: skip
    for url, count in figures:
        shown = manager.get(url).context
        assert (shown["count"], len(shown["rows"])) == (count, count), url
    assert "Bad : unsafe “As “=1+1”.”" in words(manager.get(figures[-1][0]))


def test_the_list_shows_the_text_that_was_judged_and_goes_on_page_by_page(
    manager: Client, sample: Sample, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    seat = queue_of(sample)[0]
    judge([seat], "b", cast.reviewer)
    example = seat.example
    example.revisions.create(number=1, turns=example.turns, edited_at=example.edited_at)
    Example.objects.filter(pk=example.pk).update(revision=2, turns=[{"role": "user", "content": "New words"}])
    page = words(manager.get(page_of(sample, "items/?outcome=bad")))
    assert "It was changed since." in page
    assert "New words" not in page
    monkeypatch.setattr("review.queries.sample_labels.PAGE_SIZE", 8)
    seen, url = [], page_of(sample, "items/")
    while url:
        shown = manager.get(url).context
        seen += [row.item.pk for row in shown["rows"]]
        url = shown["next"]
    assert sorted(seen) == sorted(SampleItem.objects.values_list("pk", flat=True))
    assert len(manager.get(shown["previous"]).context["rows"]) == 8


@pytest.mark.parametrize("asked", ["outcome=splendid", "slice=colour:red"])
def test_what_no_sample_has_is_not_found(manager: Client, sample: Sample, asked: str) -> None:
    assert manager.get(page_of(sample, f"items/?{asked}")).status_code == 404


def test_a_second_reviewer_does_not_see_what_the_first_one_said(
    client_of: ClientOf, dataset: Dataset, cast: Cast
) -> None:
    sample = drawn(dataset, overlap=1.0, size=4)
    seats = [seat for seat in queue_of(sample) if seat.queue == "sample"]
    judge(seats, "bg", cast.manager)
    second = QueueItem.objects.get(queue="overlap", sample_item=seats[1].sample_item)
    judge([second], "g", cast.reviewer)
    for role, listed in (("manager", 4), ("reviewer", 3)):
        shown = client_of(role).get(page_of(sample, "items/"))
        assert (shown.context["count"], len(shown.context["rows"])) == (4, listed)
    assert "1 is counted and not listed" in words(shown)
    assert "1 labelled twice, 100.0 % agreement" in words(client_of("reviewer").get(page_of(sample)))


@pytest.mark.parametrize(
    ("verdicts", "twice", "said"),
    [
        ("", "", "No number yet"),
        ("g", "", "0 of 1 reviewed are bad: 0.0 %"),
        ("b", "", "1 of 1 reviewed is bad: 100.0 %"),
        ("gggg", "gggg", "None of the reviewed ones is bad."),
        ("bbbb", "bbbb", "Of 4 bad ones; one can have several reasons."),
        ("gggg", "bbbb", "Reviewers differ on 4, and nothing else is reviewed yet."),
    ],
)
def test_few_and_odd_results_are_said_too(
    manager: Client, dataset: Dataset, cast: Cast, verdicts: str, twice: str, said: str
) -> None:
    Dataset.objects.filter(pk=dataset.pk).update(name="A-name-without-a-break-" * 5)
    sample = drawn(dataset, overlap=1.0, size=4)
    seats = queue_of(sample)
    judge([seat for seat in seats if seat.queue == "sample"], verdicts, cast.reviewer)
    judge([seat for seat in seats if seat.queue == "overlap"], twice, cast.manager)
    assert said in words(manager.get(page_of(sample)))
    for part in ("report.csv", "report.json"):
        assert manager.get(page_of(sample, part)).status_code == 200


def test_a_census_is_exact(manager: Client, dataset: Dataset, cast: Cast) -> None:
    sample = drawn(dataset, size=POPULATION)
    SampleItem.objects.update(outcome="good", revision=1, outcome_at=timezone.now())
    page = words(manager.get(page_of(sample)))
    assert "That is all there are, so it is exact." in page
    assert "Accept: all are looked at" in page
    assert "Draw more" not in page


def test_the_downloads_say_the_same_and_no_formula(client_of: ClientOf, sample: Sample, cast: Cast) -> None:
    seats = queue_of(sample)
    judge(seats, "bgggb", cast.reviewer)
    Example.objects.filter(pk=seats[0].example_id).update(
        metadata={"task": "=HYPERLINK(1)"}, author=cast.annotator
    )
    values = client_of("reviewer").get(page_of(sample, "report.json")).json()
    found = estimate(2, 5, POPULATION)
    assert (values["bad"], values["reviewed"], values["share"], values["upper"]) == (
        2,
        5,
        found.share,
        found.upper,
    )
    assert [point["reviewed"] for point in values["growth"]] == [1, 2, 3, 4, 5]
    assert {part["value"] for part in values["slices"]["author"]} == {"imported", cast.annotator.pseudonym}
    answer = client_of("manager").get(page_of(sample, "report.csv"))
    rows = list(csv.DictReader(io.StringIO(b"".join(answer).decode())))
    assert float(rows[0]["high"]) == found.high
    named = {(row["part"], row["name"]): row for row in rows}
    assert named["task", "'=HYPERLINK(1)"]["bad"] == "1"
    assert ("author", "Annotator") in named
    assert named["sampled", "left"]["reviewed"] == "15"


def test_a_manager_draws_more_from_the_same_seed(manager: Client, sample: Sample, cast: Cast) -> None:
    judge(queue_of(sample), "bg", cast.reviewer)
    before = set(sample.items.values_list("pk", flat=True))
    answer = manager.post(page_of(sample, "more/"), {"more": "7"}, follow=True)
    assert "7 more are drawn, by the same seed" in words(answer)
    assert before < set(sample.items.values_list("pk", flat=True))
    assert "27 sampled" in words(answer)
    assert "Draw 2" in words(answer)
    answer = manager.post(page_of(sample, "more/"), {"more": "0"})
    assert answer.status_code == 422
    assert "greater than or equal to 1" in words(answer)


def test_what_is_tolerated_is_changed_where_it_matters(manager: Client, sample: Sample, cast: Cast) -> None:
    judge(queue_of(sample), "bg", cast.reviewer)
    answer = manager.post(
        page_of(sample, "tolerance/"), {"tolerated": "7.5", "confidence": "90"}, follow=True
    )
    rules = ReviewRules.objects.get()
    assert (rules.tolerated, rules.confidence) == (0.075, 0.9)
    assert answer.context["said"] == recommend(1, 2, POPULATION, tolerated=0.075, confidence=0.9, left=18)
    assert "At most 7.5 % bad, with 90 % confidence." in words(answer)
    answer = manager.post(page_of(sample, "tolerance/"), {"tolerated": "101", "confidence": "20"})
    assert answer.status_code == 422
    assert ReviewRules.objects.get().tolerated == 0.075


def test_a_decision_made_on_the_report_leads_back_to_it(manager: Client, sample: Sample) -> None:
    fields = {"verdict": "held", "back": page_of(sample)}
    assert manager.post("/p/kitchen/d/baking/decide/", fields)["Location"] == page_of(sample)
    assert DatasetDecision.objects.get().evidence["samples"][0]["tolerated"] == 0.05
    fields["back"] = "https://elsewhere.example/"
    assert manager.post("/p/kitchen/d/baking/decide/", fields)["Location"] == "/p/kitchen/d/baking/"


def test_the_draw_is_on_record_and_its_seed_only_for_those_who_may_know_it(
    client_of: ClientOf, sample: Sample, cast: Cast
) -> None:
    seed = bytes(sample.seed).hex()
    asked = client_of("reviewer")
    record = asked.get(page_of(sample, "draws.json")).json()
    assert record["seed"] is None
    assert record["seed_digest"] == hashlib.sha256(bytes(sample.seed)).hexdigest()
    assert seed not in asked.get(page_of(sample)).content.decode()
    assert seed not in asked.get(page_of(sample, "report.json")).content.decode()
    ids = gzip.decompress(b"".join(asked.get(page_of(sample, "draws/1/"))))
    assert hashlib.sha256(ids).hexdigest() == record["draws"][0]["population_digest"]
    assert asked.get(page_of(sample, "draws/2/")).status_code == 404
    decision_record(dataset=sample.dataset, verdict="accepted", by=cast.manager)
    assert asked.get(page_of(sample, "draws.json")).json()["seed"] == seed


def test_gold_answers_correct_the_estimate(manager: Client, sample: Sample, cast: Cast) -> None:
    judge(queue_of(sample), "bbgggggggg", cast.reviewer)
    asked = Example.objects.exclude(sample_items__isnull=False)[:24]
    for number, example in enumerate(asked):
        truth = "bad" if number % 2 else "good"
        said = "good" if number in (1, 3) else truth
        GoldExample.objects.create(project=sample.dataset.project, example=example, revision=1, verdict=truth)
        seat = QueueItem.objects.create(
            project=sample.dataset.project, queue="gold", example=example, rank=0, key=b"", for_user=cast.reviewer,
        )  # fmt: skip
        Label.objects.create(
            example=example, revision=1, item=seat, queue="gold", verdict=said, by=cast.reviewer
        )
    answer = manager.get(page_of(sample))
    expected = corrected(2, 10, Gold(10, 12, 12, 12))
    assert answer.context["correction"] == expected
    assert expected.sentence in words(answer)
    assert "Corrected, 95 % for the reviewers' own errors" in words(answer)
