"""`manage.py import_dataset`: what it prints, what it creates, and how it refuses."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from annotate.models import Dataset, Example, Import, Project

pytestmark = pytest.mark.django_db(transaction=True)

KEYS = ["dataset", "examples", "errors", "duplicates", "seconds", "records_per_second"]
GOOD = '{"instruction": "Name a bird.", "output": "A heron."}\n'


def run(path: Path, *options: str) -> dict[str, object]:
    out = io.StringIO()
    call_command(
        "import_dataset", str(path), "--project", "birds", "--dataset", "Herons", *options, stdout=out
    )
    printed: dict[str, object] = json.loads(out.getvalue().splitlines()[-1])
    return printed


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "birds.jsonl"
    file.write_text(GOOD * 2 + "no record\n")
    return file


def test_it_creates_imports_and_prints_one_object(path: Path) -> None:
    printed = run(path, "--create", "--source", "scraped", "--licence", "MIT")
    assert list(printed) == KEYS
    assert [printed[key] for key in KEYS[:4]] == ["Herons", 2, 1, 1]
    dataset = Dataset.objects.get(project__slug="birds")
    assert (dataset.source, dataset.licence) == ("scraped", "MIT")
    assert Example.objects.visible().count() == 2


def test_a_second_import_goes_into_the_same_dataset(path: Path) -> None:
    run(path, "--create")
    assert run(path)["duplicates"] == 2
    assert Dataset.objects.count() == 1


def test_without_create_it_names_what_is_missing(path: Path) -> None:
    with pytest.raises(CommandError, match="no project “birds”"):
        run(path)
    Project.objects.create(name="Birds", slug="birds")
    with pytest.raises(CommandError, match="no dataset “Herons”"):
        run(path)


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"", "empty"), ("{}".encode("utf-16"), "UTF-8"), (b"version https://git-lfs", "birds.jsonl")],
)
def test_a_file_that_cannot_be_read_leaves_nothing(path: Path, data: bytes, words: str) -> None:
    path.write_bytes(data)
    with pytest.raises(CommandError, match=words):
        run(path, "--create")
    assert not Import.objects.exists()


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"There is no file .*none\.jsonl"):
        run(tmp_path / "none.jsonl", "--create")
