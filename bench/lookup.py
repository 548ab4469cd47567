"""How long a text that is being written takes to find its near duplicates among many examples.

    .venv/bin/python -m bench.lookup [--examples 100000] [--asked 1000]

An empty database is filled by COPY: some thousand examples with texts of about 84 words and their bands, and around
them as many more examples with random bands as asked for, so that the band table and its index have their real size.
Asked are edited copies of what is stored, from signature to verified matches as the editor's check calls it, and
texts that resemble nothing. The bars: p50 of at most 5 ms and p99 of at most 25 ms at 1,000,000 examples.
"""

import argparse
import json
import statistics
import time
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from bench.home import temporary_home
from bench.planted import Planted, planted

WRITTEN = 20_000  # examples with texts

COPY = "COPY annotate_example (public_id, dataset_id, state, turns, metadata, raw, content_hash) FROM STDIN"
FILLERS = """
INSERT INTO annotate_example (public_id, dataset_id, turns, metadata, raw, content_hash)
SELECT gen_random_uuid(), %(dataset)s, %(turns)s, '{}', '', decode(md5(number::text), 'hex')
FROM generate_series(1, %(count)s) number
"""
MEASUREMENTS = """
INSERT INTO review_measurement (example_id, dataset_id, revision, exact_copy, prompt_twins, near_similarity, scorers)
SELECT id, dataset_id, revision, 0, 0, 0, '{}' FROM annotate_example
"""


def turns_of(text: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": text[:60]}, {"role": "assistant", "content": text[60:]}]


def examples_copy(dataset: Any, texts: Sequence[str]) -> list[int]:
    """Store examples with these texts; return their ids in the same order."""
    from django.db import connection

    from annotate.ids import new_public_ids
    from annotate.models import Example

    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        for public_id, text in zip(new_public_ids(len(texts)), texts, strict=True):
            copy.write_row((str(public_id), dataset.pk, 20, json.dumps(turns_of(text)), "{}", "", b""))
    found = Example.objects.filter(dataset=dataset).order_by("pk").values_list("pk", flat=True)
    return list(found)


def fill(dataset: Any, planted_texts: Planted, examples: int) -> None:
    """Store all texts but the edited copies, with their bands, and fillers up to so many examples."""
    from django.db import connection

    edited = {edit.edited for edit in planted_texts.edits}
    texts = [text for number, text in enumerate(planted_texts.texts) if number not in edited]
    ids = examples_copy(dataset, texts)
    with connection.cursor() as cursor:
        count = max(0, examples - len(ids))
        turns = json.dumps(turns_of("filler " * 84))
        cursor.execute(FILLERS, {"dataset": dataset.pk, "turns": turns, "count": count})
        cursor.execute(MEASUREMENTS)
    for hashes, of in (*real_bands(dataset, ids, texts), *random_bands(max(ids), count)):
        bands_copy(of, hashes)
    with connection.cursor() as cursor:
        for table in ("annotate_example", "review_measurement", "review_band"):
            cursor.execute(f"VACUUM ANALYZE {table}")
        cursor.execute("CHECKPOINT")


def real_bands(dataset: Any, ids: Sequence[int], texts: Sequence[str]) -> Iterator[tuple[Any, Any]]:
    from review.compared import compared_text
    from review.neardup.engine import corpus
    from review.neardup.rule import Rule
    from review.queries.duplicates import salt_of

    compared = [compared_text(turns_of(text)) for text in texts]
    for part in corpus(compared, Rule(salt=salt_of(dataset.project))).parts():
        yield part.hashes, np.array(ids, np.int64)[part.records]


def random_bands(after: int, count: int) -> Iterator[tuple[Any, Any]]:
    draw = np.random.default_rng(1)
    yield (
        draw.integers(-(2**63), 2**63 - 1, 25 * count),
        np.repeat(np.arange(after + 1, after + 1 + count), 25),
    )


def bands_copy(ids: Any, hashes: Any) -> None:
    from review.services.bands import BandCopy

    for _ in BandCopy().write(ids, hashes):
        pass


def ask(project: Any, texts: Sequence[str]) -> tuple[list[float], int]:
    """Return the milliseconds that each text took, and how many of them found something."""
    from annotate.records import Conversation
    from review.queries.duplicates import near_matches

    waits, hits = [], 0
    for text in texts:
        conversation = Conversation.from_json(turns_of(text))
        started = time.perf_counter()
        hits += bool(near_matches(project, conversation))
        waits.append((time.perf_counter() - started) * 1_000)
    return waits, hits


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--examples", type=int, default=100_000)
    parser.add_argument("--asked", type=int, default=1_000)
    options = parser.parse_args()
    texts = planted(min(WRITTEN, options.examples))
    copies = [texts.texts[edit.edited] for edit in texts.edits]
    new = planted(options.asked * 2, seed=77).texts[: options.asked]
    with temporary_home():
        from annotate.models import Dataset, Project

        project = Project.objects.create(name="Bench", slug="bench")
        started = time.perf_counter()
        fill(Dataset.objects.create(project=project, name="Bench", slug="bench"), texts, options.examples)
        print(f"{options.examples:,} examples stored in {time.perf_counter() - started:.0f} s")
        ask(project, new[:20])
        report("edited copies", *ask(project, copies[: options.asked]))
        report("nothing alike", *ask(project, new))


def report(what: str, waits: list[float], hits: int) -> None:
    cuts = statistics.quantiles(waits, n=100)
    tail = f"p50 {cuts[49]:.1f} ms (≤ 5)   p99 {cuts[98]:.1f} ms (≤ 25)"
    print(f"{what:<16}{len(waits):>6} asked, {hits:>6} found   {tail}")


if __name__ == "__main__":
    main()
