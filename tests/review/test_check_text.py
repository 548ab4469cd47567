"""The command that judges texts of no dataset: what it reads, what it prints, how it ends, what it leaves alone."""

import gzip
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from annotate.formats import read_record
from annotate.models import Dataset, Example, Project
from review.limits import LIMITS
from review.models import PolicyVersion
from review.policies import DEFAULT_POLICY
from review.scorers import FIELDS
from tests.cast import ANSWER, QUESTION
from tests.review.scene import imported, screened

ROW = {"instruction": QUESTION, "output": ANSWER}


def checked(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> list[dict[str, Any]]:
    """Run the command and return what it printed, a line each."""
    if code:
        with pytest.raises(SystemExit) as ended:
            call_command("check_text", *words)
        assert ended.value.code == code
    else:
        call_command("check_text", *words)
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def stored(tmp_path: Path, *rows: object) -> str:
    file = tmp_path / "rows.jsonl"
    file.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows), "utf-8")
    return str(file)


def given(monkeypatch: pytest.MonkeyPatch, content: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))


# None of the tests before the last ones may touch the database: pytest-django refuses it to whoever did not ask.


def test_a_row_gets_every_value_and_a_verdict(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (said,) = checked(capsys, stored(tmp_path, ROW))
    assert (said["line"], said["verdict"], said["reasons"], said["flags"]) == (1, "kept", [], [])
    assert set(said["values"]) == {*FIELDS, "exact_copy", "prompt_twins", "near_similarity"}
    judged = {limit.field for limit in LIMITS if limit.bounds()}
    assert None not in [said["values"][field] for field in judged]
    assert "details" not in said and "dropped_by" not in said


@pytest.mark.parametrize(
    "row",
    [
        ROW,
        {"prompt": QUESTION, "completion": ANSWER},
        {"messages": [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": ANSWER}]},
        {"conversations": [{"from": "human", "value": QUESTION}, {"from": "gpt", "value": ANSWER}]},
    ],
)
def test_rows_of_every_shape_say_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], row: object
) -> None:
    first, second = checked(capsys, stored(tmp_path, ROW, row))
    assert second["verdict"] == "dropped" and second["dropped_by"] == "exact" and second["same_as"] == 1
    assert first["values"]["tokens"] == second["values"]["tokens"]


@pytest.mark.parametrize("pack", [lambda raw: raw, gzip.compress])
def test_standard_input_and_arrays_and_packed_files(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], pack: Any
) -> None:
    given(monkeypatch, pack(json.dumps([ROW, ROW]).encode()))
    assert [said["verdict"] for said in checked(capsys)] == ["kept", "dropped"]


def test_bad_lines_are_told_in_their_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    said = checked(capsys, stored(tmp_path, ROW, '{"instruction": ', {"instruction": ""}, "", ROW), code=1)
    assert [one["line"] for one in said] == [1, 2, 3, 5]
    assert [sorted(one) for one in said[1:3]] == [["error", "line"]] * 2
    assert "“instruction” is empty" in said[2]["error"]
    assert said[3]["same_as"] == 1


def test_near_duplicates_and_other_answers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edited = {**ROW, "output": ANSWER.replace("gluten", "protein")}
    other = {**ROW, "output": "Because of the yeast in it. " * 12}
    first, near, twin = checked(capsys, stored(tmp_path, ROW, edited, other))
    assert (first["dropped_by"], first["near"]) == ("near", 2)
    assert 0.7 <= first["values"]["near_similarity"] < 1
    assert near["verdict"] == "kept"
    assert twin["verdict"] == "kept" and [flag["limit"] for flag in twin["flags"]] == ["same-prompt"]
    assert [one["values"]["prompt_twins"] for one in (first, near, twin)] == [2, 2, 2]


def test_what_explains_a_value(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (said,) = checked(
        capsys, stored(tmp_path, {**ROW, "output": f"As an AI language model, I say: {ANSWER}"})
    )
    assert said["details"]["format"] == [{"issue": "ai-boilerplate", "turn": 1}]


def test_texts_are_a_line_each(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    texts = [ANSWER, "", json.dumps(f"{ANSWER}\n\nSo it is."), f'"{QUESTION}" he asked.', "{} is a set."]
    given(monkeypatch, "\n".join(texts).encode())
    said = checked(capsys)
    assert [one["line"] for one in said] == [1, 3, 4, 5]
    assert [one["values"]["format_blocks"] for one in said] == [0, 0, 0, 0]
    assert said[0]["near"] == 3
    assert (said[2]["dropped_by"], said[3]["dropped_by"]) == ("length", "length")


def test_texts_may_begin_like_rows(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given(monkeypatch, b"[Verse 1]\n{a, b} is a set.\n")
    assert [one["verdict"] for one in checked(capsys, "--texts")] == ["dropped", "dropped"]


def test_texts_in_no_utf_8(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    given(monkeypatch, b"\xef\xbb\xbfcaf\xc3\xa9\ncaf\xe9\n")
    first, second = checked(capsys, code=1)
    assert first["values"]["tokens"] and "details" not in first
    assert second == {"line": 2, "error": "The line is not UTF-8 at byte 4: save the file as UTF-8."}


def test_a_text_may_be_empty_of_all_but_its_quotes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given(monkeypatch, b'""\n')
    (said,) = checked(capsys)
    assert said["values"]["format_issues"] == ["empty-turn"]


def test_nothing_to_read(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    given(monkeypatch, b"\n \n")
    assert checked(capsys) == []


@pytest.mark.parametrize(("words", "code"), [(["--fail"], 3), ([], 0)])
def test_a_dropped_text_fails_only_where_that_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], words: list[str], code: int
) -> None:
    (said,) = checked(capsys, stored(tmp_path, {**ROW, "output": "Yeast."}), *words, code=code)
    assert said["dropped_by"] == "length"


def test_what_cannot_be_read_at_all(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read: No such file") as missing:
        call_command("check_text", str(tmp_path / "none.jsonl"))
    (tmp_path / "cut.gz").write_bytes(gzip.compress(b"")[:5])
    with pytest.raises(CommandError, match="gzip") as damaged:
        call_command("check_text", str(tmp_path / "cut.gz"))
    assert missing.value.returncode == damaged.value.returncode == 2


@pytest.mark.django_db
def test_a_project_judges_by_its_own_policy(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], project: Project
) -> None:
    told = DEFAULT_POLICY.to_json() | {"options": {"length": {"tokenizer": "cl100k_base"}}}
    told["limits"][1] |= {"minimum": None, "maximum": 10}
    PolicyVersion.objects.create(project=project, version=2, limits=told)
    file = stored(tmp_path, {**ROW, "input": "天空是蓝色的"})
    (said,), (plain,) = checked(capsys, file, "--project", "kitchen"), checked(capsys, file)
    assert said["dropped_by"] == "length" and "at most 10 allowed" in said["reasons"][0]["text"]
    assert said["values"]["tokens"] != plain["values"]["tokens"]


@pytest.mark.django_db
def test_a_projects_examples_are_compared_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], dataset: Dataset
) -> None:
    conversation = read_record(ROW)
    imported(dataset, 1, text=conversation)
    screened(dataset)
    (example,) = Example.objects.all()
    edited = {**ROW, "output": ANSWER.replace("gluten", "protein")}
    twin = {**ROW, "output": "Because of the yeast in it. " * 12}
    same, near, other = checked(capsys, stored(tmp_path, ROW, edited, twin), "--project", "kitchen")
    assert (same["dropped_by"], same["same_as_example"]) == ("exact", str(example.public_id))
    assert (near["dropped_by"], near["near_example"]) == ("near", str(example.public_id))
    assert 0.7 <= near["values"]["near_similarity"] < 1
    assert [said["values"]["prompt_twins"] for said in (same, near, other)] == [2, 3, 3]
    assert Example.objects.count() == 1


@pytest.mark.django_db
def test_a_project_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no project “nowhere”"):
        call_command("check_text", stored(tmp_path, ROW), "--project", "nowhere")
