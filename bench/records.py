"""Alpaca records for the benchmarks: made up from a seed, the same on every machine."""

import json
import random
from collections.abc import Iterator
from pathlib import Path

WORDS = 30_000
MEAN_WORDS = 84


def vocabulary(rng: random.Random, size: int = WORDS) -> list[str]:
    """Return `size` distinct made-up words of one to three syllables."""
    syllables = [a + b for a in "bdfgklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "er", "is", "on")]
    words: set[str] = set()
    while len(words) < size:
        words.add("".join(rng.choices(syllables, k=rng.choice((1, 2, 2, 3)))))
    return sorted(words)


def sentence(rng: random.Random, words: list[str], weights: list[float], length: int) -> str:
    """Return one sentence of `length` words drawn by a Zipf-like law."""
    return " ".join(rng.choices(words, cum_weights=weights, k=length)).capitalize() + "."


def alpaca_records(count: int, seed: int = 20240) -> Iterator[dict[str, str]]:
    """Yield `count` Alpaca records of about 84 words; one in a hundred repeats an earlier one exactly."""
    rng = random.Random(seed)
    words = vocabulary(rng)
    rng.shuffle(words)
    total, weights = 0.0, []
    for rank in range(1, len(words) + 1):
        total += 1 / rank
        weights.append(total)
    kept: list[dict[str, str]] = []
    for _ in range(count):
        if kept and rng.random() < 0.01:
            yield rng.choice(kept)
            continue
        length = max(20, min(400, round(rng.lognormvariate(4.2, 0.5))))
        answer = [sentence(rng, words, weights, rng.randint(6, 18)) for _ in range(max(1, length // 12))]
        record = {
            "instruction": sentence(rng, words, weights, rng.randint(5, 16)),
            "input": sentence(rng, words, weights, 8) if rng.random() < 0.4 else "",
            "output": " ".join(answer),
        }
        if len(kept) < 1_000:
            kept.append(record)
        yield record


def write_jsonl(path: Path, count: int, seed: int = 20240) -> None:
    """Write `count` records to a file, one a line."""
    with path.open("w") as file:
        for record in alpaca_records(count, seed):
            file.write(json.dumps(record, ensure_ascii=False) + "\n")
