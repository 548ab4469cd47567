"""How long it takes to find the duplicates of a project, step by step, with everything stored.

    .venv/bin/python -m bench.grouping [--examples 20000] [--more 500]

Examples of about 84 words, one in twelve an edited copy of the one before it, are measured by their hashes alone and
grouped in one batch; then some more come and are looked up one by one.
"""

import argparse
from itertools import batched
from typing import Any

from bench.home import temporary_home
from bench.lookup import examples_copy
from bench.planted import planted

AT_ONCE = 10_000


def measure(dataset: Any) -> None:
    """Store what a grouping reads of every example that is not measured yet."""
    from annotate.models import Example
    from review.models import Measurement
    from review.scorers.base import Resources
    from review.scorers.exact import Exact

    hashes = Exact().prepare({}, Resources())
    rows = Example.objects.filter(dataset=dataset, measurement=None).iterator(chunk_size=AT_ONCE)
    for some in batched(rows, AT_ONCE, strict=False):
        found = hashes([row.conversation for row in some])
        Measurement.objects.bulk_create(
            Measurement(example=row, dataset=dataset, revision=1, **values)
            for row, values in zip(some, found, strict=True)
        )


def group(dataset: Any) -> None:
    """Group what is due and print how long each step took."""
    from django.db import connection

    from jobs.work import job_work
    from review.services.grouping import grouping_start

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE annotate_example, review_measurement, review_band")
    job = grouping_start(project=dataset.project, by=None)
    job_work(job.pk)
    job.refresh_from_db()
    told = job.result
    print(f"{told['grouped']:,} examples by {told['near']['way']} in {told['seconds']:.1f} s:", end="")
    for slug, step in told["steps"].items():
        print(f"  {slug} {step['seconds']:.1f} s", end="")
    print(f"\n  {told['near']}, cut {told['cut']}, clusters {told['clusters']}, copies {told['copies']}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--examples", type=int, default=20_000)
    parser.add_argument("--more", type=int, default=500)
    options = parser.parse_args()
    texts = planted(options.examples + options.more).texts
    with temporary_home():
        from annotate.models import Dataset, Project

        project = Project.objects.create(name="Bench", slug="bench")
        dataset = Dataset.objects.create(project=project, name="Bench", slug="bench")
        for some in (texts[: options.examples], texts[options.examples :]):
            examples_copy(dataset, some)
            measure(dataset)
            group(dataset)


if __name__ == "__main__":
    main()
