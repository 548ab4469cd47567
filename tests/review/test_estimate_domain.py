"""Which sampled examples an estimate is made from, whatever became of them since the draw."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.utils import timezone

from annotate.models import Dataset, Example
from review.estimates import estimate
from review.models import Measurement, Ruling, RulingItem, Sample, SampleItem
from review.policies import DEFAULT_POLICY, Policy
from review.queries.reports import sample_report
from review.queries.sample_rows import growth_rows, items_of, reason_counts, seat_labels
from review.queries.slices import OTHERS, slice_rows, value_words
from review.services.claims import claim_next
from review.services.labels import label_add
from review.services.policies import policy_save
from review.services.rulings import ruling_make
from review.services.samples import sample_draw
from tests.cast import Cast, make_example
from tests.review.scene import imported, measure, queue_of, sampled

pytestmark = pytest.mark.django_db
LABELLED = 4  # bad, bad, good, good; the fifth of six is disputed, the sixth is left


@pytest.fixture
def sample(dataset: Dataset) -> Sample:
    """A sample of six examples with known outcomes."""
    sample = sampled(dataset, 6)
    outcomes = ("bad", "bad", "good", "good", "disputed", None)
    for item, outcome in zip(items(sample), outcomes, strict=True):
        if outcome:
            SampleItem.objects.filter(pk=item.pk).update(
                outcome=outcome, revision=1, outcome_at=timezone.now()
            )
    return sample


def items(sample: Sample) -> list[SampleItem]:
    return list(SampleItem.objects.filter(sample=sample).order_by("key"))


def standings(sample: Sample) -> str:
    """The standings of a sample's items, each by its first three letters."""
    return " ".join(item.standing[:3] for item in items_of(sample))


def withdraw(pk: int, cast: Cast) -> None:
    Example.objects.filter(pk=pk).update(state=Example.State.WITHDRAWN)


def give_back(pk: int, cast: Cast) -> None:
    Example.objects.filter(pk=pk).update(state=Example.State.RETURNED)


def mend(pk: int, cast: Cast) -> None:
    Example.objects.filter(pk=pk).update(revision=F("revision") + 1)


def mend_until_dropped(pk: int, cast: Cast) -> None:
    mend(pk, cast)
    Measurement.objects.filter(example=pk).update(revision=2, tokens=1)


def drop_by_limit(pk: int, cast: Cast) -> None:
    Measurement.objects.filter(example=pk).update(tokens=1)


def drop_by_hand(pk: int, cast: Cast) -> None:
    project = Example.objects.get(pk=pk).dataset.project
    ruling_make(project=project, verdict=-1, note="No.", by=cast.manager, example_ids=[pk])


def rescue(pk: int, cast: Cast) -> None:
    drop_by_limit(pk, cast)
    project = Example.objects.get(pk=pk).dataset.project
    ruling_make(project=project, verdict=1, note="Yes.", by=cast.manager, example_ids=[pk])


def rescue_before(pk: int, cast: Cast) -> None:
    rescue(pk, cast)
    Ruling.objects.update(at=timezone.now() - timedelta(hours=1))


ROWS: list[tuple[Callable[[int, Cast], None], int, str, int]] = [
    # what happens, to the item at that place, what the items then are, the population of the estimate
    (withdraw, 0, "bad bad goo goo dis ope", 6),
    (give_back, 0, "bad bad goo goo dis ope", 6),
    (mend, 0, "bad bad goo goo dis ope", 6),
    (mend_until_dropped, 0, "bad bad goo goo dis ope", 6),
    (drop_by_hand, 0, "bad bad goo goo dis ope", 6),
    (drop_by_limit, 0, "out bad goo goo dis ope", 5),
    (rescue, 2, "bad bad out goo dis ope", 6),
    (rescue_before, 2, "bad bad goo goo dis ope", 6),
    (rescue_before, 0, "bad bad goo goo dis ope", 6),
    (withdraw, 4, "bad bad goo goo dis ope", 6),
    (withdraw, 5, "bad bad goo goo dis gon", 6),
    (give_back, 5, "bad bad goo goo dis gon", 6),
    (drop_by_hand, 5, "bad bad goo goo dis gon", 6),
    (drop_by_limit, 5, "bad bad goo goo dis out", 5),
    (mend, 5, "bad bad goo goo dis out", 5),  # until its new text is measured
    (rescue, 5, "bad bad goo goo dis ope", 6),
]


@pytest.mark.parametrize(
    ("happens", "at", "then", "population"), ROWS, ids=[f"{row[0].__name__} {row[1]}" for row in ROWS]
)
def test_what_becomes_of_a_sampled_example(
    sample: Sample, cast: Cast, happens: Callable[[int, Cast], None], at: int, then: str, population: int
) -> None:
    happens(items(sample)[at].example_id, cast)
    report = sample_report(sample)
    assert standings(sample) == then
    bad, good, gone = (then.split().count(name) for name in ("bad", "goo", "gon"))
    assert (report.counts.bad, report.counts.good, report.counts.gone) == (bad, good, gone)
    assert report.found == estimate(bad, bad + good, population)
    assert report.unsettled == 1 + gone


def test_what_is_disputed_or_gone_counts_as_bad_in_the_worst_case_and_is_said(
    sample: Sample, cast: Cast
) -> None:
    withdraw(items(sample)[5].example_id, cast)
    report = sample_report(sample)
    assert (report.counts.disputed, report.counts.gone, report.counts.left, report.unsettled) == (1, 1, 0, 2)
    assert (report.found.bad, report.found.reviewed) == (2, 4)
    assert report.recommended.kind == "reject"  # two of six are bad in the best case
    assert report.recommended.low >= 2 / 6


def test_what_is_gone_of_a_sample_of_everything_hides_nothing(
    dataset: Dataset, cast: Cast, django_assert_num_queries: Any
) -> None:
    for _ in range(3):
        make_example(dataset, author=cast.annotator)
    measure(Example.objects.all())
    sample = sample_draw(dataset=dataset, source_import=None, by=None)
    withdraw(items(sample)[0].example_id, cast)
    SampleItem.objects.exclude(pk=items(sample)[0].pk).update(
        outcome="good", revision=1, outcome_at=timezone.now()
    )
    report = sample_report(sample)
    assert (report.counts.gone, report.unsettled, report.kept) == (1, 0, 2)
    assert report.found.is_census
    assert report.recommended.kind == "accept"


def test_the_population_follows_the_limits_and_the_bound_decides_who_joins(
    dataset: Dataset, cast: Cast
) -> None:
    source = imported(dataset, 100)
    measure(Example.objects.filter(source_import=source))
    measure(Example.objects.filter(source_import=source, line_number__lte=30), tokens=45)
    sample = sample_draw(dataset=dataset, source_import=source, by=None)
    assert (sample_report(sample).kept, sample_report(sample).counts.left) == (70, 60)
    limits = tuple(
        replace(limit, minimum=40) if limit.slug == "length" else limit for limit in DEFAULT_POLICY.limits
    )
    policy_save(project=dataset.project, policy=Policy(limits), by=cast.manager)
    report = sample_report(sample)
    assert report.kept == 100
    assert report.counts.left == sample.items.count() > 60


def test_counts_made_elsewhere_are_taken_as_they_are(sample: Sample) -> None:
    assert sample_report(sample, kept=50).found == estimate(2, 4, 50)
    assert sample_report(sample, kept=0).found.population == 6  # what is sampled is there


def decide(sample: Sample, cast: Cast, *said: tuple[str, list[str]]) -> list[int]:
    """Label the first items in their order; return their ids."""
    done = []
    for verdict, reasons in said:
        item = claim_next(project=sample.dataset.project, by=cast.reviewer)
        assert item
        label_add(item=item, by=cast.reviewer, revision=1, verdict=verdict, reasons=reasons)
        done.append(item.sample_item_id or 0)
    return done


def test_rows_for_the_report(dataset: Dataset, cast: Cast) -> None:
    sample = sampled(dataset, 6)
    first, second, third = decide(
        sample, cast, ("bad", ["unsafe", "other"]), ("good", []), ("bad", ["unsafe"])
    )
    at = dict(SampleItem.objects.values_list("pk", "outcome_at"))
    assert growth_rows(sample) == [(at[first], True), (at[second], False), (at[third], True)]
    assert reason_counts(sample) == [("unsafe", 2), ("other", 1)]
    drop_by_limit(SampleItem.objects.get(pk=first).example_id, cast)
    assert growth_rows(sample) == [(at[second], False), (at[third], True)]
    assert reason_counts(sample) == [("unsafe", 1)]
    assert [item.pk for item in items_of(sample, "bad")] == [third]


def test_agreement_is_of_examples_that_two_people_labelled(dataset: Dataset, cast: Cast) -> None:
    sample = sampled(dataset, 2, overlap=1.0)
    one, other = (seat for seat in queue_of(sample) if seat.queue == "sample")
    again = next(seat for seat in queue_of(sample) if seat != one and seat.sample_item == one.sample_item)
    for item, by, verdict in (
        (one, cast.reviewer, "bad"),
        (other, cast.reviewer, "good"),
        (again, cast.manager, "good"),
    ):
        label_add(
            item=item, by=by, revision=1, verdict=verdict, reasons=["unsafe"] if verdict == "bad" else []
        )
    assert [(label.item, label.rater, label.verdict, label.reasons) for label in seat_labels(sample)] == [
        (one.sample_item_id, cast.reviewer.pk, "bad", ("unsafe",)),
        (one.sample_item_id, cast.manager.pk, "good", ()),
    ]


def test_slices_have_the_counts_of_their_part_and_its_population(dataset: Dataset, cast: Cast) -> None:
    source = imported(dataset, 8)
    rows = list(Example.objects.filter(source_import=source).order_by("pk"))
    measure(rows[:5], language="en")
    measure(rows[5:], language="de", tokens=2_000)
    Example.objects.filter(pk__in=[row.pk for row in rows[:2]]).update(metadata={"task": "rewriting"})
    Example.objects.filter(pk=rows[0].pk).update(author=cast.annotator)
    sample = sample_draw(dataset=dataset, source_import=source, by=None)
    for row, outcome in zip(rows, ("bad", "good", "good", "bad"), strict=False):
        SampleItem.objects.filter(example=row).update(outcome=outcome, revision=1, outcome_at=timezone.now())
    measure(rows[4:5], tokens=1)
    assert slice_rows(sample) == {
        "language": [("en", 2, 4, 4), ("de", 0, 0, 3)],
        "length": [("1", 2, 4, 4), ("3", 0, 0, 3)],
        "task": [("", 1, 2, 5), ("rewriting", 1, 2, 2)],
        "author": [("", 1, 3, 6), (str(cast.annotator.pk), 1, 1, 1)],
    }


def test_values_of_slices_are_said_in_words(cast: Cast) -> None:
    author = str(cast.annotator.pk)
    assert value_words("length", ["0", "1", "4", "", OTHERS]) == {
        "0": "under 100 tokens",
        "1": "100 to 299 tokens",
        "4": "3,000 tokens and more",
        "": "not known",
        OTHERS: OTHERS,
    }
    assert value_words("author", ["", author]) == {"": "imported", author: "Annotator"}
    assert value_words("source", ["human", "wiki"]) == {"human": "human annotation", "wiki": "wiki"}
    assert value_words("language", ["de", ""]) == {"de": "German", "": "not known"}


def test_a_ruling_that_was_taken_back_rescues_nothing(sample: Sample, cast: Cast) -> None:
    item = items(sample)[2]
    rescue_before(item.example_id, cast)
    RulingItem.objects.update(revision=7)  # another text was ruled on
    assert standings(sample) == "bad bad out goo dis ope"
