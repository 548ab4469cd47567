"""The demo project is what `faults.json` says it is, and the sample files are what their names say."""

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from annotate.formats import RecordError, read_record
from annotate.models import Dataset, Project
from annotate.reading import Line, Refusal, open_source
from annotate.records import Conversation
from review.models.reviewing import default_reasons
from review.policies import DEFAULT_POLICY
from review.sampling import sample_size
from review.scorers import measure
from review.scorers.base import Resources
from review.scorers.format import Format
from review.verdicts import verdict

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
DEMO = FIXTURES / "demo"
GOOD = sorted((FIXTURES / "samples" / "good").iterdir())
REFUSED = {"empty.jsonl", "lfs-pointer.jsonl", "only-white-space.jsonl", "utf-16.jsonl"}
BAD = sorted((FIXTURES / "samples" / "bad").iterdir())
PROJECT = json.loads((DEMO / "project.json").read_text("utf-8"))
PLANTED = json.loads((DEMO / "faults.json").read_text("utf-8"))
FILES = [dataset["file"] for dataset in PROJECT["datasets"]]
FAULTS = {(fault["file"], fault["line"]): fault["kind"] for fault in PLANTED["faults"]}
OK = ""


def records(path: Path) -> Iterator[tuple[int, Conversation | None]]:
    """Every record of a file by its number; None where an import keeps a line error."""
    for line in open_source(path, path.name):
        try:
            yield line.number, read_record(line.record) if isinstance(line, Line) else None
        except RecordError:
            yield line.number, None


RECORDS = {(name, number): example for name in FILES for number, example in records(DEMO / name)}


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


# How a test tells a fault without any filter.
SIGNS: dict[str, Callable[[str], bool]] = {
    "rude": lambda answer: "idiot" in answer,
    "personal-data": lambda answer: re.search(r"\S@example\.com\b", answer) is not None,
    "placeholder": lambda answer: (
        re.search(r"\{\{\w+\}\}|\[[A-Z]{3,}\]|TODO|Lorem ipsum", answer) is not None
    ),
    "truncated": lambda answer: not answer.endswith((*".!?)`>;", "Larkfield Cycles")),
    "boilerplate": lambda answer: "As an AI language model" in answer,
    "mojibake": lambda answer: "â€" in answer,
    "unbalanced-fence": lambda answer: answer.count("```") % 2 == 1,
    "invalid-json": announces_broken_json,
    "unhelpful": lambda answer: re.search(r"I (cannot|can't) (help|assist) with that", answer) is not None,
    "html": lambda answer: "</" in answer,
    "loop": lambda answer: any(4 <= answer.count(said) < 20 for said in re.findall(r"[^.]+\.", answer)),
    "wrong-language": lambda answer: re.search(r"\b(nicht|dans|porque)\b", answer) is not None,
}


def test_the_demo_has_good_examples_and_enough_to_draw_from() -> None:
    kept = Counter(name for (name, _), example in RECORDS.items() if found_by(example) == OK)
    assert len(RECORDS) - len(FAULTS) >= 190
    assert kept.total() >= 250
    assert sample_size(max(kept.values())) < max(kept.values()), "no dataset is larger than its sample"


def test_every_fault_is_found_where_it_was_planted_and_nothing_else_is() -> None:
    for place, example in RECORDS.items():
        kind = FAULTS.get(place)
        assert found_by(example) == (PLANTED["kinds"][kind]["found_by"] if kind else OK), place


def test_the_format_scorer_finds_what_was_planted_for_it_and_nothing_else() -> None:
    planted = {kind: what["issue"] for kind, what in PLANTED["kinds"].items() if "issue" in what}
    found = defaultdict(set)
    for place, example in RECORDS.items():
        if example is not None:
            (values,) = Format().prepare({}, Resources())([example])
            for issue in values["format_issues"]:
                found[issue].add(place)
    for kind, issue in planted.items():
        due = {place for place, fault in FAULTS.items() if fault == kind}
        # To decline is right where harm is asked for: one good answer does so.
        assert found[issue] == due or (
            issue == "refusal" and due < found[issue] and len(found[issue] - due) == 1
        ), kind
    # What goes along with a planted fault.
    assert set(found) == {*planted.values(), "todo", "control-characters"}


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


def test_what_a_reviewer_would_call_bad_has_a_reason_they_could_pick() -> None:
    for kind, what in PLANTED["kinds"].items():
        if what["found_by"] != "import":
            assert what["reason"] in {reason["slug"] for reason in default_reasons()}, kind


def test_the_project_can_be_created_as_it_is_described() -> None:
    assert PROJECT["objective"] in Project.Objective.values
    assert {dataset["source"] for dataset in PROJECT["datasets"]} <= set(Dataset.Source.values)
    assert set(PROJECT) == {"name", "slug", "objective", "description", "guidelines", "datasets"}
    for dataset in PROJECT["datasets"]:
        assert set(dataset) == {"file", "name", "source", "licence", "origin", "reviewed"}
        assert (DEMO / dataset["file"]).is_file()


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.name)
def test_a_good_sample_is_read_whole(path: Path) -> None:
    read = list(records(path))
    assert read
    assert all(example is not None for _, example in read)


@pytest.mark.parametrize("path", [path for path in BAD if path.name in REFUSED], ids=lambda path: path.name)
def test_a_sample_that_is_no_data_is_refused_by_name(path: Path) -> None:
    with pytest.raises(Refusal, match=f"^{path.name} is "):
        list(records(path))


@pytest.mark.parametrize(
    "path", [path for path in BAD if path.name not in REFUSED], ids=lambda path: path.name
)
def test_a_bad_sample_loses_only_what_is_bad(path: Path) -> None:
    read = dict(records(path))
    lost = [number for number, example in read.items() if example is None]
    ends_there = path.name.startswith(("cut-", "gzip-cut", "object-not-list", "trailing-"))
    assert lost == [max(read) if ends_there else 2]
    assert ends_there or len(read) == 3
