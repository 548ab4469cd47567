"""Samples are drawn once, by a hash that anyone can recompute, and extended only by their bound."""

from dataclasses import replace
from typing import Any

import pytest

from annotate.models import Dataset, Example, Import
from review.models import PolicyVersion, Sample, SampleItem
from review.policies import DEFAULT_POLICY, Policy
from review.sampling import EVERYTHING, draw, key, member, population_digest
from review.services.policies import policy_save, policy_version
from review.services.sample_items import samples_admit
from review.services.samples import NothingToSample, sample_draw, samples_draw
from tests.cast import Cast, make_example
from tests.review.scene import SHORT, imported, in_threads, measure, sampled, screened, unlike

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)  # what other connections see


def of(source: Import) -> Any:
    return Example.objects.filter(source_import=source)


def test_a_sample_is_what_the_hash_draws_from_what_is_kept(dataset: Dataset, cast: Cast) -> None:
    source = imported(dataset, 100)
    dropped = list(of(source).order_by("?")[:30])
    measure(of(source))
    measure(dropped, tokens=1)
    sample = sample_draw(dataset=dataset, source_import=source, by=cast.manager)
    kept = [e.public_id for e in of(source) if e not in dropped]
    drawn = draw(kept, bytes(sample.seed), 60)
    items = SampleItem.objects.order_by("key")
    assert [item.example.public_id for item in items] == list(drawn.chosen)
    assert [bytes(item.key) for item in items] == [key(bytes(sample.seed), chosen) for chosen in drawn.chosen]
    assert (sample.size, sample.population, bytes(sample.bound)) == (60, 70, drawn.bound)
    assert sample.population_digest == population_digest(kept)
    assert (sample.by, sample.policy.version) == (cast.manager, 1)


def test_five_percent_of_a_large_import(dataset: Dataset) -> None:
    assert sampled(dataset, 1201).items.count() == 61


def test_withdrawn_and_unmeasured_examples_are_not_drawn(dataset: Dataset) -> None:
    source = imported(dataset, 5)
    measure(of(source).filter(line_number__lte=4))
    of(source).filter(line_number=1).update(state=Example.State.WITHDRAWN)
    assert sample_draw(dataset=dataset, source_import=source, by=None).population == 3


def test_the_sample_that_exists_is_final(dataset: Dataset) -> None:
    sample = sampled(dataset, 3)
    measure(of(imported(dataset, 2)))
    again = sample_draw(dataset=dataset, source_import=sample.source_import, by=None)
    assert (again, bytes(again.seed)) == (sample, bytes(sample.seed))
    assert Sample.objects.count() == 1


@committed
def test_draws_at_once_give_one_sample(dataset: Dataset) -> None:
    source = imported(dataset, 5)
    measure(of(source))
    drawn = in_threads([lambda: sample_draw(dataset=dataset, source_import=source, by=None)] * 8)
    assert len({sample.pk for sample in drawn}) == Sample.objects.count() == 1
    assert SampleItem.objects.count() == 5


def test_nothing_kept_gives_no_sample_yet(dataset: Dataset) -> None:
    source = imported(dataset, 2, text=SHORT)
    screened(dataset)
    with pytest.raises(NothingToSample, match=f"keep nothing of {source} in Baking"):
        sample_draw(dataset=dataset, source_import=source, by=None)
    assert not Sample.objects.exists()
    assert not PolicyVersion.objects.exists()


def test_each_import_and_what_was_written_has_its_own(dataset: Dataset, cast: Cast) -> None:
    imported(dataset, 2)
    imported(dataset, 3)
    make_example(dataset, author=cast.annotator)
    screened(dataset)
    assert sorted(Sample.objects.values_list("population", flat=True)) == [1, 2, 3]
    assert len(samples_draw(dataset=dataset, by=None)) == 3


def test_an_import_that_is_not_done_is_not_sampled(dataset: Dataset) -> None:
    source = imported(dataset, 2)
    measure(of(source))
    Import.objects.update(done_at=None)
    assert samples_draw(dataset=dataset, by=None) == []


def test_all_that_is_written_later_joins(dataset: Dataset, cast: Cast) -> None:
    make_example(dataset, author=cast.annotator)
    screened(dataset)
    assert bytes(Sample.objects.get().bound) == EVERYTHING
    for number in range(20):
        make_example(dataset, author=cast.annotator, text=unlike(number))
    screened(dataset)
    assert Sample.objects.get().items.count() == 21


def test_what_becomes_kept_joins_by_the_stored_bound(dataset: Dataset, cast: Cast) -> None:
    source = imported(dataset, 300)
    measure(of(source))
    measure(of(source).filter(line_number__lte=200), tokens=5)
    sample = sample_draw(dataset=dataset, source_import=source, by=None)
    assert sample.items.count() == 60
    format_limit, length = DEFAULT_POLICY.limits[:2]
    looser = Policy((format_limit, replace(length, minimum=2)))
    version = policy_save(project=dataset.project, policy=looser, by=cast.manager, note="shorter is fine")
    seed, bound = bytes(sample.seed), bytes(sample.bound)
    expected = {e.pk for e in of(source) if member(seed, e.public_id, bound)}
    assert set(sample.items.values_list("example", flat=True)) == expected
    assert len(expected) > 60
    assert all(bytes(item.key) == key(seed, item.example.public_id) for item in sample.items.all())
    assert (version.version, policy_version(project=dataset.project)) == (2, version)
    assert samples_admit(dataset=dataset) == 0


def test_an_extension_stays_inside_its_import(dataset: Dataset, cast: Cast) -> None:
    sample = sampled(dataset, 3)
    Sample.objects.update(bound=EVERYTHING)
    other = imported(dataset, 3)
    measure(of(other))
    measure([make_example(dataset, author=cast.annotator)])
    assert samples_admit(dataset=dataset) == 0
    assert sample.items.count() == 3


@committed
def test_the_default_policy_is_stored_once(dataset: Dataset) -> None:
    versions = in_threads([lambda: policy_version(project=dataset.project)] * 6)
    assert {version.pk for version in versions} == {PolicyVersion.objects.get().pk}
