"""Records of which some have a structural defect: cut off, refused, swapped, looping, in HTML, empty, in another
language, or an echo of what was asked. The same seed plants the same.
"""

import gzip
import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.records import alpaca_records

SHARE = 0.38
# Clean instruction data by people and by models, how many records of each, and at most so many characters of answer.
SOURCES = {
    "instruct/gpteacher_roleplay.json.gz": 350,
    "instruct/gpteacher_codegen.json.gz": 200,
    "instruct/gsm8k_alpaca.json.gz": 275,
    "instruct/self_instruct_seed_tasks.jsonl": 175,
}
FOREIGN = "instruct/belle_zh_seed_tasks.jsonl"
LONGEST = 4_000

# Phrases by which models decline, and sentences of other languages for texts whose answers are made up.
REFUSALS = (
    "I'm sorry, but I can't help with that.",
    "As an AI language model, I am not able to do this.",
    "Unfortunately I cannot complete this request, since I do not have enough information.",
    "I apologize, but this is something I cannot assist with.",
    "Sorry, I am unable to answer this question.",
    "I don't have access to the information that would be needed here.",
)
FILLERS = ("", "N/A", "None", "-", "<noinput>", "...", "TODO", "null")
FOREIGN_SENTENCES = (
    "Das ist eine gute Frage, und die Antwort hängt davon ab, was Sie damit vorhaben.",
    "Zuerst sollten Sie alle Zutaten bereitlegen und den Ofen auf die richtige Temperatur bringen.",
    "Il faut d'abord réfléchir à ce que l'on veut obtenir, puis avancer pas à pas.",
    "Cette réponse dépend de plusieurs choses que nous allons voir maintenant.",
    "Primero hay que leer con cuidado lo que se pide, y después responder con calma.",
    "La respuesta correcta depende del contexto en el que se hace la pregunta.",
)

Record = dict[str, str]


@dataclass(frozen=True, slots=True)
class Planted:
    """A record, the defect it was given or "", and the number of the clean record it was made from."""

    record: Record
    defect: str
    origin: int

    @property
    def good(self) -> bool:
        return not self.defect


def planted(
    records: Sequence[Record], foreign: Sequence[str], share: float = SHARE, seed: int = 20_240
) -> list[Planted]:
    """Give so large a share of records a defect, each kind as often as the others, and return all in their order."""
    rng = random.Random(seed)
    chosen = set(rng.sample(range(len(records)), round(share * len(records))))
    kinds = list(DEFECTS) * (len(chosen) // len(DEFECTS) + 1)
    rng.shuffle(kinds)
    made = []
    for place, record in enumerate(records):
        defect = kinds.pop() if place in chosen else ""
        answer = record["output"]
        if defect == "swapped":
            answer = rng.choice([other for other in records if other is not record])["output"]
        elif defect == "wrong language":
            answer = rng.choice(foreign)
        elif defect:
            answer = DEFECTS[defect](record, rng)
        made.append(Planted({**record, "output": answer}, defect, place))
    return made


def _cut(record: Record, rng: random.Random) -> str:
    """End in the middle of a word or sentence."""
    answer = record["output"].rstrip(" .!?\n")
    return answer[: max(4, round(len(answer) * rng.uniform(0.3, 0.9)))].rstrip(" .!?\n")


def _refusal(record: Record, rng: random.Random) -> str:
    return rng.choice(REFUSALS) + rng.choice(
        ("", " Please try to ask another question.", " Is there anything else?")
    )


def _loop(record: Record, rng: random.Random) -> str:
    words = record["output"].split()
    part = words[: rng.randint(3, 12)] if len(words) > 12 else words
    return record["output"] + (" " + " ".join(part)) * rng.randint(3, 8)


def _html(record: Record, rng: random.Random) -> str:
    lines = [line for line in record["output"].split("\n") if line.strip()]
    tag = rng.choice(("p", "div", "li"))
    body = "".join(f"<{tag}>{line}</{tag}>" for line in lines)
    return rng.choice((body, f'<div class="answer">{body}</div>', f"{body}<br/>&nbsp;&amp;"))


def _empty(record: Record, rng: random.Random) -> str:
    return rng.choice(FILLERS)


def _echo(record: Record, rng: random.Random) -> str:
    asked = f"{record['instruction']} {record['input']}".strip()
    return rng.choice((asked, record["instruction"], f"{asked} {asked}"))


DEFECTS: dict[str, Callable[[Record, random.Random], str]] = {
    "cut off": _cut,
    "refusal": _refusal,
    "swapped": lambda record, rng: record["output"],
    "loop": _loop,
    "HTML": _html,
    "empty": _empty,
    "wrong language": lambda record, rng: record["output"],
    "echo": _echo,
}


def sampled(folder: Path, seed: int = 20_240, times: int = 1) -> tuple[list[Record], list[str]]:
    """Return about 1,000 `times` as many clean records of four kinds in random order, and answers in four languages."""
    rng = random.Random(seed)
    records = []
    for name, count in SOURCES.items():
        found = [record for record in map(_flat, _rows(folder / name)) if 0 < len(record["output"]) < LONGEST]
        records += rng.sample(found, min(times * count, len(found)))
    rng.shuffle(records)
    chinese = [record["output"] for record in map(_flat, _rows(folder / FOREIGN)) if record["output"]]
    return records, [*chinese[:40], *_foreign(rng)]


def made_up(count: int, seed: int = 20_240) -> tuple[list[Record], list[str]]:
    """Return clean records of made-up words, for where no samples are, and answers in three languages."""
    return list(alpaca_records(count, seed)), _foreign(random.Random(seed))


def _foreign(rng: random.Random) -> list[str]:
    return [" ".join(rng.choices(FOREIGN_SENTENCES, k=rng.randint(1, 5))) for _ in range(40)]


def _rows(path: Path) -> list[dict[str, Any]]:
    data = path.read_bytes()
    text = (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
    rows: list[dict[str, Any]] = (
        json.loads(text) if text[0] == "[" else [json.loads(line) for line in text.splitlines()]
    )
    return rows


def _flat(row: dict[str, Any]) -> Record:
    told = row["instances"][0] if "instances" in row else row
    output = told.get("output") or told.get("response") or ""
    return {"instruction": row["instruction"], "input": told.get("input") or "", "output": output}
