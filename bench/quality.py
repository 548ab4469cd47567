"""How well the quality classifier tells good from bad, how honest its probabilities are, and how long training takes.

    WINNOW_SAMPLES=… .venv/bin/python -m bench.quality [--seeds 5] [--pairs FILE.jsonl] [--only planted,training]

Planted structural defects are made here, from the samples' instruction data or, without samples, from made-up words.
PandaLM's won and lost answers and the harmless conversations of HH-RLHF are read from the samples. `--pairs` takes rows
with `label` and `group` such as expert-revised pairs beside their originals; without it human/coachlm_pairs.jsonl.gz of
the samples is looked for. The bars stand beside the figures; the exit code is 1 where one is missed.
"""

import argparse
import gzip
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from annotate.reading import open_source
from annotate.records import Conversation, Turn
from bench.planted_defects import Planted, made_up, planted, sampled
from review.quality.curves import CurvePoint, learning_curve
from review.quality.labels import Labels
from review.quality.matrices import Texts
from review.quality.training import train
from review.quality.trials import Trial, labels_of, read_trials

PANDALM = "human/pandalm_goodbad.jsonl.gz"
HARMLESS = "human/hh_rlhf_harmless_test.jsonl.gz"
PAIRS = "human/coachlm_pairs.jsonl.gz"
BARS = {
    "planted": {50: 0.88, 100: 0.93, 500: 0.96},
    "pairs": {50: 0.77, 100: 0.80, 200: 0.82, 500: 0.86},
}
MOST_ECE, ECE_AT = 0.07, 200
MOST_SECONDS, TRAINED = 15.0, 1_000

HEAD = (
    f"{'set':<10}{'labels':>7}  {'step':<9}{'AUC':>7} {'sd':>6}  {'95 %':<14}{'bar':>7}"
    f"{'length':>9}{'Brier':>8}{'ECE':>7}{'bar':>7}"
)

Set = tuple[Texts, Labels]


def conversation(record: dict[str, str]) -> Conversation:
    """Return a record as it is, an empty answer too, which no import would take."""
    return Conversation(
        (
            Turn("user", record["instruction"], record["input"]),
            Turn("assistant", record["output"]),
        )
    )


def defects(rows: Sequence[Planted]) -> Set:
    return Texts.of([conversation(row.record) for row in rows]), Labels.of([row.good for row in rows])


def labelled(path: Path) -> Set:
    """Return the rows of a file that can be used."""
    trials = [item for item in read_trials(open_source(path, path.name)) if isinstance(item, Trial)]
    return Texts.of([trial.conversation for trial in trials]), labels_of(trials)


def harmless(path: Path) -> Set:
    """Return both conversations of each pair, the chosen one as good; a pair is a group."""
    pairs = [json.loads(line) for line in gzip.decompress(path.read_bytes()).decode().splitlines()]
    texts = [
        conversation for pair in pairs for conversation in map(_talk, (pair["chosen"], pair["rejected"]))
    ]
    ids = [f"{number}:{side}" for number in range(len(pairs)) for side in ("chosen", "rejected")]
    good = [side == 0 for _ in pairs for side in range(2)]
    return Texts.of(texts), Labels.of(good, ids, [each.partition(":")[0] for each in ids])


def _talk(text: str) -> Conversation:
    turns = []
    for part in text.split("\n\nHuman: ")[1:]:
        asked, *told = part.split("\n\nAssistant:")
        turns += [Turn("user", asked.strip()), *(Turn("assistant", each.strip()) for each in told)]
    return Conversation(tuple(turns))


def sets(folder: Path | None, pairs: Path | None, only: Sequence[str]) -> Iterator[tuple[str, Set | None]]:
    """Yield each set by its name; None where its file is missing."""
    if "planted" in only:
        records, foreign = sampled(folder) if folder else made_up(1_000)
        yield "planted", defects(planted(records, foreign))
    pairs = pairs or (folder / PAIRS if folder else None)
    found = {"pairs": (pairs, labelled), "pandalm": (folder and folder / PANDALM, labelled)}
    for name, (path, read) in {**found, "harmless": (folder and folder / HARMLESS, harmless)}.items():
        if name in only:
            yield name, read(path) if path and path.exists() else None


def shown(name: str, points: Sequence[CurvePoint]) -> bool:
    """Print a set's learning curve; return whether a bar was missed."""
    missed = False
    for point in points:
        bar = BARS.get(name, {}).get(point.labels)
        ece_bar = MOST_ECE if point.labels == ECE_AT and name in BARS else None
        low, high = (point.interval.low, point.interval.high) if point.interval else (np.nan, np.nan)
        missed |= bool(bar and point.auc.mean < bar) or bool(ece_bar and point.ece.mean > ece_bar)
        print(
            f"{name:<10}{point.labels:>7}  {point.step.value:<9}{point.auc.mean:>7.3f} ±{point.auc.sd:.3f}"
            f"  {low:.3f} to {high:.3f}{bar or '':>7}{point.length_auc.mean:>9.3f}"
            f"{point.brier.mean:>8.3f}{point.ece.mean:>7.3f}{ece_bar or '':>7}"
        )
    return missed


def training_time(found: Set) -> bool:
    """Print how long everything takes at 1,000 labels; return whether it is too long."""
    texts, labels = found
    # A set of fewer is repeated: that costs as much as different rows would, and no figure of it is printed.
    rows = np.resize(np.arange(len(labels)), TRAINED)
    wall, processor = time.perf_counter(), time.process_time()
    made = train(texts[rows], Labels.of(labels.good[rows]))
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    print(
        f"training at {TRAINED:,} labels with cross-validation: {processor:.1f} s of processor time, {wall:.1f} s"
        f" passed, bar {MOST_SECONDS:g} s; {len(made.classifier.linear.word_coefficients):,} terms"
    )
    return processor > MOST_SECONDS


def main() -> None:
    names = ["planted", "pairs", "pandalm", "harmless", "training"]
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--sizes", default="50,100,200,500")
    parser.add_argument("--pairs", type=Path)
    parser.add_argument("--only", default=",".join(names))
    options = parser.parse_args()
    folder = Path(os.environ["WINNOW_SAMPLES"]) if os.environ.get("WINNOW_SAMPLES") else None
    sizes, only = [int(size) for size in options.sizes.split(",")], options.only.split(",")
    print(HEAD)
    missed, last = False, None
    for name, found in sets(folder, options.pairs, only):
        if found is None:
            print(f"{name:<10}its file is missing")
            continue
        missed |= shown(name, learning_curve(*found, sizes, seeds=options.seeds))
        last = last or found
    if "training" in only and last:
        missed |= training_time(last)
    sys.exit(int(missed))


if __name__ == "__main__":
    main()
