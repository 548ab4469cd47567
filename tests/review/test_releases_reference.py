"""The reference of releases names every field of a manifest."""

from dataclasses import fields
from pathlib import Path

import pytest

from review.manifests import Counts, Manifest

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "reference" / "releases.md").read_text("utf-8")


@pytest.mark.parametrize(
    "name",
    [field.name for field in fields(Manifest) if field.name != "counts"]
    + [f"counts.{field.name}" for field in fields(Counts)],
)
def test_a_field_of_the_manifest_is_documented(name: str) -> None:
    assert f"`{name}`" in PAGE
