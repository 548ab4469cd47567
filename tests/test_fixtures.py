"""The demo project is what `fixtures/demo/faults.json` says it is."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from annotate.formats import RecordError, read_record
from annotate.models import Dataset, Project
from annotate.records import Conversation
from review.limits import DEFAULT_POLICY, verdict
from review.sampling import sample_size
from review.scorers import measure

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
DEMO = FIXTURES / "demo"
PROJECT = json.loads((DEMO / "project.json").read_text("utf-8"))
PLANTED = json.loads((DEMO / "faults.json").read_text("utf-8"))
FILES = [dataset["file"] for dataset in PROJECT["datasets"]]
FAULTS = {(fault["file"], fault["line"]): fault["kind"] for fault in PLANTED["faults"]}
OK = ""


def conversation(text: str) -> Conversation | None:
    """The conversation of one record's text, or None where an import finds a line error."""
    try:
        record: Any = json.loads(text)
        return read_record(record) if isinstance(record, dict) else None
    except (json.JSONDecodeError, RecordError):
        return None


def records() -> Iterator[tuple[tuple[str, int], Conversation | None]]:
    """Every record of the demo by file and number."""
    for name in FILES:
        text = (DEMO / name).read_text("utf-8")
        if name.endswith(".json"):
            lines = [json.dumps(record) for record in json.loads(text)]
        else:
            lines = text.splitlines()
        for number, line in enumerate(lines, start=1):
            yield (name, number), conversation(line)


RECORDS = dict(records())


def found_by(example: Conversation | None) -> str:
    """What drops an example now: import, the slug of a limit, or nothing."""
    if example is None:
        return "import"
    (values,) = measure([example])
    return verdict(values, DEFAULT_POLICY).dropped_by


def announces_broken_json(answer: str) -> bool:
    for block in re.findall(r"^```json\n(.+?)^```", answer, re.MULTILINE | re.DOTALL):
        try:
            json.loads(block)
        except json.JSONDecodeError:
            return True
    return False


# How a test tells a fault that no filter finds yet.
SIGNS: dict[str, Callable[[str], bool]] = {
    "rude": lambda answer: "idiot" in answer,
    "personal-data": lambda answer: re.search(r"\S@example\.com\b", answer) is not None,
    "placeholder": lambda answer: (
        re.search(r"\{\{\w+\}\}|\[[A-Z]{3,}\]|TODO|Lorem ipsum", answer) is not None
    ),
    "truncated": lambda answer: not answer.endswith((*".!?)`", "Larkfield Cycles")),
    "boilerplate": lambda answer: "As an AI language model" in answer,
    "mojibake": lambda answer: "â€" in answer,
    "unbalanced-fence": lambda answer: answer.count("```") % 2 == 1,
    "invalid-json": announces_broken_json,
    "unhelpful": lambda answer: "I cannot help with that" in answer,
}


def test_the_demo_has_about_120_good_examples_and_enough_to_draw_from() -> None:
    kept = Counter(name for (name, _), example in RECORDS.items() if found_by(example) == OK)
    assert len(RECORDS) - len(FAULTS) >= 100
    assert kept.total() >= 120
    assert sample_size(max(kept.values())) < max(kept.values()), "no dataset is larger than its sample"


def test_every_fault_is_found_where_it_was_planted_and_nothing_else_is() -> None:
    for place, example in RECORDS.items():
        kind = FAULTS.get(place)
        assert found_by(example) == (PLANTED["kinds"][kind]["found_by"] if kind else OK), place


def test_every_kind_is_planted_and_described() -> None:
    assert set(FAULTS.values()) == set(PLANTED["kinds"])
    assert set(FAULTS) <= set(RECORDS)
    assert len(FAULTS) == len(PLANTED["faults"])


def test_exact_duplicates_repeat_an_earlier_example() -> None:
    seen: set[bytes] = set()
    repeated = set()
    for place, example in RECORDS.items():
        if example is not None and example.content_hash() in seen:
            repeated.add(place)
        if example is not None:
            seen.add(example.content_hash())
    assert repeated == {place for place, kind in FAULTS.items() if kind == "exact-duplicate"}


def test_near_duplicates_are_alike_and_nothing_else_is() -> None:
    shingles = {
        place: {example.text().lower()[start : start + 5] for start in range(len(example.text()) - 4)}
        for place, example in RECORDS.items()
        if example is not None
    }
    places = list(shingles)
    alike = {
        later
        for position, later in enumerate(places)
        for earlier in places[:position]
        if len(shingles[later] & shingles[earlier]) >= 0.7 * len(shingles[later] | shingles[earlier])
    }
    assert alike == {place for place, kind in FAULTS.items() if kind in {"exact-duplicate", "near-duplicate"}}


@pytest.mark.parametrize("kind", SIGNS)
def test_the_sign_of_a_kind_is_in_its_answers_and_in_no_other(kind: str) -> None:
    shown = {place for place, example in RECORDS.items() if example and SIGNS[kind](example.turns[-1].text)}
    assert shown == {place for place, planted in FAULTS.items() if planted == kind}


def test_the_project_can_be_created_as_it_is_described() -> None:
    assert PROJECT["objective"] in Project.Objective.values
    assert {dataset["source"] for dataset in PROJECT["datasets"]} <= set(Dataset.Source.values)
    assert set(PROJECT) == {"name", "slug", "objective", "description", "guidelines", "datasets"}
    for dataset in PROJECT["datasets"]:
        assert set(dataset) == {"file", "name", "source", "licence", "origin"}
        assert (DEMO / dataset["file"]).is_file()
