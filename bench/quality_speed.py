"""How many records of 84 words one core reads for the quality classifier in a second.

    .venv/bin/python -m bench.quality_speed [--records 20000]

The bar: features and terms together at least 1,000 records per second of one core's time. Tables and compiled loops
are made before the clock starts; what that takes once in a process is printed too.
"""

import argparse
import time
from collections.abc import Callable, Sequence

from annotate.records import Conversation, Turn
from bench.records import alpaca_records
from review.quality.features import FEATURES, feature_matrix
from review.quality.terms import term_matrix

BAR = 1_000
BATCH = 2_000
Reads = Callable[[Sequence[Conversation]], object]


def conversations(count: int) -> list[Conversation]:
    """Return made-up conversations of about 84 words."""
    return [
        Conversation(
            (Turn("user", record["instruction"], record["input"]), Turn("assistant", record["output"]))
        )
        for record in alpaca_records(count)
    ]


def rate(reads: Reads, of: Sequence[Conversation]) -> float:
    """Return records per second of processor time."""
    started = time.process_time()
    for start in range(0, len(of), BATCH):
        reads(of[start : start + BATCH])
    return len(of) / (time.process_time() - started)


def both(of: Sequence[Conversation]) -> None:
    feature_matrix(of)
    term_matrix(of)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=20_000)
    made = conversations(parser.parse_args().records)
    words = sum(len(turn.text.split()) for each in made for turn in each.turns) / len(made)
    started = time.perf_counter()
    both(made[:1])
    print(f"{len(made):,} records of {words:.0f} words, {len(FEATURES)} features")
    print(f"{'tables and compiled loops, once':<34}{time.perf_counter() - started:>10.1f} s")
    for name, reads in (("features", feature_matrix), ("terms", term_matrix), ("both", both)):
        bar = f"  (≥ {BAR:,})" if reads is both else ""
        print(f"{name:<34}{rate(reads, made):>10,.0f} per CPU-second{bar}")


if __name__ == "__main__":
    main()
