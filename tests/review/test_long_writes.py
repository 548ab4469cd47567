"""A cluster is written whole, however large: the lease is kept until it is."""

import time
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from django.utils import timezone

from annotate.models import Dataset
from annotate.services.examples import example_withdraw
from jobs.models import JobPart
from review.services import grouping_due, grouping_exact, grouping_near
from review.services.grouping import grouping_start
from tests.cast import Cast
from tests.review.grouped import check, family, grouped, measured, stored
from tests.review.scene import done, in_threads


def lease() -> Any:
    """Return until when the job is held, as others see it."""
    return in_threads([JobPart.objects.order_by("pk").last])[0].lease_until  # type: ignore[union-attr]


def run_out() -> None:
    JobPart.objects.filter(state=JobPart.State.HELD).update(lease_until=timezone.now())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "module", [grouping_exact, grouping_near, grouping_due], ids=["exact", "near", "left"]
)
def test_a_cluster_that_takes_longer_than_a_lease_to_write_is_written_once(
    dataset: Dataset, cast: Cast, monkeypatch: pytest.MonkeyPatch, module: ModuleType
) -> None:
    examples = stored(dataset, [*family(1, 1, 2), *family(1)])
    if module is grouping_due:
        grouped(dataset)
        example_withdraw(example=examples[2], by=cast.manager)
    measured(dataset)
    monkeypatch.setattr("jobs.kinds.BEAT", timedelta(milliseconds=20))
    real, tries = module.measurements_hold, []

    def slow(ids: Any) -> Any:
        """Let the lease run out, as others see it, and go on when they see it renewed."""
        tries.append(ids)
        in_threads([run_out])
        first, until = lease(), time.monotonic() + 20
        while lease() <= first:
            assert time.monotonic() < until, "the lease is not kept"
        return real(ids)

    monkeypatch.setattr(module, "measurements_hold", slow)
    job = done(grouping_start(project=dataset.project, by=None))
    assert tries and job.parts.get().fence == 1, "nobody else had to take it up"
    check()
