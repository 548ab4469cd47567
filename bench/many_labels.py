"""What 100,000 labels cost: the classifier's page, the count of verdicts, and a training.

    .venv/bin/python -m bench.many_labels [--labels 100000] [--examples 200000] [--imported 100000] [--no-training]

In a temporary home with its own PostgreSQL: so many labels by five reviewers, one in twenty on an example that another
had labelled; a key of so many other records says good or bad. Printed is what reading all labels takes, with the count
that is stored and without it, what the page takes that a manager gets, and a training on as many as it takes of them.

Bars: the page within 150 ms once the count is stored; a worker within 1 GB.
"""

import argparse
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

from bench.home import temporary_home
from bench.scoring import page_of, prepare, timed

MOST_PAGE, MOST_MB, REVIEWERS = 0.15, 1_024, 5
SEATS = """
INSERT INTO review_queueitem (project_id, queue, example_id, rank, batch, key, decided_at)
SELECT %(project)s, 'targeted', id, 30, 0, int8send(id), now() FROM annotate_example
WHERE id NOT IN (SELECT example_id FROM review_label) ORDER BY id LIMIT %(count)s
"""
# Bad is what is short: something that can be learnt.
LABELS = """
INSERT INTO review_label (example_id, revision, item_id, queue, verdict, reasons, note, by_id, at)
SELECT seat.example_id, 1, CASE WHEN %(again)s THEN NULL ELSE seat.id END,
    CASE WHEN %(again)s THEN 'fix' ELSE 'targeted' END,
    CASE WHEN length(example.turns::text) < 420 THEN 'bad' ELSE 'good' END, '{}', '',
    %(first)s + (seat.id + %(again)s::int) %% %(reviewers)s, now()
FROM review_queueitem seat JOIN annotate_example example ON example.id = seat.example_id
WHERE seat.queue = 'targeted' AND (NOT %(again)s OR seat.id %% 20 = 0)
"""
IMPORTED = """
UPDATE annotate_example SET metadata = jsonb_build_object(
    'label', CASE WHEN length(turns::text) < 420 THEN 'bad' ELSE 'good' END
) WHERE id IN (SELECT id FROM annotate_example ORDER BY id DESC LIMIT %(count)s)
"""


def label(project: Any, labels: int, imported: int) -> None:
    """Give a project so many labels of people and so many imported ones."""
    from django.db import connection

    from accounts.models import User

    people = [User.objects.create_user(f"person{number}@winnow.example") for number in range(REVIEWERS)]
    asked: dict[str, Any] = {
        "project": project.pk, "count": round(labels / 1.05), "first": people[0].pk, "reviewers": REVIEWERS,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(SEATS, asked)
        for again in (False, True):
            cursor.execute(LABELS, {**asked, "again": again})
        cursor.execute(IMPORTED, {"count": imported})
        for table in ("review_label", "review_queueitem", "annotate_example"):
            cursor.execute(f"VACUUM ANALYZE {table}")


def told(what: str, ask: Callable[[], Any]) -> float:
    """Print and return what it takes."""
    seconds, _ = timed(ask)
    print(f"  {what:<48}{1e3 * seconds:>10,.0f} ms", flush=True)
    return seconds


def report_reading(project: Any, manager: Any) -> bool:
    """Print what counting, reading and showing labels takes; return whether the page is within its bar."""
    from review.queries.label_counts import labels_counted
    from review.queries.training_set import labels_of, training_set
    from review.services.imported_labels import imported_labels_save, imported_tally_renew
    from review.services.label_tallies import label_tally_renew

    page = page_of(project, manager)
    told("verdicts counted, nothing stored", lambda: labels_counted(project))
    told("verdicts counted and stored", lambda: label_tally_renew(project=project))
    told("verdicts counted beside what is stored", lambda: labels_counted(project))
    shown = told("the classifier's page", page)
    told("all that was judged, with weights and groups", lambda: labels_of(training_set(project)))
    rules = imported_labels_save(
        project=project, by=manager, key="label", good="good", bad="bad", weight=0.25
    )
    told("imported labels counted", lambda: imported_tally_renew(rules=rules))
    shown = max(shown, told("the classifier's page with imported ones", page))
    return shown <= MOST_PAGE


def report_training(project: Any) -> bool:
    """Train on what there is; return whether the process stayed within its memory."""
    from jobs.work import job_work
    from review.models import ClassifierVersion
    from review.services.classifiers import classifier_train

    job_work(classifier_train(project=project, by=None).pk)
    version, found = (
        ClassifierVersion.objects.get(),
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )
    print(f"  trained on {version.good + version.bad:,} in {version.seconds:.0f} s, "
          f"{version.evaluation['imported']['good'] + version.evaluation['imported']['bad']:,} of them imported; "
          f"peak {found:,.0f} MB (≤ {MOST_MB:,})")  # fmt: skip
    return found <= MOST_MB


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--labels", type=int, default=100_000)
    parser.add_argument("--examples", type=int, default=200_000)
    parser.add_argument("--imported", type=int, default=100_000)
    parser.add_argument("--training", action=argparse.BooleanOptionalAction, default=True)
    options = parser.parse_args()
    with temporary_home():
        from accounts.models import User

        began = time.perf_counter()
        project = prepare(options.examples, 500)
        label(project, options.labels, options.imported)
        manager = User.objects.create_user("manager@winnow.example")
        print(f"{options.labels:,} labels on {options.examples:,} examples, made in "
              f"{time.perf_counter() - began:.0f} s (the page: ≤ {1e3 * MOST_PAGE:.0f} ms)", flush=True)  # fmt: skip
        kept = report_reading(project, manager)
        if options.training:
            kept &= report_training(project)
    sys.exit(int(not kept))


if __name__ == "__main__":
    main()
