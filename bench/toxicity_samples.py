"""The public files that the embedded toxicity model is built from and tried on, read from WINNOW_SAMPLES."""

import csv
import gzip
import html
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

DAVIDSON = "toxicity/davidson_labeled_data.csv.gz"
SURGE = "toxicity/surge_profanity_en.csv"
HATECHECK = "toxicity/hatecheck_test_suite_cases.csv.gz"
XSTEST = "toxicity/xstest_prompts.csv"
RED_TEAM = "human/hh_rlhf_harmless_test.jsonl.gz"
OASST = "chat/oasst_en_100_tree.jsonl"
PANDALM = "human/pandalm_testset-v1.json"
GLAIVE = "chat/glaive_toolcall_en_demo.json"
CLEAN = {
    "gpteacher_roleplay": "instruct/gpteacher_roleplay.json.gz",
    "gpteacher_codegen": "instruct/gpteacher_codegen.json.gz",
    "gsm8k": "instruct/gsm8k_alpaca.json.gz",
    "self_instruct": "instruct/self_instruct_seed_tasks.jsonl",
}
UNSEEN = "self_instruct"  # so small that none of it goes into training
_MARKUP = re.compile(r"https?:\S*|@\w+|\bRT\b")

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Labelled:
    """Texts, and for each whether it is what the set calls hateful, offensive or unsafe."""

    texts: list[str]
    positive: list[bool]


@dataclass(frozen=True, slots=True)
class Samples:
    """The folder of samples. Held out means never trained on: chosen by the SHA-256 of the text."""

    folder: Path

    def text(self, name: str) -> str:
        data = (self.folder / name).read_bytes()
        return (gzip.decompress(data) if name.endswith(".gz") else data).decode()

    def digest(self, name: str) -> str:
        return sha256((self.folder / name).read_bytes()).hexdigest()

    def davidson(self, *, held: bool) -> Labelled:
        """Return the tweets, hate or offensive being positive; a fifth is held out."""
        rows = [row for row in self._table(DAVIDSON) if held_out(row["tweet"], 0.2) is held]
        return Labelled([row["tweet"] for row in rows], [row["class"] != "2" for row in rows])

    def surge(self) -> list[str]:
        return sorted({row["text"].strip().lower() for row in self._table(SURGE)})

    def hatecheck(self) -> Labelled:
        rows = self._table(HATECHECK)
        return Labelled([row["test_case"] for row in rows], [row["label_gold"] == "hateful" for row in rows])

    def xstest(self) -> Labelled:
        rows = self._table(XSTEST)
        return Labelled([row["prompt"] for row in rows], [row["label"] == "unsafe" for row in rows])

    def red_team(self) -> list[str]:
        """Return the first thing each person said to get a harmful answer."""
        said = [json.loads(line)["chosen"] for line in self.text(RED_TEAM).splitlines()]
        return [text.split("\n\nAssistant:")[0].replace("\n\nHuman:", "").strip() for text in said]

    def clean(self, name: str, *, held: bool) -> list[Pair]:
        """Return instructions with their answers; half is held out, and all of the small set."""
        pairs = list(self._pairs(name))
        if name == UNSEEN:
            return pairs if held else []
        return [pair for pair in pairs if held_out(pair[0], 0.5) is held]

    def pandalm(self) -> list[Pair]:
        """Return instructions with one model's answer; its authors ask that nothing be trained on them."""
        rows = {
            f"{row['instruction']}\n\n{row['input']}".strip(): row for row in json.loads(self.text(PANDALM))
        }
        return [(asked, str(row["response1"])) for asked, row in rows.items()]

    def chats(self) -> list[str]:
        """Return the messages of two sets of conversations with assistants."""
        trees = [json.loads(line)["prompt"] for line in self.text(OASST).splitlines()]
        calls = json.loads(self.text(GLAIVE))
        spoken = [turn["value"] for call in calls for turn in call["conversations"]]
        return [text for tree in trees for text in _walk(tree)] + spoken

    def _table(self, name: str) -> list[dict[str, str]]:
        return list(csv.DictReader(io.StringIO(self.text(name))))

    def _pairs(self, name: str) -> Iterator[Pair]:
        text = self.text(CLEAN[name])
        for row in map(json.loads, text.splitlines()) if name == UNSEEN else json.loads(text):
            told = row["instances"][0] if "instances" in row else row
            asked = f"{row['instruction']}\n\n{told.get('input', '')}".strip()
            yield asked, told.get("output", "") or told.get("response", "")


@cache
def held_out(text: str, share: float) -> bool:
    return int.from_bytes(sha256(text.encode()).digest()[:8]) < share * 2**64


def plain(tweet: str) -> str:
    """Return a tweet without addresses, links and character references, which say nothing of its words."""
    return _MARKUP.sub(" ", html.unescape(tweet))


def _walk(message: dict[str, Any]) -> Iterator[str]:
    yield message["text"]
    for reply in message["replies"]:
        yield from _walk(reply)
