"""Samples: drawn once from what the limits keep, then frozen; drawing more goes on with the same seed."""

from collections.abc import Iterator
from itertools import chain
from uuid import UUID

from django.db import transaction
from django.db.models import Count, QuerySet, Window

from accounts.models import User
from annotate.models import Dataset, Example, Import
from review.models import ReviewRules, Sample, SampleStage
from review.queries.policies import policy_of
from review.queries.rules import rules_of
from review.queries.verdicts import kept
from review.sampling import Census, Draw, below, bound_of_share, draw, draw_more, new_seed, sample_size
from review.services.policies import policy_version
from review.services.sample_items import items_add, samples_admit
from review.services.sample_lists import id_list

STREAM = 10_000


class NothingToSample(Exception):
    """Nothing of the import can be drawn; the message says why."""


@transaction.atomic
def sample_draw(*, dataset: Dataset, source_import: Import | None, by: User | None) -> Sample:
    """Draw the sample of an import, or of what people wrote in the dataset; the one that exists is final.

    Raises NothingToSample while nothing is kept.
    """
    # Two draws at once would each make a seed; the second waits here and then finds the first one's.
    Dataset.objects.select_for_update(no_key=True).get(pk=dataset.pk)
    sample = Sample.objects.filter(dataset=dataset, source_import=source_import).first()
    return sample or _draw(dataset, source_import, by)


def samples_draw(*, dataset: Dataset, by: User | None) -> list[Sample]:
    """Draw every sample of a dataset that is missing and can be drawn; return all that there are."""
    samples = []
    for source_import in (*dataset.imports.order_by("pk"), None):
        try:
            samples.append(sample_draw(dataset=dataset, source_import=source_import, by=by))
        except NothingToSample:
            continue
    return samples


@transaction.atomic
def sample_extend(*, sample: Sample, more: int, by: User | None) -> SampleStage:
    """Draw so many more from what is kept now: those with the next smallest keys.

    What was drawn before stays, and whatever becomes kept later joins by the bound that is raised here. Fewer are
    drawn where there are not so many. Raises NothingToSample where there is none, ValueError for less than one.
    """
    if more < 1:
        raise ValueError(f"{more} more cannot be drawn")
    # Two at once draw one after the other, and nothing becomes kept unseen between the two bounds.
    Dataset.objects.select_for_update(no_key=True).get(pk=sample.dataset_id)
    found = Sample.objects.select_related("dataset__project", "source_import")
    sample = found.select_for_update(of=("self",), no_key=True).get(pk=sample.pk)
    rows, census = _population(sample.dataset, sample.source_import), Census()
    with id_list() as ids:
        passing = ids.write(census.watch(public_id for public_id, _ in rows))
        size, drawn = draw_more(passing, bytes(sample.seed), bytes(sample.bound), more)
        name = ids.keep(census.digest())
    if not drawn.chosen:
        raise NothingToSample(f"All that is kept of {sample.source_import or 'what was written'} is drawn.")
    sample.bound = drawn.bound
    sample.save(update_fields=["bound"])
    items_add(sample=sample, drawn=drawn)
    samples_admit(dataset=sample.dataset)
    return _stage(sample, size, census, name, by)


def _draw(dataset: Dataset, source_import: Import | None, by: User | None) -> Sample:
    rules, what = rules_of(dataset.project_id).stored, source_import or "what was written"
    if source_import is None and not rules.written_rate:
        raise NothingToSample(f"Nothing of {what} in {dataset} is to be sampled.")
    rows = _population(dataset, source_import)
    first = next(rows, None)
    if first is None:
        raise NothingToSample(f"The limits keep nothing of {what} in {dataset}.")
    seed, census = new_seed(), Census()
    with id_list() as ids:
        passing = ids.write(census.watch(public_id for public_id, _ in chain([first], rows)))
        drawn = _first_draw(passing, seed, source_import, first[1], rules)
        name = ids.keep(census.digest())
    sample = Sample.objects.create(
        dataset=dataset,
        source_import=source_import,
        seed=seed,
        bound=drawn.bound,
        size=len(drawn.chosen),
        population=census.count,
        population_digest=census.digest(),
        policy=policy_version(project=dataset.project, by=by),
        by=by,
    )
    items_add(sample=sample, drawn=drawn)
    _stage(sample, sample.size, census, name, by)
    return sample


def _first_draw(
    ids: Iterator[UUID], seed: bytes, source_import: Import | None, population: int, rules: ReviewRules
) -> Draw:
    if source_import:
        return draw(ids, seed, sample_size(population, rules.rate, rules.minimum))
    # What people write arrives one by one, so a bound drawn from the first few would be chance.
    return below(ids, seed, bound_of_share(rules.written_rate))


def _stage(sample: Sample, size: int, census: Census, ids: str, by: User | None) -> SampleStage:
    return SampleStage.objects.create(
        sample=sample,
        number=sample.stages.count() + 1,
        bound=sample.bound,
        size=size,
        population=census.count,
        population_digest=census.digest(),
        ids=ids,
        policy=policy_version(project=sample.dataset.project, by=by),
        by=by,
    )


def _population(dataset: Dataset, source_import: Import | None) -> Iterator[tuple[UUID, int]]:
    """Stream what can be drawn with how many there are: one statement, so that both come from one moment."""
    _, policy = policy_of(dataset.project)
    examples: QuerySet[Example] = Example.objects.submitted().filter(kept(policy), dataset=dataset)
    examples = examples.filter(source_import=source_import)
    found = examples.annotate(population=Window(Count("pk"))).order_by("public_id")
    return found.values_list("public_id", "population").iterator(chunk_size=STREAM)
