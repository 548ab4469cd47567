"""The sample files of this project, and real ones where WINNOW_SAMPLES names their folder."""

import base64
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from annotate.formats import RecordError, read_record
from annotate.reading import Line, LineError, Refusal, open_source
from annotate.reading.parsing import NotARecord, parse_record
from tests.annotate.reading_help import read

FIXTURES = Path(__file__).parents[2] / "fixtures" / "samples"
SAMPLES = Path(os.environ.get("WINNOW_SAMPLES", ""))
needs_samples = pytest.mark.skipif(not os.environ.get("WINNOW_SAMPLES"), reason="WINNOW_SAMPLES is not set")


def imported(path: Path) -> tuple[int, list[LineError]]:
    """How many records of a file would become examples, and what is wrong with the rest."""
    good, errors = 0, []
    for item in open_source(path, path.name):
        error = item if isinstance(item, LineError) else mapping_error(item)
        good += error is None
        errors += [error] if error else []
    return good, errors


def mapping_error(line: Line) -> LineError | None:
    try:
        read_record(line.record)
    except RecordError as error:
        return line.failed(error.reason)
    return None


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("good/*")), ids=lambda path: path.name)
def test_good_samples_are_read_whole(path: Path) -> None:
    good, errors = imported(path)
    assert good and not errors


REFUSED = {"empty.jsonl", "only-white-space.jsonl", "lfs-pointer.jsonl", "utf-16.jsonl"}
NOTHING_GOOD = {"object-not-list.json"}


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("bad/*")), ids=lambda path: path.name)
def test_bad_samples_are_refused_or_have_one_bad_record(path: Path) -> None:
    if path.name in REFUSED:
        with pytest.raises(Refusal, match=path.name):
            open_source(path, path.name)
        return
    good, errors = imported(path)
    assert len(errors) == 1
    assert bool(good) is (path.name not in NOTHING_GOOD)


@needs_samples
@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("chat/fastchat_dummy_conversation.json", 500, 0),
        ("chat/glaive_toolcall_en_demo.json", 300, 0),
        ("chat/oasst_en_100_tree.jsonl", 0, 100),
        ("instruct/belle_zh_seed_tasks.jsonl", 175, 0),
        ("instruct/gpteacher_codegen.json.gz", 4535, 0),
        ("instruct/gpteacher_roleplay.json.gz", 1923, 0),
        ("instruct/gsm8k_alpaca.json.gz", 7473, 0),
        ("instruct/llamafactory_identity.json", 91, 0),
        ("instruct/self_instruct_seed_tasks.jsonl", 175, 0),
        ("human/hh_rlhf_harmless_test.jsonl.gz", 0, 2312),
        ("human/pandalm_goodbad.jsonl.gz", 546, 10),
        ("human/pandalm_testset-v1.json", 0, 999),
        ("malformed/axolotl_conversation.missingturns.json", 0, 1),
        ("malformed/blns.json", 0, 515),
        ("malformed/ftfy_mojibake_cases.jsonl", 0, 141),
        ("malformed/json_repair_invalid.json", 0, 7),
        ("malformed/json_repair_valid.json", 0, 6),
        ("neardup/gpteacher_toolformer_kept.jsonl.gz", 7673, 0),
        ("neardup/minhash_articles_1000.jsonl.gz", 1000, 0),
    ],
)
def test_real_files(name: str, good: int, bad: int) -> None:
    found, errors = imported(SAMPLES / name)
    assert (found, len(errors)) == (good, bad)


@needs_samples
def test_a_real_lfs_pointer_is_refused() -> None:
    path = SAMPLES / "malformed" / "lfs_pointer.jsonl.gz"
    with pytest.raises(Refusal, match=r"lfs_pointer\.jsonl\.gz is a Git LFS pointer"):
        open_source(path, path.name)


def json_checker_cases() -> Iterator[tuple[str, str, bytes]]:
    path = SAMPLES / "malformed" / "jsonchecker_cases.jsonl"
    if os.environ.get("WINNOW_SAMPLES"):
        for line in path.read_text().splitlines():
            case = json.loads(line)
            if case["name"].startswith(("pass", "fail")):
                yield case["name"], case["expect"], base64.b64decode(case["b64"])


@needs_samples
@pytest.mark.parametrize(
    ("name", "expect", "data"), list(json_checker_cases()), ids=lambda value: str(value)[:16]
)
def test_json_is_accepted_and_refused_as_the_checker_says(name: str, expect: str, data: bytes) -> None:
    """Each case stands as the field of a record, so that it is the JSON that decides and not what it holds.

    Two cases fail by rules older than RFC 8259 only, section 2: a text outside any list, and 20 levels of lists.
    """
    text = '{"case": ' + data.decode() + "}"
    if expect == "accept" or name in ("fail01_EXCLUDE.json", "fail18_EXCLUDE.json"):
        assert parse_record(text) == json.loads(text)
    else:
        with pytest.raises(NotARecord):
            parse_record(text)


@needs_samples
def test_naughty_strings_survive_reading_and_writing() -> None:
    strings = json.loads((SAMPLES / "malformed" / "blns.json").read_text())
    records = [{"instruction": "Say it.", "input": text, "output": f"x{text}"} for text in strings]
    for ascii_only in (True, False):
        lines = "".join(json.dumps(record, ensure_ascii=ascii_only) + "\n" for record in records)
        items = [item for item in read(lines.encode()) if isinstance(item, Line)]
        assert [item.record for item in items] == records
        turns = [read_record(item.record).turns for item in items]
        assert [(ask.input, answer.content) for ask, answer in turns] == [
            (text, f"x{text}") for text in strings
        ]
