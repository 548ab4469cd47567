"""Counts of large datasets are made anew when what they rest on has changed."""

import time
from datetime import timedelta

from django.utils import timezone

from annotate.models import Dataset
from review.models import Tally
from review.queries.stamps import stamps_of
from review.queries.tallies import count, is_large

# While a dataset changes all the time, as during its screening, counting takes no more than a twentieth of it.
REST = 20


def tally_renew(*, dataset: Dataset, kind: str) -> Tally:
    """Count a dataset and store that for the pages."""
    # The stamp first: what changes while it is counted makes the count stale, and never wrong in silence.
    stamp, at, began = stamps_of(dataset)[kind], timezone.now(), time.monotonic()
    counts = count(dataset, kind)
    values = {"stamp": stamp, "counts": counts, "counted_at": at, "seconds": time.monotonic() - began}
    tally, _ = Tally.objects.update_or_create(dataset=dataset, kind=kind, defaults=values)
    return tally


def tallies_catch_up() -> list[Tally]:
    """Count large datasets anew where a count has become stale; return what was counted. Called every minute.

    A dataset that has become small again has its counts removed: it is counted whenever somebody looks.
    """
    renewed = []
    for dataset in Dataset.objects.select_related("project"):
        stored = {tally.kind: tally for tally in Tally.objects.filter(dataset=dataset)}
        if not is_large(dataset):
            if stored:
                Tally.objects.filter(dataset=dataset).delete()
            continue
        stamps = stamps_of(dataset)
        due = [kind for kind in Tally.Kind if _is_due(stored.get(kind), stamps[kind])]
        renewed += [tally_renew(dataset=dataset, kind=kind) for kind in due]
    return renewed


def _is_due(stored: Tally | None, stamp: str) -> bool:
    if stored is None:
        return True
    rested = timezone.now() - stored.counted_at >= timedelta(seconds=REST * stored.seconds)
    return rested and stored.stamp != stamp
