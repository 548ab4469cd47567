"""What the format scorer finds in public files, sound and malformed, and how fast text scorers are.

    WINNOW_SAMPLES=… .venv/bin/python -m bench.formats [--records 20000]

Of files of examples the table gives the records that are read, the lines that the reader refuses (which never become
examples), and the share of records that each issue is found in. Of malformed files that hold no examples every item
is taken for an answer: "due" of them are broken, and the columns say how many of those, and of the rest, are found.
The bars: 60 µs for the format of an Alpaca-sized record, 20,000 records/s counted by o200k_base, both of one core.
"""

import argparse
import base64
import json
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from annotate.formats import RecordError, read_record
from annotate.formats.sharegpt import SHAREGPT
from annotate.reading import LineError, Refusal, open_source
from annotate.records import Conversation, Turn
from bench.records import alpaca_records
from review.scorers.base import Resources, Scorer
from review.scorers.exact import Exact
from review.scorers.format import Format
from review.scorers.length import Length
from review.wellformed.issues import BLOCKING

EXAMPLES = ("instruct/*", "chat/*", "human/pandalm_goodbad.jsonl.gz", "neardup/gpteacher*", "malformed/axolotl*",
            "malformed/lfs*", "malformed/json_repair_invalid*")  # fmt: skip
ROUNDS = 3

Item = tuple[Conversation, bool]  # and whether it is broken


def issues_of(conversations: Sequence[Conversation]) -> list[list[str]]:
    """Return the format issues of each conversation."""
    measured = Format().prepare({}, Resources())(conversations)
    return [values["format_issues"] for values in measured]


def examples_of(path: Path) -> tuple[list[Conversation], int, str]:
    """Return the conversations of a file, how many lines are refused, and why the file is if it is refused whole."""
    read: list[Conversation] = []
    refused = 0
    try:
        for item in open_source(path, path.name):
            try:
                if isinstance(item, LineError):
                    raise RecordError(item.reason)
                read.append(read_record(item.record))
            except RecordError:
                refused += 1
    except Refusal as refusal:
        return [], 0, str(refusal)
    return read, refused, ""


def answer(text: str, asked: str = "What does the file say?") -> Conversation:
    return Conversation((Turn("user", asked), Turn("assistant", text)))


def mojibake_cases(folder: Path) -> Iterator[Item]:
    """Yield ftfy's own cases: broken is what ftfy changes as a wrong encoding."""
    for line in (folder / "malformed/ftfy_mojibake_cases.jsonl").read_text("utf-8").strip().split("\n"):
        case = json.loads(line)
        yield answer(case["original"]), case["original"] != case.get("fixed-encoding", case["fixed"])


def json_cases(folder: Path) -> Iterator[Item]:
    """Yield json.org's cases as answers to somebody who asked for JSON; plain strings are none to an answer."""
    for line in (folder / "malformed/jsonchecker_cases.jsonl").read_text("utf-8").splitlines():
        case = json.loads(line)
        if not case["name"].endswith(".json"):
            continue
        text = base64.b64decode(case["b64"]).decode("utf-8", "replace")
        yield answer(f"```json\n{text}\n```", "Answer in JSON."), case["expect"] == "reject"
    for name, is_broken in (("invalid", True), ("valid", False)):
        text = (folder / f"malformed/json_repair_{name}.json").read_text("utf-8")
        yield answer(text, "Answer in JSON."), is_broken


def control_cases(folder: Path) -> Iterator[Item]:
    """Yield the naughty strings: broken are those with a control character that no text needs."""
    for text in json.loads((folder / "malformed/blns.json").read_text("utf-8")):
        controls = {
            code for code in map(ord, text) if code < 32 or 127 <= code < 160 or 0xFFFE <= code <= 0xFFFF
        }
        yield answer(text or "(nothing)"), bool(controls - {9, 10, 13})


def turn_cases(folder: Path) -> Iterator[Item]:
    """Yield the conversation of missing turns, past the reader that refuses it."""
    path = folder / "malformed/axolotl_conversation.missingturns.json"
    record = json.loads(path.read_text("utf-8"))
    turns = [Turn(SHAREGPT.words[turn["from"]], turn["value"]) for turn in record["conversations"]]
    yield Conversation(tuple(turns)), True


def print_files(folder: Path) -> None:
    print(f"{'file':42} {'records':>8} {'refused':>8} {'blocked':>8} {'warned':>8}  issues, in records")
    for path in sorted({path for pattern in EXAMPLES for path in folder.glob(pattern)}):
        read, refused, why = examples_of(path)
        name = str(path.relative_to(folder))
        if why:
            print(f"{name:42} {'file is refused:':>17} {why[:80]}")
            continue
        found = issues_of(read)
        blocked = sum(not BLOCKING.isdisjoint(issues) for issues in found)
        warned = sum(bool(set(issues) - BLOCKING) for issues in found)
        counts = Counter(slug for issues in found for slug in issues)
        said = ", ".join(f"{slug} {count}" for slug, count in counts.most_common())
        print(f"{name:42} {len(read):8,} {refused:8,} {blocked:8,} {warned:8,}  {said}")


def print_planted(folder: Path) -> None:
    print(f"\n{'malformed, item by item':42} {'due':>8} {'found':>8} {'sound':>8} {'flagged':>8}")
    for name, slugs, cases in (
        ("ftfy_mojibake_cases: mojibake", {"mojibake"}, mojibake_cases(folder)),
        ("jsonchecker, json_repair: broken-json", {"broken-json"}, json_cases(folder)),
        ("blns: control-characters", {"control-characters"}, control_cases(folder)),
        ("axolotl missing turns: empty-turn", {"empty-turn"}, turn_cases(folder)),
    ):
        conversations, broken = zip(*cases, strict=True)
        hits = [not slugs.isdisjoint(issues) for issues in issues_of(conversations)]
        due, found = sum(broken), sum(hit and bad for hit, bad in zip(hits, broken, strict=True))
        print(f"{name:42} {due:8} {found:8} {len(hits) - due:8} {sum(hits) - found:8}")


def print_rates(count: int) -> None:
    records = [read_record(record) for record in alpaca_records(count)]
    lengths = Length()
    print(f"\n{count:,} Alpaca records of about 84 words, one core, the best of {ROUNDS} rounds of its time")
    scorers: tuple[tuple[str, Scorer, dict[str, str]], ...] = (
        ("format", Format(), {}),
        ("length, o200k_base", lengths, {"tokenizer": "o200k_base"}),
        ("length, cl100k_base", lengths, {"tokenizer": "cl100k_base"}),
        ("exact", Exact(), {}),
    )
    for name, scorer, options in scorers:
        measure = scorer.prepare(options, Resources())
        measure(records[:10])
        seconds = []
        for _ in range(ROUNDS):
            began = time.process_time()
            measure(records)
            seconds.append(time.process_time() - began)
        print(f"{name:24} {count / min(seconds):10,.0f} records/s {min(seconds) / count * 1e6:8.1f} µs each")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--records", type=int, default=20_000)
    options = parser.parse_args()
    if samples := os.environ.get("WINNOW_SAMPLES"):
        print_files(Path(samples))
        print_planted(Path(samples))
    else:
        print("WINNOW_SAMPLES names no folder of public files: only the rates are measured.")
    print_rates(options.records)


if __name__ == "__main__":
    main()
