"""A file on its way in: refused, looked at, read, its errors taken home."""

import csv
import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from annotate.models import Dataset, Example, Import, LineError
from jobs.models import Job
from jobs.services import job_cancel
from jobs.work import job_work
from tests.cast import ClientOf, make_example

pytestmark = pytest.mark.django_db

GOOD = b'{"instruction": "Why does bread rise?", "input": "", "output": "Yeast makes gas."}\n'
BAD = b'{"instruction": "=SUM(A1)"}\n[1]\n'


@pytest.fixture(autouse=True)
def home(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    settings.JOB_FOLLOW_UPS = {}
    return tmp_path


def upload(client_of: ClientOf, dataset: Dataset, data: bytes, name: str = "facts.jsonl") -> Any:
    address = reverse("annotate:import_new", args=["kitchen", dataset.slug])
    return client_of("manager").post(address, {"file": SimpleUploadedFile(name, data)})


def stored(client_of: ClientOf, dataset: Dataset, data: bytes, name: str = "facts.jsonl") -> Import:
    response = upload(client_of, dataset, data, name)
    assert response.status_code == 302
    return Import.objects.get(public_id=response["Location"].rstrip("/").rpartition("/")[2])


def address(found: Import, name: str = "import") -> str:
    return reverse(f"annotate:{name}", args=["kitchen", found.public_id])


def html_of(client_of: ClientOf, found: Import, role: str = "manager", **headers: str) -> str:
    return str(client_of(role).get(address(found), headers=headers).content.decode())


def read_in(client_of: ClientOf, found: Import, **form: str) -> Import:
    assert client_of("manager").post(address(found, "import_start"), form).status_code == 302
    found.refresh_from_db()
    assert found.job is not None
    job_work(found.job.pk)
    return Import.objects.get(pk=found.pk)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"version https://git-lfs.github.com/spec/v1\n", "Git LFS pointer"),
        ("{}".encode("utf-16"), "UTF-16"),
        (b"PK\x03\x04", "ZIP archive"),
        (b"name,age\n1,2\n", "is no JSON"),
    ],
)
def test_what_cannot_be_read_is_refused_and_leaves_nothing(
    data: bytes, words: str, dataset: Dataset, client_of: ClientOf, home: Path
) -> None:
    response = upload(client_of, dataset, data)
    assert response.status_code == 422
    html = response.content.decode()
    assert words in html
    assert "facts.jsonl" in html
    assert not Import.objects.exists()


def test_the_file_of_a_refused_upload_is_deleted(
    dataset: Dataset, client_of: ClientOf, home: Path, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        upload(client_of, dataset, b"PK\x03\x04")
    assert [path for path in home.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize("memory", [0, 2_621_440])
def test_a_file_above_the_cap_is_refused_and_not_stored(
    memory: int, dataset: Dataset, client_of: ClientOf, settings: Any, tmp_path: Path
) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path)
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = memory
    settings.UPLOAD_MAX_BYTES = 100_000
    response = upload(client_of, dataset, GOOD * 5_000)
    assert response.status_code == 413
    assert "split it." in response.content.decode()
    assert not Import.objects.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_file_of_just_the_cap_is_taken(dataset: Dataset, client_of: ClientOf, settings: Any) -> None:
    settings.UPLOAD_MAX_BYTES = len(GOOD)
    assert upload(client_of, dataset, GOOD).status_code == 302


def test_a_form_without_a_file_is_refused(dataset: Dataset, client_of: ClientOf) -> None:
    response = client_of("manager").post(reverse("annotate:import_new", args=["kitchen", dataset.slug]))
    assert response.status_code == 422


def test_a_stored_file_shows_what_it_is_before_anything_is_read(
    dataset: Dataset, client_of: ClientOf
) -> None:
    found = stored(client_of, dataset, GOOD + BAD)
    html = html_of(client_of, found)
    assert "JSON Lines" in html
    assert "Alpaca" in html
    assert "Yeast makes gas." in html
    assert "2 cannot" in html
    assert "Import this file" in html
    assert not Example.objects.exists()
    assert "Import this file" not in html_of(client_of, found, "reviewer")


def test_a_packed_array_is_named_as_such(dataset: Dataset, client_of: ClientOf) -> None:
    found = stored(client_of, dataset, gzip.compress(b"[" + GOOD.strip() + b"]"), "facts.json")
    html = html_of(client_of, found)
    assert "a JSON array of records, packed by gzip" in html


def test_a_file_of_which_nothing_can_be_read_warns(dataset: Dataset, client_of: ClientOf) -> None:
    assert "None of the first records" in html_of(client_of, stored(client_of, dataset, BAD))


def test_the_very_same_file_warns(dataset: Dataset, client_of: ClientOf) -> None:
    first = read_in(client_of, stored(client_of, dataset, GOOD))
    again = html_of(client_of, stored(client_of, dataset, GOOD, "renamed.jsonl"))
    assert "This very file was imported into this dataset" in again
    assert address(first) in again
    assert "very file" not in html_of(client_of, stored(client_of, dataset, GOOD * 2))


def test_a_stored_file_is_thrown_away(
    dataset: Dataset, client_of: ClientOf, home: Path, django_capture_on_commit_callbacks: Any
) -> None:
    found = stored(client_of, dataset, GOOD)
    with django_capture_on_commit_callbacks(execute=True):
        assert client_of("manager").post(address(found, "import_discard")).status_code == 302
    assert not Import.objects.exists()
    assert [path for path in home.rglob("*") if path.is_file()] == []


def test_a_file_that_was_read_in_stays(dataset: Dataset, client_of: ClientOf) -> None:
    found = read_in(client_of, stored(client_of, dataset, GOOD))
    assert client_of("manager").post(address(found, "import_discard")).status_code == 302
    assert Import.objects.get() == found
    assert Example.objects.count() == 1


def test_starting_twice_starts_one_job(dataset: Dataset, client_of: ClientOf) -> None:
    found = stored(client_of, dataset, GOOD)
    for _ in range(2):
        assert client_of("manager").post(address(found, "import_start")).status_code == 302
    assert Job.objects.count() == 1


def test_a_format_can_be_chosen(dataset: Dataset, client_of: ClientOf) -> None:
    found = read_in(client_of, stored(client_of, dataset, GOOD), format="sharegpt")
    assert (found.format, found.examples, found.errors) == ("sharegpt", 0, 1)


def test_a_format_that_is_none_is_refused(dataset: Dataset, client_of: ClientOf) -> None:
    found = stored(client_of, dataset, GOOD)
    response = client_of("manager").post(address(found, "import_start"), {"format": "xml"})
    assert response.status_code == 422
    assert "Select a valid choice." in response.content.decode()
    assert not Job.objects.exists()


def test_a_running_import_shows_how_far_it_is(dataset: Dataset, client_of: ClientOf) -> None:
    found = stored(client_of, dataset, GOOD)
    client_of("manager").post(address(found, "import_start"))
    html = html_of(client_of, found)
    assert "waiting" in html
    assert "/progress/" in html
    assert 'hx-trigger="job-over from:body"' in html


def test_the_result_counts_and_names_every_error(dataset: Dataset, client_of: ClientOf) -> None:
    make_example(dataset)
    found = read_in(client_of, stored(client_of, dataset, GOOD * 2 + BAD))
    assert (found.examples, found.errors, found.duplicates) == (2, 2, 1)
    html = html_of(client_of, found, "reviewer")
    for words in ("Exact duplicates", "Records per second", "The record is a list", "All as CSV"):
        assert words in html
    assert f"{reverse('annotate:browse', args=['kitchen'])}?dataset=baking" in html


def test_htmx_gets_the_part_that_it_swaps(dataset: Dataset, client_of: ClientOf) -> None:
    found = read_in(client_of, stored(client_of, dataset, GOOD))
    part = html_of(client_of, found, **{"HX-Request": "true"})
    assert part.strip().startswith('<div class="page" id="import">')
    assert "<html" in html_of(
        client_of, found, **{"HX-Request": "true", "HX-History-Restore-Request": "true"}
    )


def test_only_a_hundred_errors_are_shown_and_all_are_downloaded(
    dataset: Dataset, client_of: ClientOf
) -> None:
    found = read_in(client_of, stored(client_of, dataset, GOOD + b'{"x": 1}\n' * 150))
    assert "the first 100 of 150" in html_of(client_of, found)
    lines = b"".join(client_of("reviewer").get(address(found, "errors_jsonl")).streaming_content).splitlines()
    assert [json.loads(line)["line"] for line in lines] == list(range(2, 152))


def test_errors_as_csv_are_no_formulas(dataset: Dataset, client_of: ClientOf) -> None:
    found = read_in(client_of, stored(client_of, dataset, GOOD))
    LineError.objects.create(source_import=found, line_number=9, reason="=1+1", excerpt='@x, "y"\nz')
    response = client_of("manager").get(address(found, "errors_csv"))
    assert response["Content-Disposition"] == f'attachment; filename="{found.public_id}-errors.csv"'
    assert (response["Content-Security-Policy"], response["X-Content-Type-Options"]) == ("sandbox", "nosniff")
    rows = list(csv.reader(b"".join(response.streaming_content).decode().splitlines(keepends=True)))
    assert rows == [["line", "reason", "excerpt"], ["9", "'=1+1", '\'@x, "y"\nz']]


def test_a_cancelled_import_says_that_nothing_is_in(dataset: Dataset, client_of: ClientOf, cast: Any) -> None:
    found = stored(client_of, dataset, GOOD)
    client_of("manager").post(address(found, "import_start"))
    found.refresh_from_db()
    assert found.job is not None
    job_cancel(job=found.job, by=cast.manager)
    html = html_of(client_of, found)
    assert "Nothing of this file is in the dataset." in html
    assert "cancelled" in html


def test_a_file_that_is_gone_is_no_crash(dataset: Dataset, client_of: ClientOf, home: Path) -> None:
    found = stored(client_of, dataset, GOOD)
    Path(found.file.path).unlink()
    response = client_of("manager").get(address(found))
    assert response.status_code == 200
    assert "upload it again" in response.content.decode()


def test_a_hostile_name_is_shown_as_text(dataset: Dataset, client_of: ClientOf) -> None:
    found = stored(client_of, dataset, GOOD, "<img src=x onerror=alert(1)>.jsonl")
    html = html_of(client_of, found)
    assert "&lt;img src=x" in html
    assert "<img" not in html
