"""The command that tries the classifier on a file's labels; none of the tests may touch the database."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from bench.planted_defects import made_up, planted
from review.quality import forest

SMALL = ("--sizes", "25,40", "--seeds", "1")


@pytest.fixture(autouse=True)
def few_trees(monkeypatch: pytest.MonkeyPatch) -> None:
    """A forest of few trees says the same in a fifth of the time."""
    monkeypatch.setattr(forest, "TREES", 30)


def rows(count: int) -> list[dict[str, Any]]:
    """Labelled Alpaca records; an empty answer, which no import takes, is left out."""
    made = [row.record | {"label": "good" if row.good else "bad"} for row in planted(*made_up(count))]
    return [row for row in made if row["output"].strip()]


def written(path: Path, records: list[Any]) -> str:
    path.write_text("\n".join(each if isinstance(each, str) else json.dumps(each) for each in records) + "\n")
    return str(path)


def told(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> dict[str, Any]:
    if code:
        with pytest.raises(SystemExit) as ended:
            call_command("evaluate_classifier", *words)
        assert ended.value.code == code
    else:
        call_command("evaluate_classifier", *words)
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    return said


def test_it_prints_the_curve_and_the_figures_of_all_labels(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records = rows(80)
    said = told(capsys, written(tmp_path / "rows.jsonl", records), *SMALL, "--holdout", "0.4")
    assert (said["rows"], said["used"], said["unusable"], said["errors"]) == (
        len(records),
        len(records),
        0,
        [],
    )
    assert said["bad"] == sum(row["label"] == "bad" for row in records)
    assert [(point["labels"], point["step"], point["runs"]) for point in said["curve"]] == [
        (25, "features", 1),
        (40, "features", 1),
    ]
    for point in said["curve"]:
        assert point["auc_interval"]["low"] < point["auc"]["mean"] < point["auc_interval"]["high"]
        assert set(point) >= {"brier", "ece", "length_auc"}
    whole = said["cross_validation"]
    assert whole["step"] == "words" and whole["auc"] > 0.8
    assert whole["standing"].startswith("Better than length" if whole["better_than_length"] else "Not better")


def test_rows_of_any_form_are_read_packed_or_not_and_bad_ones_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records: list[Any] = rows(60)
    records[3] = {
        "messages": [
            {"role": "user", "content": "Name three colours."},
            {"role": "assistant", "content": "Red, green and blue."},
        ],
        "label": "good",
        "group": 7,
    }
    records[5:5] = [
        {"instruction": "a", "output": "b"},
        {"instruction": "a", "output": "b", "label": "fine"},
        {"instruction": "a", "output": "b", "label": 1},
        {"instruction": "a", "output": "b", "label": "bad", "group": ["x"]},
        {"something": "else", "label": "good"},
        {"instruction": "a", "output": "b", "label": "bad", "judge": 6},
        "{not json",
    ]
    path = tmp_path / "rows.jsonl.gz"
    path.write_bytes(gzip.compress(Path(written(tmp_path / "plain", records)).read_bytes()))
    said = told(capsys, str(path), *SMALL, code=1)
    assert said["rows"] == len(records) - 7 and said["unusable"] == 7
    errors = {error["line"]: error["error"] for error in said["errors"]}
    assert list(errors) == [6, 7, 8, 9, 10, 11, 12]
    assert errors[6] == "The field “label” is missing: make it “good” or “bad”."
    assert errors[7] == "The field “label” is “fine”: make it “good” or “bad”."
    assert errors[8] == "The field “label” is no text: make it “good” or “bad”."
    assert errors[9].startswith("The field “group” is neither")
    assert "something" in errors[10]
    assert errors[11].startswith("The field “judge” is no number from 1 to 5")


def test_a_judge_that_agrees_with_the_labels_makes_better_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records = rows(60)[:40]
    judged = [row | {"judge": 4.5 if row["label"] == "good" else 2} for row in records]
    said = [
        told(capsys, written(tmp_path / "rows", each), *SMALL)
        for each in (records, judged, judged[:19] + records[19:])
    ]
    assert [each["judge"] for each in said] == [
        {"scored": 0, "used": False}, {"scored": 40, "used": True}, {"scored": 19, "used": False}
    ]  # fmt: skip
    plain, better, few = (each["cross_validation"]["auc"] for each in said)
    assert plain == few < better


def test_rows_of_one_group_or_of_one_prompt_or_nearly_alike_are_counted_as_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    records = rows(60)[:40]
    groups = told(capsys, written(tmp_path / "a", records), *SMALL)["groups"]
    tied = [row | {"group": f"g{min(place, 6)}"} for place, row in enumerate(records)]
    assert told(capsys, written(tmp_path / "b", tied), *SMALL)["groups"] <= 7
    twin = records[0] | {"output": "Something else entirely.", "label": "bad"}
    near = records[1] | {"output": records[1]["output"] + " More."}
    assert told(capsys, written(tmp_path / "c", [*records, twin, near]), *SMALL)["groups"] == groups


@pytest.mark.parametrize(
    ("records", "reason"),
    [
        ([{"instruction": "a", "output": "b", "label": "good"}], "Label 19 more, at least 4 of them good"),
        ([{"instruction": "a", "output": "b"}], "Line 1: The field “label” is missing"),
        ([], "empty"),
    ],
)
def test_what_cannot_be_tried_is_refused(tmp_path: Path, records: list[Any], reason: str) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    with pytest.raises(CommandError, match=reason) as refusal:
        call_command("evaluate_classifier", str(path))
    assert refusal.value.returncode == 2


@pytest.mark.parametrize(
    "words",
    [
        ("--sizes", "0"),
        ("--sizes", "a,b"),
        ("--seeds", "0"),
        ("--seeds", "101"),
        ("--holdout", "1"),
        ("--holdout", "x"),
    ],
)
def test_options_that_mean_nothing_are_refused(words: tuple[str, str]) -> None:
    with pytest.raises(CommandError, match=words[0]):
        call_command("evaluate_classifier", "rows.jsonl", *words)
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("evaluate_classifier", "/nowhere/rows.jsonl")
