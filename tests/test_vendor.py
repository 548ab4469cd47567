"""The vendored front-end files are exactly those that the manifest names."""

import json
import shutil
from pathlib import Path

import pytest

from scripts.vendor import MANIFEST, STATIC, problems


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    shutil.copytree(STATIC / "vendor", tmp_path / "vendor")
    shutil.copy(STATIC / "icons.svg", tmp_path / "icons.svg")
    return tmp_path


def test_vendored_files_match_the_manifest() -> None:
    assert problems() == []


def test_a_changed_file_is_named(copy: Path) -> None:
    (copy / "vendor/htmx.min.js").write_text("changed")
    assert problems(copy) == ["static/vendor/htmx.min.js was changed by hand: run make vendor."]


def test_a_missing_file_is_named(copy: Path) -> None:
    (copy / "icons.svg").unlink()
    assert problems(copy) == ["static/icons.svg is missing: run make vendor."]


def test_another_version_than_the_pinned_one_is_named(copy: Path) -> None:
    entries = json.loads((copy / MANIFEST).read_text())
    entries[0]["version"] = "0.0.1"
    (copy / MANIFEST).write_text(json.dumps(entries))
    assert problems(copy) == ["The manifest names other versions than scripts/vendor.py: run make vendor."]


def test_each_library_has_its_licence_and_no_address_to_load_from() -> None:
    entries = json.loads((STATIC / MANIFEST).read_text())
    assert all(entry["licence"] and entry["archive_sha256"] for entry in entries)
    assert "//" not in (STATIC / MANIFEST).read_text()
