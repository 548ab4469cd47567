"""Records of about 84 words with near duplicates planted among them: made up from a seed."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np

from bench.records import vocabulary

SENTENCE = 12
EVERY = 12  # one record in twelve is an edited copy, and one a filled-in template
ORIGINALS = 1_000  # batch of records whose words are drawn at once

Words = list[str]


@dataclass(frozen=True, slots=True)
class Edit:
    """Record `edited` is a copy of record `original`, changed as `kind` says."""

    kind: str
    original: int
    edited: int


@dataclass(frozen=True, slots=True)
class Planted:
    """Texts, the edited copies among them, and those that share one template and must not match each other."""

    texts: list[str]
    edits: list[Edit] = field(default_factory=list)
    templates: list[int] = field(default_factory=list)


def sentences(words: Words) -> str:
    """Return words as sentences of twelve, with capitals, commas and full stops."""
    parts = [words[at : at + SENTENCE] for at in range(0, len(words), SENTENCE)]
    return " ".join(
        f"{' '.join(part[:5])}, {' '.join(part[5:])}".strip(", ").capitalize() + "." for part in parts
    )


def originals(seed: int) -> Iterator[Words]:
    """Yield records without end as lists of words, 20 to 400 and 84 in the mean, drawn by Zipf's law."""
    draw = np.random.default_rng(seed)
    words = np.array(_shuffled(seed), dtype=object)
    weights = np.cumsum(1 / np.arange(1, words.size + 1))
    while True:
        lengths = np.clip(draw.lognormal(4.3, 0.5, ORIGINALS), 20, 400).astype(int)
        drawn = words[np.searchsorted(weights, draw.random(lengths.sum()) * weights[-1])].tolist()
        ends = np.cumsum(lengths).tolist()
        for start, end in zip([0, *ends[:-1]], ends, strict=True):
            yield drawn[start:end]


def _shuffled(seed: int) -> Words:
    rng = random.Random(seed)
    words = vocabulary(rng)
    rng.shuffle(words)
    return words


def _replaced(share: float) -> Callable[[str, Words, random.Random], str]:
    def edit(text: str, fresh: Words, rng: random.Random) -> str:
        words = text.split(" ")
        for place in rng.sample(range(len(words)), max(1, round(len(words) * share))):
            words[place] = rng.choice(fresh)
        return " ".join(words)

    return edit


def _reordered(text: str, fresh: Words, rng: random.Random) -> str:
    parts = text.removesuffix(".").split(". ")
    rng.shuffle(parts)
    return ". ".join(parts) + "."


EDITS: dict[str, Callable[[str, Words, random.Random], str]] = {
    "case": lambda text, fresh, rng: text.upper(),
    "punctuation": lambda text, fresh, rng: text.replace(",", "").replace(".", " –"),  # noqa: RUF001
    "white space": lambda text, fresh, rng: text.replace(". ", ".\n\n").replace(", ", ",\t "),
    "1 % words": _replaced(0.01),
    "5 % words": _replaced(0.05),
    "10 % words": _replaced(0.10),
    "20 % words": _replaced(0.20),
    "sentences reordered": _reordered,
    "sentence appended": lambda text, fresh, rng: f"{text} {sentences(rng.choices(fresh, k=SENTENCE))}",
    "3 sentences appended": lambda text, fresh, rng: (
        f"{text} {sentences(rng.choices(fresh, k=3 * SENTENCE))}"
    ),
}


def planted(count: int, seed: int = 20240) -> Planted:
    """Return `count` records; one in twelve is an edited copy of the record before it, of each kind in turn."""
    rng, source = random.Random(seed), originals(seed)
    fresh, kinds = _shuffled(seed), list(EDITS)
    boilerplate = sentences([next(source)[0] for _ in range(3 * SENTENCE)])
    made = Planted([])
    for place in range(count):
        if place % EVERY == EVERY - 1:
            kind = kinds[place // EVERY % len(kinds)]
            made.edits.append(Edit(kind, place - 1, place))
            made.texts.append(EDITS[kind](made.texts[-1], fresh, rng))
        elif place % EVERY == EVERY // 2:
            made.templates.append(place)
            made.texts.append(f"{boilerplate} {sentences(next(source)[: 4 * SENTENCE])}")
        else:
            made.texts.append(sentences(next(source)))
    return made
