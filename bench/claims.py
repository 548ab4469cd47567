"""How long a reviewer waits for the next item when many claim at once, beside the bare SQL in the same run.

    .venv/bin/python -m bench.claims [--items 10000] [--claimants 32] [--rounds 3]

Each claimant has a connection of its own and no think time: it claims an item and decides it, until none is left.
Claimants are threads of a few processes, as behind a web server. "service" is `claim_next` and `label_add` as the
page calls them; "bare" is psycopg with the least SQL that does the same for one sample: claim with SKIP LOCKED,
then insert the label and close the item. The waits are those of the claims alone. The bar: no item handed out
twice, and a 95th percentile of at most three times the bare one.
"""

import argparse
import json
import multiprocessing
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import batched
from typing import Any

from bench.home import django_setup, temporary_home

PROCESSES = 4
START_SECONDS = 60
KINDS = ("service", "bare")

EXAMPLES = """
INSERT INTO annotate_example (public_id, dataset_id, state, revision, turns, metadata, raw, content_hash)
SELECT gen_random_uuid(), %(dataset)s, 20, 1, %(turns)s, '{}', '', decode(md5(number::text), 'hex')
FROM generate_series(1, %(items)s) number
"""
MEASUREMENTS = """
INSERT INTO review_measurement (
    example_id, dataset_id, revision, ruling, scorers, format_issues, format_blocks, tokens,
    exact_copy, prompt_twins, near_similarity, toxicity, personal_data, contamination
)
SELECT id, dataset_id, 1, 0, '{}', '{}', 0, 100, 0, 0, 0, 0, 0, 0 FROM annotate_example
"""
BARE_CLAIM = """
UPDATE review_queueitem SET claimed_by_id = %(by)s, claimed_until = now() + interval '20 minutes'
WHERE id = (
    SELECT id FROM review_queueitem
    WHERE batch = %(sample)s AND decided_at IS NULL AND (claimed_until IS NULL OR claimed_until <= now())
    ORDER BY key LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING id, example_id
"""
BARE_LABEL = """
INSERT INTO review_label (example_id, revision, item_id, queue, verdict, reasons, note, by_id, at)
VALUES (%s, 1, %s, 'sample', 'good', '{}', '', %s, now())
"""
BARE_CLOSE = "UPDATE review_queueitem SET decided_at = now() WHERE id = %s AND decided_at IS NULL"

type Turn = Callable[[], int | None]
type Waits = list[tuple[int, float]]


def service_turns(by_pk: int, sample_pk: int) -> Iterator[Turn]:
    """Yield what claims an item by the service, and then what decides it, for ever."""
    from accounts.models import User
    from review.models import QueueItem, Sample
    from review.services.claims import claim_next
    from review.services.labels import label_add

    by, project = User.objects.get(pk=by_pk), Sample.objects.get(pk=sample_pk).dataset.project
    held: list[QueueItem | None] = [None]

    def claim() -> int | None:
        held[0] = claim_next(project=project, by=by)
        return held[0].pk if held[0] else None

    def decide() -> int | None:
        assert held[0]
        return label_add(item=held[0], by=by, revision=1, verdict="good").pk

    while True:
        yield claim
        yield decide


def bare_turns(by_pk: int, sample_pk: int) -> Iterator[Turn]:
    """Yield the same two steps as bare SQL on a connection of psycopg's own."""
    import psycopg
    from django.db import connection

    held: list[Any] = [None]
    with psycopg.connect(**_address(connection.get_connection_params()), autocommit=True) as bare:

        def claim() -> int | None:
            held[0] = bare.execute(BARE_CLAIM, {"by": by_pk, "sample": sample_pk}).fetchone()
            return held[0][0] if held[0] else None

        def decide() -> int | None:
            item, example = held[0]
            with bare.transaction():
                bare.execute(BARE_CLOSE, [item])
                bare.execute(BARE_LABEL, [example, item, by_pk])
            return None

        while True:
            yield claim
            yield decide


def _address(params: dict[str, Any]) -> dict[str, Any]:
    wanted = {"dbname", "user", "password", "host", "port", "sslmode"}
    return {name: value for name, value in params.items() if name in wanted and value}


def claimant(kind: str, by_pk: int, sample_pk: int, gate: Any, waits: Waits) -> None:
    """Claim and decide until nothing is left; add each item with the seconds its claim took."""
    from django.db import connection

    connection.ensure_connection()
    turns = (service_turns if kind == "service" else bare_turns)(by_pk, sample_pk)
    claim = next(turns)
    gate.wait(START_SECONDS)
    while True:
        started = time.perf_counter()
        item = claim()
        if item is None:
            break
        waits.append((item, time.perf_counter() - started))
        next(turns)()
        claim = next(turns)
    turns.close()  # type: ignore[attr-defined]
    connection.close()


def group(kind: str, people: list[int], sample_pk: int, gate: Any, answer: Any) -> None:
    """Be one of the processes: run its claimants as threads and answer with what they got."""
    django_setup()
    waits: Waits = []
    threads = [threading.Thread(target=claimant, args=(kind, by, sample_pk, gate, waits)) for by in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answer.put(waits)


def run(kind: str, people: list[int], sample_pk: int) -> tuple[Waits, float]:
    """Let every claimant work through the sample; return all waits, and the seconds from first to last."""
    spawn = multiprocessing.get_context("spawn")
    gate, answer = spawn.Barrier(len(people) + 1), spawn.Queue()
    shares = batched(people, -(-len(people) // PROCESSES))
    processes = [
        spawn.Process(target=group, args=(kind, list(share), sample_pk, gate, answer)) for share in shares
    ]
    for process in processes:
        process.start()
    gate.wait(START_SECONDS)
    started = time.perf_counter()
    waits = [wait for _ in processes for wait in answer.get()]
    seconds = time.perf_counter() - started
    for process in processes:
        process.join()
    return waits, seconds


def prepare(items: int, claimants: int) -> tuple[int, list[int]]:
    """Make a project with one sample of so many items, and its reviewers; return their ids."""
    from django.db import connection

    from accounts.models import User
    from annotate.models import Dataset, Project
    from annotate.records import Conversation, Turn
    from review.models import ReviewRules
    from review.services.samples import sample_draw

    project = Project.objects.create(name="Bench", slug="bench")
    dataset = Dataset.objects.create(project=project, name="Bench", slug="bench")
    turns = json.dumps(Conversation((Turn("user", "Why?"), Turn("assistant", "Because. " * 80))).as_json())
    with connection.cursor() as cursor:
        cursor.execute(EXAMPLES, {"dataset": dataset.pk, "turns": turns, "items": items})
        cursor.execute(MEASUREMENTS)
    # One seat for each item: how many are handed out is what is counted.
    ReviewRules.objects.create(project=project, overlap=0.0, gold_rate=0.0)
    sample = sample_draw(dataset=dataset, source_import=None, by=None)
    people = [User.objects.create_user(f"reviewer{number}@winnow.example") for number in range(claimants)]
    return sample.pk, [person.pk for person in people]


def reopen() -> None:
    """Open every item again and let the tables be as after a quiet night."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE review_queueitem SET decided_at = NULL, claimed_by_id = NULL, claimed_until = NULL;"
            "UPDATE review_sampleitem SET outcome = NULL, revision = NULL, outcome_at = NULL"
        )
        cursor.execute("TRUNCATE review_label, review_remedy")
        for table in (
            "review_sampleitem",
            "review_queueitem",
            "review_label",
            "review_measurement",
            "annotate_example",
        ):
            cursor.execute(f"VACUUM ANALYZE {table}")
        cursor.execute("CHECKPOINT")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--items", type=int, default=10_000)
    parser.add_argument("--claimants", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    done: dict[str, list[tuple[Waits, float]]] = {kind: [] for kind in KINDS}
    with temporary_home():
        sample, people = prepare(options.items, options.claimants)
        for _ in range(options.rounds):
            for kind in KINDS:
                reopen()
                done[kind].append(run(kind, people, sample))
    report(done, options.items)


def report(done: dict[str, list[tuple[Waits, float]]], items: int) -> None:
    """Print the medians of the rounds, each beside its bar."""
    print(f"{'wait for a claim, ms':<24}{'p50':>8}{'p95':>8}{'p99':>8}   claim + decide")
    tails = {}
    for kind, rounds in done.items():
        cuts = [statistics.quantiles([wait for _, wait in waits], n=100) for waits, _ in rounds]
        p50, p95, p99 = (statistics.median(cut[at] * 1000 for cut in cuts) for at in (49, 94, 98))
        rate = statistics.median(len(waits) / seconds for waits, seconds in rounds)
        print(f"{kind:<24}{p50:>8.1f}{p95:>8.1f}{p99:>8.1f}   {rate:,.0f}/s")
        tails[kind] = [cut[94] for cut in cuts]
    ratio = statistics.median(ours / bare for ours, bare in zip(*tails.values(), strict=True))
    counts = [Counter(item for item, _ in waits) for waits, _ in done["service"]]
    twice = sum(count - 1 for round_ in counts for count in round_.values())
    missed = sum(items - len(round_) for round_ in counts)
    print(f"p95 of the service beside the bare SQL: {ratio:.1f} times (≤ 3)")
    print(f"handed out twice: {twice} (0); never handed out: {missed} (0)")


if __name__ == "__main__":
    main()
