import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from review.manifests import (
    AppliedClassifier,
    AppliedPolicy,
    Counts,
    Decision,
    Manifest,
    Provenance,
    ReleasedFile,
    verify_manifest,
)
from review.policies import DEFAULT_POLICY
from review.proofs import DrawProof, SampleProof
from review.stated import AppliedJudge, AppliedSelection, ComparedSet, Contamination, Order, Overlap

LINES = b'{"instruction": "a"}\n{"instruction": "b"}\n'
FILE = ReleasedFile("school-maths.jsonl", hashlib.sha256(LINES).hexdigest(), 2, len(LINES))
PROOF = SampleProof(
    dataset="school-maths",
    source_import="school.jsonl",
    rule="sha256-smallest",
    seed="00" * 32,
    size=60,
    population=600,
    population_digest="11" * 32,
    bound="22" * 32,
    reviewed=60,
    bad=1,
    share=1 / 60,
    low=0.003,
    high=0.089,
    seed_digest="66" * 32,
    draws=(DrawProof(1, 60, 600, "11" * 32, "22" * 32, "2025-11-20T12:00:00Z"),),
)
MANIFEST = Manifest(
    winnow="0.1.0",
    release="première",
    project="tutor",
    format="alpaca",
    created_at="2025-11-20T14:00:00Z",
    counts=Counts(2, {"z": 1, "a": 1}, {"existing": 2}, {"length": 3, "format": 0}),
    datasets=(Provenance("school-maths", "School maths", "existing", "MIT", "a textbook"),),
    policy=AppliedPolicy(3, DEFAULT_POLICY.to_json()["limits"], {"length": {"tokenizer": "o200k_base"}}),
    samples=(PROOF,),
    decisions=(Decision("school-maths", "accepted", "heron", "2025-11-20T13:00:00Z"),),
    contamination=Contamination(
        (ComparedSet("Exam", "44" * 32, 20),), 1, (Overlap("01a2", "Exam", 3, 0.5, "13-gram"),)
    ),
    classifier=AppliedClassifier(4, "77" * 32, 120, "88" * 32, 0.81, 0.74, 0.87, 0.66, decides=True),
    selection=AppliedSelection(
        "Best", "02b3", 1_000, 3, "99" * 32, 4, "77" * 32, 1.0, 50, 0, 600, {"undecided": 0, "bad": 1}
    ),
    order=Order("score", 1),
    files=(FILE,),
    example_ids_digest="33" * 32,
    judges=(AppliedJudge(2, "55" * 32, "wise-70b", 2),),
)


def release(folder: Path, manifest: Manifest = MANIFEST, lines: bytes = LINES) -> Path:
    (folder / "school-maths.jsonl").write_bytes(lines)
    (folder / "manifest.json").write_bytes(manifest.to_bytes())
    return folder


def test_fields_stand_in_the_declared_order() -> None:
    assert list(json.loads(MANIFEST.to_bytes())) == [
        "manifest",
        "winnow",
        "release",
        "project",
        "format",
        "created_at",
        "counts",
        "datasets",
        "policy",
        "samples",
        "decisions",
        "contamination",
        "classifier",
        "selection",
        "order",
        "files",
        "example_ids_digest",
        "judges",
    ]


def test_the_same_release_gives_the_same_bytes() -> None:
    assert MANIFEST.selection
    turned = replace(
        MANIFEST,
        counts=Counts(2, {"a": 1, "z": 1}, {"existing": 2}, {"format": 0, "length": 3}),
        selection=replace(MANIFEST.selection, missing={"bad": 1, "undecided": 0}),
    )
    assert turned.to_bytes() == MANIFEST.to_bytes()
    assert "première".encode() in MANIFEST.to_bytes()
    assert MANIFEST.to_bytes().endswith(b"}\n")


def test_a_manifest_that_was_stored_gives_the_same_bytes() -> None:
    stored = json.loads(json.dumps(MANIFEST.as_dict(), sort_keys=True))
    assert Manifest.from_dict(stored) == MANIFEST
    assert Manifest.from_dict(stored).to_bytes() == MANIFEST.to_bytes()


def test_a_release_of_all_that_is_approved_names_no_selection() -> None:
    plain = replace(MANIFEST, selection=None, classifier=None, order=Order())
    assert Manifest.from_dict(json.loads(plain.to_bytes())) == plain


def test_a_manifest_of_a_version_that_knew_less_of_samples_is_still_read() -> None:
    stored = json.loads(json.dumps(MANIFEST.as_dict()))
    for name in (
        "exact_low",
        "exact_high",
        "upper",
        "confidence",
        "kept",
        "disputed",
        "gone",
        "seed_digest",
        "draws",
    ):
        del stored["samples"][0][name]
    (proof,) = Manifest.from_dict(stored).samples
    assert (proof.seed, proof.upper, proof.draws) == (PROOF.seed, None, ())


def test_a_number_that_json_does_not_know_is_refused() -> None:
    broken = replace(MANIFEST, samples=(replace(PROOF, share=float("nan")),))
    with pytest.raises(ValueError, match="JSON"):
        broken.to_bytes()


def test_an_untouched_release_has_no_problem(tmp_path: Path) -> None:
    assert verify_manifest(release(tmp_path)) == []


def test_one_changed_letter_is_found(tmp_path: Path) -> None:
    release(tmp_path, lines=LINES.replace(b'"b"', b'"c"'))
    (problem,) = verify_manifest(tmp_path)
    assert problem.startswith("school-maths.jsonl is not the file that was released: its SHA-256 is ")


def test_a_removed_line_is_counted(tmp_path: Path) -> None:
    release(tmp_path, lines=LINES.splitlines(keepends=True)[0])
    assert verify_manifest(tmp_path)[:2] == [
        "school-maths.jsonl has 21 bytes; the manifest says 42.",
        "school-maths.jsonl has 1 lines; the manifest says 2 examples.",
    ]


def test_a_file_that_is_no_jsonl_has_no_lines_to_count(tmp_path: Path) -> None:
    card = ReleasedFile("README.md", hashlib.sha256(b"# Card\n").hexdigest(), 0, 7)
    (tmp_path / "README.md").write_bytes(b"# Card\n")
    assert verify_manifest(release(tmp_path, replace(MANIFEST, files=(FILE, card)))) == []


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    (release(tmp_path) / "school-maths.jsonl").unlink()
    assert verify_manifest(tmp_path) == ["school-maths.jsonl is missing or cannot be read."]


@pytest.mark.parametrize("path", ["../secret", "/etc/passwd", "a/../../b"])
def test_a_path_out_of_the_folder_is_not_read(tmp_path: Path, path: str) -> None:
    release(tmp_path, replace(MANIFEST, files=(replace(FILE, path=path),)))
    assert verify_manifest(tmp_path) == [f"{path} lies outside the release."]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"files": [{}]}', '{"files": [1]}', "\ud800"])
def test_a_manifest_that_is_none_is_a_problem(tmp_path: Path, text: str) -> None:
    (tmp_path / "manifest.json").write_bytes(text.encode("utf-8", "surrogatepass"))
    assert verify_manifest(tmp_path) == ["manifest.json is not a manifest that can be read."]


def test_a_folder_without_manifest_is_a_problem(tmp_path: Path) -> None:
    assert verify_manifest(tmp_path) == ["manifest.json is missing."]
