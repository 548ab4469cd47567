"""Samples: drawn once from what the limits keep, then frozen."""

from collections.abc import Iterator
from itertools import chain
from uuid import UUID

from django.db import transaction
from django.db.models import Count, QuerySet, Window

from accounts.models import User
from annotate.models import Dataset, Example, Import
from review.models import Sample
from review.queries.policies import policy_of
from review.queries.verdicts import kept
from review.sampling import (
    DEFAULT_RATE,
    SEED_BYTES,
    Census,
    draw,
    new_seed,
    sample_size,
)
from review.services.policies import policy_version
from review.services.sample_items import items_add

WRITTEN_RATE = (
    1.0  # what people write arrives one by one, so a bound drawn from the first few would be chance
)
EVERYTHING = b"\xff" * SEED_BYTES
STREAM = 10_000


class NothingToSample(Exception):
    """The limits keep nothing of the import, so no sample can be drawn; the message says so."""


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


def _draw(dataset: Dataset, source_import: Import | None, by: User | None) -> Sample:
    rows = _population(dataset, source_import)
    first = next(rows, None)
    if first is None:
        raise NothingToSample(
            f"The limits keep nothing of {source_import or 'what was written'} in {dataset}."
        )
    size = sample_size(first[1], DEFAULT_RATE if source_import else WRITTEN_RATE)
    seed, census = new_seed(), Census()
    drawn = draw(census.watch(public_id for public_id, _ in chain([first], rows)), seed, size)
    sample = Sample.objects.create(
        dataset=dataset,
        source_import=source_import,
        seed=seed,
        bound=drawn.bound if source_import else EVERYTHING,
        size=size,
        population=census.count,
        population_digest=census.digest(),
        policy=policy_version(project=dataset.project, by=by),
        by=by,
    )
    items_add(sample=sample, drawn=drawn)
    return sample


def _population(dataset: Dataset, source_import: Import | None) -> Iterator[tuple[UUID, int]]:
    """Stream what can be drawn with how many there are: one statement, so that both come from one moment."""
    _, policy = policy_of(dataset.project)
    examples: QuerySet[Example] = Example.objects.submitted().filter(kept(policy), dataset=dataset)
    examples = examples.filter(source_import=source_import)
    found = examples.annotate(population=Window(Count("pk"))).order_by("public_id")
    return found.values_list("public_id", "population").iterator(chunk_size=STREAM)
