"""What the report of a sample and the pages that count datasets cost, and which of their queries take longest.

    .venv/bin/python -m bench.reports [--examples 1000000] [--reviewed 1.0] [--rounds 5]

Makes so many examples as `bench.policy` does, draws 5 % of them, gives that share of the sample labels, one in five
of them two, and has the counts made that a scheduler makes every minute. Then it times the queries of the report, and
the pages as a signed-in manager gets them, all within this process. The bar, at 1,000,000 examples: 300 ms of server
time for a page, and no query over 100 ms without an index that serves it. Of every query over 100 ms it prints which
indexes its plan uses, and which tables it reads from one end to the other.
"""

import argparse
import re
import statistics
import time
from collections.abc import Callable, Iterator
from typing import Any

from bench.home import temporary_home
from bench.policy import prepare

LONG = 0.1  # seconds
# One label for each seat that is within the share: bad where the item's key says so, for one in twenty-five.
SEATED = """
UPDATE review_queueitem seat SET decided_at = now(),
    claimed_by_id = CASE WHEN queue = 'sample' THEN %(one)s ELSE %(two)s END
WHERE get_byte(seat.key, 20) < %(share)s * 256
"""
LABELLED = """
INSERT INTO review_label (example_id, revision, item_id, queue, verdict, reasons, note, by_id, at, seconds)
SELECT seat.example_id, example.revision, seat.id, seat.queue, said.verdict,
    CASE WHEN said.verdict = 'bad' THEN ARRAY['incorrect'] ELSE '{}' END::varchar[], '', seat.claimed_by_id, now(), 4
FROM review_queueitem seat
JOIN annotate_example example ON example.id = seat.example_id
CROSS JOIN LATERAL (SELECT CASE WHEN get_byte(seat.key, 21) < 10 THEN 'bad' ELSE 'good' END AS verdict) said
WHERE seat.decided_at IS NOT NULL
"""
DECIDED = """
UPDATE review_sampleitem item SET outcome = label.verdict, revision = label.revision,
    outcome_at = now() - item.id * interval '1 second'
FROM review_label label JOIN review_queueitem seat ON seat.id = label.item_id
WHERE seat.sample_item_id = item.id AND seat.queue = 'sample'
"""


def populate(dataset_pk: int, share: float) -> Any:
    """Draw the sample, label it, count for the pages; return the sample."""
    from django.db import connection

    from accounts.models import User
    from annotate.models import Dataset, Membership
    from review.services.samples import samples_draw
    from review.services.tallies import tallies_catch_up

    dataset = Dataset.objects.select_related("project").get(pk=dataset_pk)
    people = [
        User.objects.create_user(f"{name}@winnow.example", display_name=name) for name in ("One", "Two")
    ]
    for user in people:
        Membership.objects.create(project=dataset.project, user=user, role=Membership.Role.MANAGER)
    began = time.perf_counter()
    (sample,) = samples_draw(dataset=dataset, by=None)
    print(f"{'drawn':<44}{(time.perf_counter() - began) * 1000:>12,.0f}")
    with connection.cursor() as cursor:
        cursor.execute(SEATED, {"one": people[0].pk, "two": people[1].pk, "share": share})
        cursor.execute(LABELLED)
        cursor.execute(DECIDED)
        for table in ("sampleitem", "queueitem", "label"):
            cursor.execute(f"VACUUM ANALYZE review_{table}")
    for tally in tallies_catch_up():
        print(f"{f'counted for the pages: {tally.kind}':<44}{tally.seconds * 1000:>12,.0f}")
    return sample


def asked(sample_pk: int) -> dict[str, Callable[[], object]]:
    """Return the queries of a report, by name."""
    from review.models import Sample
    from review.queries import sample_rows
    from review.queries.reports import sample_report
    from review.queries.slices import slice_rows
    from review.queries.tallies import DatasetCounts

    sample = Sample.objects.select_related("dataset__project", "source_import").get(pk=sample_pk)
    of = sample.source_import_id or 0
    counts = DatasetCounts(sample.dataset)
    kept, parts = counts.kept.value.by_import[of], counts.parts.value[of]
    return {
        "report, counted by the minute": lambda: sample_report(sample, kept=kept),
        "report, counted anew for a decision": lambda: sample_report(sample),
        "stamp and stored counts": lambda: DatasetCounts(sample.dataset).kept,
        "what would be released, stored": lambda: DatasetCounts(sample.dataset).standings,
        "growth": lambda: sample_rows.growth_rows(sample),
        "reasons": lambda: sample_rows.reason_counts(sample),
        "labels for agreement": lambda: sample_rows.seat_labels(sample),
        "slices": lambda: slice_rows(sample, parts),
        "a page of bad ones": lambda: list(sample_rows.items_of(sample, "bad")[:50]),
    }


def pages(sample: Any) -> Iterator[tuple[str, str]]:
    """Yield the pages that there are, by name."""
    from django.urls import NoReverseMatch, reverse

    project, dataset = sample.dataset.project.slug, sample.dataset.slug
    for name, arguments in (
        ("review:dataset", [project, dataset]),
        ("review:sample_report", [project, dataset, sample.pk]),
        ("review:sample_items", [project, dataset, sample.pk]),
        ("review:dashboard", [project]),
        ("review:readiness", [project]),
        ("review:reviewers", [project]),
    ):
        try:
            yield name, reverse(name, args=arguments)
        except NoReverseMatch:
            print(f"{name:<44}{'no such page':>12}")


def timed(name: str, ask: Callable[[], object], rounds: int) -> None:
    """Print how long something takes, and what its slow queries read."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    took, queries, slow = [], 0, {}
    for _ in range(rounds):
        with CaptureQueriesContext(connection) as captured:
            began = time.perf_counter()
            ask()
            took.append((time.perf_counter() - began) * 1000)
        queries = len(captured)
        slow |= {query["sql"]: float(query["time"]) for query in captured if float(query["time"]) > LONG}
    print(f"{name:<44}{statistics.median(took):>12,.0f}{max(took):>10,.0f}{queries:>10}")
    for sql, seconds in slow.items():
        print(f"    {seconds * 1000:,.0f} ms: {served(sql)}")


def served(sql: str) -> str:
    """Say which indexes serve a query and what it reads whole."""
    from django.db import connection

    statement = re.sub(r"^DECLARE .*? FOR ", "", sql)
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {statement}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    indexes = sorted(set(re.findall(r"(?:using|Index Scan on) (\w+)", plan)))
    whole = sorted(set(re.findall(r"Seq Scan on (\w+)", plan)))
    return f"by {', '.join(indexes) or 'no index'}; read whole: {', '.join(whole) or 'nothing'}"


def get_page(client: Any, address: str) -> None:
    """Ask for a page and make sure that it came."""
    response = client.get(address)
    if response.status_code != 200:
        raise SystemExit(f"{address} answered {response.status_code}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--examples", type=int, default=1_000_000)
    parser.add_argument(
        "--reviewed", type=float, default=1.0, help="The share of the sample that has labels."
    )
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with temporary_home():
        from django.conf import settings
        from django.core.management import call_command
        from django.test import Client

        from accounts.models import User

        settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, "testserver"]
        pk = prepare(options.examples)
        print(f"{options.examples:,} examples, ms{'':<24}{'median':>12}{'highest':>10}{'queries':>10}")
        sample = populate(pk, options.reviewed)
        for name, ask in asked(sample.pk).items():
            timed(name, ask, options.rounds)
        call_command("collectstatic", interactive=False, verbosity=0)
        client = Client()
        client.force_login(User.objects.earliest("pk"))
        for name, address in pages(sample):
            timed(f"page {name}", lambda address=address: get_page(client, address), options.rounds)


if __name__ == "__main__":
    main()
