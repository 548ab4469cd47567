"""Near duplicates: how fast, how much memory, how it grows, and how many of the true pairs it finds.

    .venv/bin/python -m bench.neardup [--sizes 4000 20000 100000] [--shingles characters-5 words-3] [--exact 20000]

Signatures are measured on one core (processor time of one thread) beside datasketch's own `bulk` in the same
round, from the same raw text. Batches run in a process of their own each, from a list of texts to clusters, on two
threads; the peak includes the texts. True pairs come from an exact join over all records, up to `--exact` of them
(characters: a fifth of that), and from the planted edits beyond. With WINNOW_SAMPLES set, two real files are joined
as well.

Bars: 90,000 signatures/s and 15 times datasketch's bulk (words); 1,000,000 records in 60 s and 3 GB; 0.995 of the
true pairs found, and none that is not one.
"""

import argparse
import gzip
import json
import math
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import xxhash

from bench.exact_join import exact_join
from bench.planted import EDITS, Edit, planted
from review.neardup.engine import near_duplicates
from review.neardup.rule import Rule
from review.neardup.shingles import CHOICES, WORDS, Shingles, jaccard, shingle_hashes, shingles_of
from review.neardup.signatures import packed, signatures

Pairs = set[tuple[int, int]]
CHECKED = 2_000  # found pairs that plain Python compares again
SAMPLES = ("neardup/minhash_articles_1000.jsonl.gz", "neardup/gpteacher_toolformer_kept.jsonl.gz")


def seconds(work: Callable[[], object]) -> float:
    """Return the processor time that this thread takes for some work."""
    started = time.thread_time()
    work()
    return time.thread_time() - started


def signature_rates(shingles: Shingles, count: int = 6_000, rounds: int = 3) -> dict[str, float]:
    """Return signatures per second and core: the kernel's, and those of datasketch's bulk with either hash."""
    from datasketch import MinHash

    texts = planted(count).texts
    few = texts[: count // 8]

    def bulk(**options: Any) -> Callable[[], object]:
        lists = ([shingle.encode() for shingle in shingles_of(text, shingles)] for text in few)
        return lambda: MinHash.bulk(lists, num_perm=128, seed=1, **options)

    signatures(packed(few), shingles)
    measured = []
    for _ in range(rounds):
        kernel = len(texts) / seconds(
            lambda: [
                signatures(packed(texts[at : at + 2_048]), shingles) for at in range(0, len(texts), 2_048)
            ]
        )
        plain = len(few) / seconds(bulk())
        quick = len(few) / seconds(bulk(hashfunc=xxhash.xxh32_intdigest))
        measured.append((kernel, plain, quick, kernel / plain, kernel / quick))
    names = ("rate", "bulk", "bulk_xxh32", "ratio", "ratio_xxh32")
    return dict(zip(names, map(statistics.median, zip(*measured, strict=True)), strict=True))


def batch(count: int, shingles: Shingles, exact: int) -> dict[str, Any]:
    """Return what one batch of planted records took in this process, and how right it was."""
    made = planted(count)
    near_duplicates(made.texts[:10], Rule(shingles))  # compiles, or loads what was compiled
    wall, spent = time.perf_counter(), time.process_time()
    found = near_duplicates(made.texts, Rule(shingles))
    took = {"wall": time.perf_counter() - wall, "cpu": time.process_time() - spent}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    pairs, truth = pairs_of(found.matches), planted_pairs(made.texts, made.edits, shingles)
    how = "planted"
    if count <= exact // (1 if shingles is WORDS else 5):
        truth, how = pairs_of(exact_join(found.corpus, Rule(shingles))), "all"
    return {
        **took,
        "peak_gb": peak,
        "compared": found.compared,
        "cut": found.cut.pairs,
        "clusters": found.clusters.count,
        "pairs": len(pairs),
        "true": len(truth),
        "truth": how,
        "recall": len(pairs & truth) / len(truth),
        "wrong": wrong_pairs(made.texts, pairs, shingles) + (len(pairs - truth) if how == "all" else 0),
    }


def pairs_of(matches: Any) -> Pairs:
    return set(zip(matches.left.tolist(), matches.right.tolist(), strict=True))


def planted_pairs(texts: list[str], edits: list[Edit], shingles: Shingles) -> Pairs:
    """Return the planted edits that leave enough of the shingles; at most 20,000 are looked at."""
    step = math.ceil(len(edits) / 20_000)
    pairs = [(edit.original, edit.edited) for edit in edits[::step]]
    return {pair for pair in pairs if share(texts, pair, shingles) >= Rule().similarity}


def share(texts: list[str], pair: tuple[int, int], shingles: Shingles) -> float:
    one, other = (shingle_hashes(texts[place], shingles) for place in pair)
    return jaccard(one, other)


def wrong_pairs(texts: list[str], pairs: Pairs, shingles: Shingles) -> int:
    """Return how many of the pairs do not match by the definition in plain Python; at most 2,000 are looked at."""
    some = sorted(pairs)[:: max(1, len(pairs) // CHECKED)]
    return sum(share(texts, pair, shingles) < Rule().similarity for pair in some)


def quality(count: int, shingles: Shingles) -> list[tuple[str, float, float, float]]:
    """Return of each kind of edit: its median Jaccard, the share that matches, and the share found of those."""
    made = planted(count)
    pairs = pairs_of(near_duplicates(made.texts, Rule(shingles)).matches)
    rows = []
    for kind in EDITS:
        edits = [(edit.original, edit.edited) for edit in made.edits if edit.kind == kind]
        shares = [share(made.texts, pair, shingles) for pair in edits]
        match = {pair for pair, each in zip(edits, shares, strict=True) if each >= Rule().similarity}
        recall = len(match & pairs) / len(match) if match else math.nan
        rows.append((kind, statistics.median(shares), len(match) / len(edits), recall))
    forms = made.templates[:100]
    shares = [share(made.texts, (one, other), shingles) for one in forms for other in forms if one < other]
    templates = set(made.templates)
    wrong = sum(one in templates and other in templates for one, other in pairs)
    return [*rows, ("one template", statistics.median(shares), wrong / len(forms), math.nan)]


def real(path: Path, shingles: Shingles) -> dict[str, int]:
    """Return a file's records and true pairs; how many of them were found, and are in one cluster; wrong pairs."""
    with gzip.open(path, "rt") as file:
        rows = list(map(json.loads, file))
    texts = ["\n\n".join(row[key] for key in row if key not in {"id", "_kept_in"}) for row in rows]
    found = near_duplicates(texts, Rule(shingles))
    truth, pairs = pairs_of(exact_join(found.corpus, Rule(shingles))), pairs_of(found.matches)
    cluster = found.clusters.numbers.tolist()
    together = sum(cluster[one] == cluster[other] >= 0 for one, other in truth)
    counts = {"records": len(texts), "true": len(truth), "found": len(truth & pairs), "together": together}
    return {**counts, "wrong": len(pairs - truth)}


def child(count: int, shingles: Shingles, exact: int) -> dict[str, Any]:
    """Run one batch in a process of its own, so that its memory is its own."""
    command = [sys.executable, "-m", "bench.neardup", "--batch", str(count), shingles.slug, str(exact)]
    out = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    result: dict[str, Any] = json.loads(out.splitlines()[-1])
    return result


def report(chosen: list[Shingles], sizes: list[int], exact: int) -> None:
    print("signatures from raw text, one core        per second   datasketch bulk: sha1        xxh32")
    for shingles in chosen:
        found = signature_rates(shingles)
        print(
            f"  {shingles.slug:<38}{found['rate']:>12,.0f}{found['bulk']:>14,.0f} ({found['ratio']:4.1f} x)"
            f"{found['bulk_xxh32']:>9,.0f} ({found['ratio_xxh32']:4.1f} x)",
            flush=True,
        )
    print(
        "\nbatch                     wall s   cpu s  peak GB    compared        pairs   true   recall  wrong  growth"
    )
    for shingles in chosen:
        before: tuple[int, float] | None = None
        for size in sizes:
            done = child(size, shingles, exact)
            growth = math.log(done["cpu"] / before[1], size / before[0]) if before else math.nan
            print(
                f"  {shingles.slug:<13}{size:>10,}{done['wall']:>7.1f}{done['cpu']:>8.1f}{done['peak_gb']:>9.2f}"
                f"{done['compared']:>12,}{done['pairs']:>13,}{done['true']:>7,} {done['truth']:<8}"
                f"{done['recall']:.4f}{done['wrong']:>5}{growth:>8.2f}",
                flush=True,
            )
            before = size, done["cpu"]
    print("\nkind of edit             median Jaccard   match   found of those")
    for shingles in chosen:
        for kind, median, match, recall in quality(12_000, shingles):
            print(f"  {shingles.slug:<13}{kind:<22}{median:>8.2f}{match:>8.0%}{recall:>12.3f}")
    report_real(chosen)


def report_real(chosen: list[Shingles]) -> None:
    folder = os.environ.get("WINNOW_SAMPLES", "")
    for name in SAMPLES if folder else ():
        for shingles in chosen:
            done = real(Path(folder) / name, shingles)
            print(
                f"{name}, {shingles.slug}: {done['records']:,} records, {done['true']:,} true pairs, "
                f"{done['found'] / done['true']:.4f} found, {done['together'] / done['true']:.5f} in one cluster, "
                f"{done['wrong']} wrong",
                flush=True,
            )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[4_000, 20_000, 100_000])
    parser.add_argument("--shingles", choices=CHOICES, nargs="+", default=list(CHOICES))
    parser.add_argument("--exact", type=int, default=20_000, help="records up to which all pairs are joined")
    options = parser.parse_args()
    report([CHOICES[slug] for slug in options.shingles], options.sizes, options.exact)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--batch"]:
        print(json.dumps(batch(int(sys.argv[2]), CHOICES[sys.argv[3]], int(sys.argv[4]))))
    else:
        main()
