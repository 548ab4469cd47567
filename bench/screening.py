"""How fast a dataset is screened by everything that is local, and where each microsecond goes.

    .venv/bin/python -m bench.screening [--records 52000] [--workers 2] [--sizes 10000 100000] [--checks 200]

First every scorer alone on one core (processor time of one thread). Then the whole of it in a temporary home with
its own PostgreSQL: an imported file of Alpaca records is screened and searched for duplicates by so many worker
processes, results stored. The same for each of `--sizes`, with the exponent of the growth. Last, the checks of the
editor on texts that are not stored, beside the largest dataset made.

Bars: tokens 20,000 records/s on one core; the whole of 52,000 records 2,000/s (goal 4,000) with two workers; 1 GB
for a worker; a check within 60 ms.
"""

import argparse
import json
import math
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from bench.home import django_setup, temporary_home
from bench.records import alpaca_records, write_jsonl

ALONE = 5_000
BATCH = 100


def scorers_alone() -> dict[str, float]:
    """Return by scorer the seconds of processor time it takes for one record."""
    from annotate.formats import read_record
    from review.scorers import SCORERS, Battery
    from review.scorers.base import Resources

    texts = [read_record(record) for record in alpaca_records(ALONE)]
    took = {}
    for scorer in SCORERS:
        battery = Battery({}, Resources(), [scorer], clock=time.thread_time)
        battery.measure(texts[:BATCH])
        battery.take_seconds()
        for start in range(0, ALONE, BATCH):
            battery.measure(texts[start : start + BATCH])
        took[scorer.slug] = battery.take_seconds()[scorer.slug] / ALONE
    return took


def imported(path: Path) -> int:
    """Import a file into a dataset of a project of its own; return the dataset's id. Its screening waits."""
    from annotate.models import Dataset, Project
    from annotate.services.imports import import_create, import_start
    from jobs.work import job_work

    name = str(time.time_ns())
    project = Project.objects.create(name=name, slug=name)
    dataset = Dataset.objects.create(project=project, name=name, slug=name)
    with path.open("rb") as file:
        source_import = import_create(dataset=dataset, file=file, name=path.name, by=None)
    job_work(import_start(source_import=source_import, by=None).pk)
    return dataset.pk


def work() -> None:
    """Do jobs until none is left that can be taken, as one worker does; print this process's peak memory in MB."""
    from jobs.models import Job
    from jobs.work import job_work

    while jobs := list(Job.objects.active().order_by("pk")):
        for job in jobs:
            job_work(job.pk)
        time.sleep(0.02)
    print(json.dumps(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024))


def screened(path: Path, workers: int) -> dict[str, Any]:
    """Screen a freshly imported file with so many workers; return seconds, what the jobs say, and memory."""
    from jobs.models import Job

    dataset = imported(path)
    command = [sys.executable, "-m", "bench.screening", "--work"]
    started = time.perf_counter()
    crew = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(workers)]
    peaks = [json.loads(worker.communicate()[0].splitlines()[-1]) for worker in crew]
    jobs = list(Job.objects.filter(kind__in=("screen", "group")).order_by("-pk")[:2])
    assert all(job.state == Job.State.DONE for job in jobs), [job.error for job in jobs]
    results = {job.kind: job for job in jobs}
    # Starting Python is no part of it: the first job began when a worker was up.
    took = (results["group"].finished_at - results["screen"].started_at).total_seconds()
    return {
        "dataset": dataset, "wall": time.perf_counter() - started, "seconds": took, "peak_mb": max(peaks),
        "screening": results["screen"].working.total_seconds(), "scorers": results["screen"].result["scorers"],
        "grouping": results["group"].working.total_seconds(), "group": results["group"].result,
    }  # fmt: skip


def checks(dataset_pk: int, count: int) -> list[float]:
    """Return the seconds that each of so many checks of an unstored text takes, the first ones left out."""
    from annotate.formats import read_record
    from annotate.models import Dataset
    from review.queries.checks import text_check

    project = Dataset.objects.select_related("project").get(pk=dataset_pk).project
    took = []
    for record in alpaca_records(count + 20, seed=7):
        text = read_record(record)
        started = time.perf_counter()
        text_check(project=project, conversation=text)
        took.append(time.perf_counter() - started)
    return took[20:]


def report_alone() -> None:
    """Print what each scorer takes."""
    took = scorers_alone()
    print(f"{'scorer alone, one core':<26}{'µs a record':>12}{'records/s':>12}")
    for slug, seconds in took.items():
        bar = "  (≥ 20,000)" if slug == "length" else ""
        print(f"{slug:<26}{seconds * 1e6:>12,.1f}{1 / seconds:>12,.0f}{bar}")
    print(f"{'all of them':<26}{sum(took.values()) * 1e6:>12,.1f}{1 / sum(took.values()):>12,.0f}\n")


def report(records: int, workers: int, found: dict[str, Any]) -> None:
    """Print one screening: its rate, and where the time of its workers went."""
    rate = records / found["seconds"]
    print(f"{records:,} records, {workers} workers: {rate:,.0f} records/s (≥ 2,000, goal 4,000), "
          f"{found['seconds']:.1f} s; a worker's peak {found['peak_mb']:.0f} MB (≤ 1,024)")  # fmt: skip
    each = 1e6 / records
    scorers = sum(rate["seconds"] for rate in found["scorers"].values())
    for slug, told in found["scorers"].items():
        print(f"  {slug:<24}{told['seconds'] * each:>10,.1f} µs a record and worker")
    rest = found["screening"] * workers - scorers
    print(f"  {'reading, storing, waiting':<24}{rest * each:>9,.1f} µs")
    print(f"  {'search for duplicates':<24}{found['grouping'] * each:>10,.1f} µs of wall time")
    print(f"  {json.dumps({key: value for key, value in found['group'].items() if key != 'scorers'})}\n")


def exponent(sizes: list[int], seconds: list[float]) -> float:
    """Return the slope of log seconds over log size, by least squares."""
    xs, ys = ([math.log(value) for value in values] for values in (sizes, seconds))
    return statistics.linear_regression(xs, ys).slope


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=52_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--sizes", type=int, nargs="*", default=[])
    parser.add_argument("--checks", type=int, default=200)
    options = parser.parse_args()
    with temporary_home() as folder:
        report_alone()
        sizes, seconds, largest = sorted({options.records, *options.sizes}), [], 0
        for size in sizes:
            write_jsonl(folder / "records.jsonl", size)
            found = screened(folder / "records.jsonl", options.workers)
            report(size, options.workers, found)
            seconds.append(found["seconds"])
            largest = found["dataset"]
        if len(sizes) > 1:
            print(f"growth: seconds ~ records^{exponent(sizes, seconds):.2f}")
        took = [second * 1e3 for second in checks(largest, options.checks)]
        cut = statistics.quantiles(took, n=100)
        print(f"check of one text beside {sizes[-1]:,}: p50 {cut[49]:.1f} ms, p99 {cut[98]:.1f} ms (≤ 60)")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--work"]:
        django_setup()
        work()
    else:
        main()
