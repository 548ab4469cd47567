"""How fast a project's examples are scored by its classifier, and where the time of a worker goes.

    .venv/bin/python -m bench.scoring [--examples 1000000] [--workers 2] [--labels 500]

In a temporary home with its own PostgreSQL: so many measured examples of about 84 words, 38 in 100 with a planted
defect, and a sample of which so many are labelled as they were planted. A version is trained on these labels and
activated; then so many worker processes do the job that scores all, results stored. Last, what the pages and the picks
ask of all scores: the bars over the classifier's slider, and one filling of the targeted queue.

Bars: 1,000,000 examples within ten minutes with two workers on two cores, a worker's peak within 1 GB; the classifier's
page within a second.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from itertools import batched, count
from typing import Any

from bench.home import django_setup, temporary_home
from bench.planted_defects import made_up, planted
from bench.records import alpaca_records

PLANTED_AT_ONCE = 2_000
SAMPLE = 2_000
MOST_SECONDS, MOST_MB, MOST_PAGE = 600.0, 1_024, 1.0
COLUMNS = (
    "public_id", "dataset_id", "source_import_id", "line_number", "state", "revision", "turns", "metadata", "raw",
    "content_hash",
)  # fmt: skip
MEASUREMENTS = """
INSERT INTO review_measurement (
    example_id, dataset_id, revision, ruling, scorers, format_issues, format_blocks, tokens, language,
    language_certainty, exact_copy, prompt_twins, near_similarity, toxicity, personal_data, contamination
)
SELECT id, dataset_id, 1, 0, %(scorers)s::int[], '{}', 0, 100, 'en', 1, 0, 0, 0, 0, 0, 0 FROM annotate_example
"""


def examples(total: int) -> Iterator[tuple[dict[str, str], bool]]:
    """Yield so many records of about 84 words with whether each is good."""
    foreign = made_up(1)[1]
    for number, records in enumerate(batched(alpaca_records(total), PLANTED_AT_ONCE)):
        for made in planted(records, foreign, seed=number):
            yield made.record, made.good


def prepare(total: int, labels: int) -> Any:
    """Make a project of so many measured examples and a labelled sample; return it."""
    from django.db import connection
    from django.utils import timezone

    from annotate.ids import new_public_id
    from annotate.models import Dataset, Import, Project
    from annotate.records import Conversation, Turn
    from review.queries.policies import policy_of
    from review.queries.scorers import options_of
    from review.services.measurements import scorer_versions

    project = Project.objects.create(name="Bench", slug="bench")
    dataset = Dataset.objects.create(project=project, name="Bench", slug="bench", licence="MIT")
    source = Import.objects.create(
        dataset=dataset, name="bench.jsonl", sha256="0" * 64, size=1, examples=total, done_at=timezone.now()
    )
    good = bytearray()
    with connection.cursor() as cursor:
        with cursor.copy(f"COPY annotate_example ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            for number, (record, is_good) in zip(count(1), examples(total)):
                asked = Turn("user", record["instruction"], record["input"])
                text = Conversation((asked, Turn("assistant", record["output"])))
                good.append(is_good)
                copy.write_row(
                    (
                        new_public_id(), dataset.pk, source.pk, number, 20, 1, json.dumps(text.as_json()), "{}",
                        json.dumps(record), text.content_hash(),
                    )
                )  # fmt: skip
        _, policy = policy_of(project)
        cursor.execute(
            MEASUREMENTS, {"scorers": sorted(scorer_versions(options_of(project, policy)).values())}
        )
        for table in ("annotate_example", "review_measurement"):
            cursor.execute(f"VACUUM ANALYZE {table}")
    _label(dataset, source, good, labels)
    return project


def _label(dataset: Any, source: Any, good: bytearray, labels: int) -> None:
    from accounts.models import User
    from review.models import Label, QueueItem, SampleItem
    from review.services.samples import sample_draw

    sample = sample_draw(dataset=dataset, source_import=source, by=None)
    by = User.objects.create_user("reviewer@winnow.example")
    seats = QueueItem.objects.filter(sample_item__sample=sample, queue="sample").select_related("example")
    Label.objects.bulk_create(
        Label(
            example=seat.example, revision=1, item=seat, by=by,
            verdict="good" if good[(seat.example.line_number or 0) - 1] else "bad",
        )
        for seat in seats.order_by("key")[:labels]
    )  # fmt: skip
    assert SampleItem.objects.filter(sample=sample).count() >= labels


def trained(project: Any) -> dict[str, Any]:
    """Train a version on the labels and activate it; return its figures."""
    from jobs.work import job_work
    from review.models import ClassifierVersion
    from review.services.classifiers import classifier_activate, classifier_train

    job_work(classifier_train(project=project, by=None).pk)
    version = ClassifierVersion.objects.get()
    classifier_activate(version=version, by=None)
    return {"seconds": version.seconds, "step": version.step, "auc": version.evaluation["auc"]}


def work() -> None:
    """Do jobs until none is left that can be taken, as one worker does; print this process's peak memory and time."""
    from jobs.models import Job
    from jobs.work import job_work

    while jobs := list(Job.objects.active().order_by("pk")):
        for job in jobs:
            job_work(job.pk)
        time.sleep(0.02)
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({"mb": used.ru_maxrss / 1024, "seconds": used.ru_utime + used.ru_stime}))


def scored(workers: int) -> dict[str, Any]:
    """Have everything scored by so many workers; return seconds, the processor time of workers, and memory."""
    from jobs.models import Job

    command = [sys.executable, "-m", "bench.scoring", "--work"]
    crew = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(workers)]
    told = [json.loads(worker.communicate()[0].splitlines()[-1]) for worker in crew]
    job = Job.objects.filter(kind="score-quality").earliest("pk")
    assert job.state == Job.State.DONE and job.started_at and job.finished_at, job.error
    return {
        "scored": job.result["scored"], "seconds": (job.finished_at - job.started_at).total_seconds(),
        "cpu": sum(each["seconds"] for each in told), "mb": max(each["mb"] for each in told),
    }  # fmt: skip


def timed(ask: Callable[[], Any]) -> tuple[float, Any]:
    """Return the seconds of the second of two times, and what it answered."""
    ask()
    began = time.perf_counter()
    answer = ask()
    return time.perf_counter() - began, answer


def page_of(project: Any, manager: Any) -> Callable[[], Any]:
    """Return a call that asks for the classifier's page as a signed-in manager does."""
    from django.conf import settings
    from django.core.management import call_command
    from django.test import Client

    from annotate.models import Membership

    Membership.objects.create(project=project, user=manager, role=Membership.Role.MANAGER)
    call_command("collectstatic", interactive=False, verbosity=0)
    client = Client(SERVER_NAME="localhost")
    client.force_login(manager, settings.AUTHENTICATION_BACKENDS[0])
    return lambda: client.get(f"/p/{project.slug}/classifier/", secure=True).status_code


def report(total: int, workers: int, found: dict[str, Any]) -> bool:
    """Print how fast examples were scored; return whether the bars are kept, in proportion for fewer than a million."""
    rate, most = found["scored"] / found["seconds"], MOST_SECONDS * total / 1_000_000
    print(
        f"{found['scored']:,} scored by {workers} workers in {found['seconds']:.1f} s: {rate:,.0f} examples/s"
    )
    print(f"  1,000,000 take {1e6 / rate / 60:.1f} minutes (≤ {MOST_SECONDS / 60:.0f})")
    print(
        f"  {1e6 * found['cpu'] / found['scored']:,.0f} µs of a worker's processor for each, starting it included"
    )
    print(f"  a worker's peak {found['mb']:,.0f} MB (≤ {MOST_MB:,})")
    return bool(found["seconds"] <= most and found["mb"] <= MOST_MB)


def report_pages(project: Any) -> bool:
    """Print what is asked of all scores at once; return whether the page is within its bar."""
    from accounts.models import User
    from review.models import QueueItem
    from review.queries.policies import policy_of
    from review.queries.scores import scores_of
    from review.services.classifiers import classifier_rules_save
    from review.services.picks import picks_fill

    _, policy = policy_of(project)
    print(f"  bars of the scores        {timed(lambda: scores_of(project, policy))[0]:8.2f} s")
    manager = User.objects.create_user("manager@winnow.example")
    seconds, status = timed(page_of(project, manager))
    assert status == 200, status
    print(f"  the classifier's page     {seconds:8.2f} s (≤ {MOST_PAGE:.0f})")
    classifier_rules_save(project=project, by=manager, targeted=100)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.perf_counter()
    added = picks_fill(project=project)
    took, grown = time.perf_counter() - began, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert added == QueueItem.objects.filter(queue="targeted").count() > 0
    print(f"  {added} picked among all     {took:8.2f} s, {grown / 1024:,.0f} MB")
    return seconds <= MOST_PAGE


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--examples", type=int, default=1_000_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--labels", type=int, default=500)
    options = parser.parse_args()
    with temporary_home():
        began = time.perf_counter()
        project = prepare(options.examples, options.labels)
        print(f"{options.examples:,} examples made in {time.perf_counter() - began:.0f} s", flush=True)
        version = trained(project)
        print(f"trained on {options.labels} labels in {version['seconds']:.1f} s: {version['step']}, "
              f"ROC-AUC {version['auc']:.2f}", flush=True)  # fmt: skip
        kept = report(options.examples, options.workers, scored(options.workers))
        kept &= report_pages(project)
    sys.exit(int(not kept))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--work"]:
        django_setup()
        work()
    else:
        main()
