"""What making a selection costs, and a page of Browse by score.

    .venv/bin/python -m bench.selections [--examples 1000000] [--size 1000]

In a temporary home with its own PostgreSQL: so many measured examples of about 84 words in an accepted dataset, each
with a score (random, as it does not matter which). One worker process makes a selection of the best; the seconds of
each step and its peak of memory are told. Then the first page of Browse by score, the worst first, one from the middle
and one of a search.

Bars at 1,000,000: a selection within twenty minutes and a worker's peak within 1 GB; a page within 0.3 s, but for the
search, which reads texts until it has found a page of them.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from bench.home import django_setup, temporary_home

MOST_SECONDS, MOST_MB, MOST_PAGE = 1_200.0, 1_024, 0.3
SCORES = """
UPDATE review_measurement SET quality = hashint8(example_id)::float8 / 4294967296 + 0.5, scorers = scorers || %s
"""


def prepare(total: int) -> Any:
    """Make a project of so many scored examples in an accepted dataset; return it."""
    from django.db import connection

    from bench.scoring import prepare as measured
    from review.models import ScorerVersion
    from review.queries.policies import policy_of
    from review.queries.scorers import options_of
    from review.services.decisions import decision_record
    from review.services.measurements import scorer_versions
    from tests.review.scene import classifier_version

    project = measured(total, 1)
    from django.utils import timezone

    classifier_version(project, activated_at=timezone.now())
    ids = scorer_versions(options_of(project, policy_of(project)[1]))
    scorer = ScorerVersion.objects.get(pk=ids["quality"])
    with connection.cursor() as cursor:
        cursor.execute(SCORES, [scorer.pk])
        cursor.execute("VACUUM ANALYZE review_measurement")
    decision_record(dataset=project.datasets.get(), verdict="accepted", by=None)
    return project


def work() -> None:
    """Make the selection that waits, and tell the seconds of each step and this process's peak of memory."""
    from jobs.models import Job
    from jobs.work import job_work
    from review.services import selection_making

    marks: list[tuple[str, float]] = [("start", time.perf_counter())]
    vars(selection_making)["failpoint"] = lambda name: marks.append(
        (name.removeprefix("selection."), time.perf_counter())
    )
    job_work(Job.objects.active().get(kind="make-selection").pk)
    marks.append(("end", time.perf_counter()))
    at = dict(reversed(marks)) | {
        "parted": max(moment for name, moment in marks if name == "after_checkpoint")
    }
    steps = ("start", "after_freeze", "after_topics", "parted", "end")
    told = {name: at[name] - at[before] for before, name in pairwise(steps)}
    print(json.dumps(told | {"mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


def made(project: Any, size: int) -> dict[str, float]:
    """Have a worker make a selection of so many; return what it told."""
    from review.services.selections import selection_create

    selection = selection_create(project=project, size=size, by=None, datasets=project.datasets.all())
    command = [sys.executable, "-m", "bench.selections", "--work"]
    out = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    selection.refresh_from_db()
    assert selection.done_at and selection.job, selection.job and selection.job.error
    print(f"chosen {selection.examples:,} of {selection.pool:,}, {selection.alike:,} left out as alike")
    found: dict[str, float] = json.loads(out.splitlines()[-1])
    return found


def pages(project: Any) -> dict[str, float]:
    """Return the seconds of pages by score."""
    from annotate.models import Example
    from annotate.queries import Filters, browse
    from review.queries.best_first import scored_page

    datasets = list(project.datasets.all())
    middle = Example.objects.order_by("measurement__quality")[Example.objects.count() // 2]
    everything, searched = browse(project, Filters()), browse(project, Filters(text="ban"))

    def page(found: Any, **where: Any) -> float:
        began = time.perf_counter()
        scored_page(found, datasets, **{"size": 50, "worst": False} | where)
        return time.perf_counter() - began

    ways: dict[str, Callable[[], float]] = {
        "best first": lambda: page(everything),
        "worst first": lambda: page(everything, worst=True),
        "from the middle": lambda: page(everything, after=middle.pk),
        "back from the middle": lambda: page(everything, before=middle.pk),
        "a search": lambda: page(searched),
    }
    return {name: min(way() for _ in range(3)) for name, way in ways.items()}


def main() -> int:
    """Print a table; 1 where a bar is missed at 1,000,000."""
    parser = argparse.ArgumentParser(
        description="What making a selection costs, and a page of Browse by score."
    )
    parser.add_argument("--examples", type=int, default=1_000_000)
    parser.add_argument("--size", type=int, default=1_000)
    parser.add_argument("--work", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.work:
        django_setup()
        work()
        return 0
    with temporary_home():
        django_setup()
        began = time.perf_counter()
        project = prepare(asked.examples)
        print(f"{asked.examples:,} examples made in {time.perf_counter() - began:.0f} s")
        told, seconds = made(project, asked.size), pages(project)
    names = {"after_freeze": "freeze", "after_topics": "find topics", "parted": "part texts", "end": "choose"}
    total = sum(told[name] for name in names)
    for name, label in names.items():
        print(f"{label:<22}{told[name]:>10.1f} s")
    print(f"{'in all':<22}{total:>10.1f} s{told['mb']:>10.0f} MB")
    for name, spent in seconds.items():
        print(f"{name:<22}{1000 * spent:>10.0f} ms")
    slow = any(spent > MOST_PAGE for name, spent in seconds.items() if name != "a search")
    return int(total > MOST_SECONDS or told["mb"] > MOST_MB or slow)


if __name__ == "__main__":
    sys.exit(main())
