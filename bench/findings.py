"""What personal data, contamination and language find of what was planted, and of clean public data, and how fast.

    WINNOW_SAMPLES=… .venv/bin/python -m bench.findings [--each 500] [--records 5000]

Without WINNOW_SAMPLES only what is made up is tried. A planted detail counts as found where a span of its kind
stands exactly on it; any other span is a false one. Times are of one core, of records of about 84 words.
"""

import argparse
import json
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from annotate.records import Conversation, Turn
from bench.planted_personal import MAKERS, lookalikes, planted
from bench.records import alpaca_records
from bench.toxicity_samples import CLEAN, Pair, Samples
from review.personal import find
from review.scorers.base import EvaluationItem, Measure, Resources, Scorer
from review.scorers.contamination import Contamination
from review.scorers.language import Language
from review.scorers.personal_data import PersonalData

SET = "e" * 64
ROUNDS = 3
BARS = {"personal-data": 60.0, "contamination": 60.0, "language": 60.0}  # µs for a record

type Edit = Callable[[random.Random, list[str]], list[str]]


def personal_data(each: int) -> None:
    """Print recall and precision by kind, and what each look-alike is taken for."""
    due, found, false = Counter[str](), Counter[str](), Counter[str]()
    for case in planted(each):
        spans = {(span.kind, span.start, span.end) for span in find(case.text)}
        due.update(kind for kind, _, _ in case.spans)
        found.update(kind for kind, _, _ in spans.intersection(case.spans))
        false.update(kind for kind, _, _ in spans.difference(case.spans))
    taken: dict[str, Counter[str]] = {}
    for name, text in lookalikes(each):
        kinds = [span.kind for span in find(text)]
        false.update(kinds)
        taken.setdefault(name, Counter()).update(kinds)
    print(f"{'personal data':<18}{'planted':>9}{'recall':>9}{'false':>7}{'precision':>11}")
    for kind in MAKERS:
        print(f"{kind:<18}{due[kind]:>9,}{found[kind] / due[kind]:>9.3f}{false[kind]:>7}"
              f"{found[kind] / max(1, found[kind] + false[kind]):>11.3f}")  # fmt: skip
    print(f"{'all':<18}{due.total():>9,}{found.total() / due.total():>9.3f}{false.total():>7}"
          f"{found.total() / (found.total() + false.total()):>11.3f}")  # fmt: skip
    wrong = ", ".join(f"{name} {dict(kinds)}" for name, kinds in taken.items() if kinds) or "none"
    print(f"look-alikes taken for personal data, of {each:,} each: {wrong}\n")


def clean(samples: Samples) -> None:
    """Print how many records of clean instruction data hold what is taken for personal data."""
    print(f"{'clean data':<18}{'records':>9}{'flagged':>9}   kinds")
    for name in CLEAN:
        pairs = pairs_of(samples, name)
        found = [[span.kind for text in pair for span in find(text)] for pair in pairs]
        kinds = Counter(kind for spans in found for kind in spans)
        print(f"{name:<18}{len(pairs):>9,}{sum(map(bool, found)):>9}   {dict(kinds) or ''}")
    print()


def every(words: int, change: Callable[[str], str]) -> Edit:
    """Return what changes one word in so many."""

    def edit(rng: random.Random, item: list[str]) -> list[str]:
        first = rng.randrange(words)
        return [change(word) if at % words == first else word for at, word in enumerate(item)]

    return edit


EDITS: dict[str, Edit] = {
    "whole": lambda rng, item: item,
    "case, punctuation": lambda rng, item: [f"{word.upper()}," for word in item],
    "inside a text": lambda rng, item: ["Consider", "this:", *item, "Be", "brief."],
    "first half": lambda rng, item: item[: max(13, len(item) // 2)],
    "1 word in 20 new": every(20, lambda word: f"x{word}x"),
    "1 word in 12 new": every(12, lambda word: f"x{word}x"),
    "1 word in 8 new": every(8, lambda word: f"x{word}x"),
}


def contamination(items: Sequence[str], others: Sequence[Conversation]) -> None:
    """Print the share of planted items that are found and named, by edit, and how many other records are flagged."""
    measure = prepared(Contamination(), items)
    rng = random.Random(5)
    chosen = [(number, item.split()) for number, item in enumerate(items, 1) if len(item.split()) >= 20][
        :1_000
    ]
    print(f"{'contamination':<18}{'planted':>9}{'recall':>9}{'median':>9}   how")
    for name, edit in EDITS.items():
        texts = [" ".join(edit(rng, item)) for _, item in chosen]
        rows = measure(
            [Conversation((Turn("user", text), Turn("assistant", "Forty-two."))) for text in texts]
        )
        hits = [
            next((hit for hit in row.get("details", ()) if hit["item"] == number), None)
            for row, (number, _) in zip(rows, chosen, strict=True)
        ]
        shares = sorted(hit["overlap"] if hit else 0.0 for hit in hits)
        how = dict(Counter(hit["how"] for hit in hits if hit))
        print(
            f"{name:<18}{len(chosen):>9,}{sum(map(bool, hits)) / len(chosen):>9.3f}"
            f"{shares[len(shares) // 2]:>9.2f}   {how}"
        )
    flagged = [row["contamination"] for row in measure(others) if row["contamination"]]
    print(
        f"of {len(others):,} other records {len(flagged)} hold some of an item,"
        f" the most {max(flagged, default=0):.2f}\n"
    )


def pairs_of(samples: Samples, name: str) -> list[Pair]:
    return [pair for held in (False, True) for pair in samples.clean(name, held=held)]


def languages(samples: Samples) -> None:
    """Print the share of each file's records whose language is the file's."""
    measure = prepared(Language())
    print(f"{'language':<18}{'records':>9}{'right':>9}   others")
    lines = samples.text("instruct/belle_zh_seed_tasks.jsonl").splitlines()
    records = [json.loads(line) for line in lines]
    files = {"belle": [(record["instruction"], record["instances"][0]["output"]) for record in records]}
    files |= {name: pairs_of(samples, name) for name in CLEAN}
    for name, pairs in files.items():
        right = "zh" if name == "belle" else "en"
        rows = measure(
            [Conversation((Turn("user", asked), Turn("assistant", told))) for asked, told in pairs]
        )
        found = Counter(row["language"] for row in rows)
        others = {language: count for language, count in found.most_common(6) if language != right}
        print(f"{name:<18}{len(rows):>9,}{found[right] / len(rows):>9.3f}   {others or ''}")
    print()


def prepared(scorer: Scorer, items: Sequence[str] = ()) -> Measure:
    found = [EvaluationItem("planted", number, item) for number, item in enumerate(items, 1)]
    return scorer.prepare({"sets": [SET]} if items else {}, Resources(evaluation_sets={SET: found}))


def speed(examples: Sequence[Conversation], items: Sequence[str]) -> None:
    """Print the processor's time for a record, the best of three rounds over batches of 100."""
    for scorer in (PersonalData(), Contamination(), Language()):
        measure = prepared(scorer, items if isinstance(scorer, Contamination) else ())
        measure(examples[:100])
        took = []
        for _ in range(ROUNDS):
            began = time.process_time()
            for at in range(0, len(examples), 100):
                measure(examples[at : at + 100])
            took.append(time.process_time() - began)
        each = min(took) / len(examples) * 1e6
        print(f"{scorer.slug:<18}{each:>9.1f} µs a record (≤ {BARS[scorer.slug]:.0f})")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--each", type=int, default=500, help="texts of each kind planted")
    parser.add_argument("--records", type=int, default=5_000, help="records that the time is taken of")
    options = parser.parse_args()
    records = list(alpaca_records(options.records))
    examples = [
        Conversation(
            (Turn("user", record["instruction"], record["input"]), Turn("assistant", record["output"]))
        )
        for record in records
    ]
    personal_data(options.each)
    folder = os.environ.get("WINNOW_SAMPLES")
    items = [record["output"] for record in alpaca_records(8_000, seed=3)]
    if folder:
        samples = Samples(Path(folder))
        clean(samples)
        languages(samples)
        items = [asked for asked, _ in pairs_of(samples, "gsm8k")]
        examples_of_others = [
            Conversation((Turn("user", asked), Turn("assistant", told)))
            for name in CLEAN if name != "gsm8k" for asked, told in pairs_of(samples, name)
        ]  # fmt: skip
        contamination(items, examples_of_others)
    else:
        contamination(items, examples)
    speed(examples, items)


if __name__ == "__main__":
    main()
