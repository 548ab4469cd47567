"""The import job: what goes in, what is kept as a line error, and that nothing is half imported."""

import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from annotate.models import Dataset, Example, Import, LineError
from annotate.services import loading
from annotate.services.imports import import_create, import_start
from jobs.models import Job
from jobs.services import job_cancel
from jobs.work import job_work

pytestmark = pytest.mark.django_db(transaction=True)


def record(number: int, **fields: object) -> dict[str, object]:
    return {"instruction": f"Name fact {number}.", "input": "", "output": f"This is fact {number}."} | fields


def lines(*records: object) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in records)


def start(dataset: Dataset, data: bytes, name: str = "facts.jsonl", format: str = "") -> Import:
    source_import = import_create(dataset=dataset, file=io.BytesIO(data), name=name, by=None, format=format)
    import_start(source_import=source_import, by=None)
    return Import.objects.get(pk=source_import.pk)


def run(dataset: Dataset, data: bytes, name: str = "facts.jsonl", format: str = "") -> Import:
    source_import = start(dataset, data, name, format)
    assert source_import.job is not None
    job_work(source_import.job.pk)
    return Import.objects.select_related("job").get(pk=source_import.pk)


@pytest.fixture(autouse=True)
def without_follow_ups(settings: object) -> None:
    settings.JOB_FOLLOW_UPS = {}  # type: ignore[attr-defined]


def test_good_lines_go_in_and_bad_ones_are_kept_with_their_reason(dataset: Dataset) -> None:
    done = run(
        dataset, lines(record(1), [1, 2], record(3, output=""), "text", record(5)) + b'{"instruction": "cut'
    )
    assert done.job is not None and done.job.state == Job.State.DONE
    assert (done.examples, done.errors) == (2, 4)
    assert list(Example.objects.order_by("pk").values_list("line_number", flat=True)) == [1, 5]
    reasons = dict(LineError.objects.values_list("line_number", "reason"))
    assert sorted(reasons) == [2, 3, 4, 6]
    assert "output" in reasons[3]


def test_the_imported_record_is_kept_character_for_character(dataset: Dataset) -> None:
    raw = '{"output": "Yes.",  "instruction": "Is 1e2 a hundred?", "weight": 1e2, "big": 12345678901234567890123}'
    run(dataset, raw.encode() + b"\n")
    example = Example.objects.get()
    assert example.raw == raw
    assert example.metadata == {"weight": 100.0, "big": 12345678901234567890123}


def test_an_array_goes_in_whole(dataset: Dataset) -> None:
    data = json.dumps([record(number) for number in range(300)], indent=1).encode()
    done = run(dataset, data, "facts.json")
    assert (done.examples, done.errors) == (300, 0)


def test_a_packed_file_goes_in_whatever_its_name(dataset: Dataset) -> None:
    done = run(dataset, gzip.compress(lines(*map(record, range(20)))), "facts.jsonl")
    assert (done.examples, done.errors) == (20, 0)


def test_duplicates_are_counted_across_the_project(dataset: Dataset) -> None:
    run(dataset, lines(record(1), record(2)))
    other = Dataset.objects.create(project=dataset.project, name="Other", slug="other")
    assert run(other, lines(record(1), record(3), record(3))).duplicates == 2


def test_a_named_format_is_not_guessed(dataset: Dataset) -> None:
    done = run(dataset, lines(record(1)), format="sharegpt")
    assert (done.examples, done.errors) == (0, 1)


def test_nothing_is_visible_before_the_end(dataset: Dataset) -> None:
    source_import = start(dataset, lines(record(1)))
    Example.objects.create(
        dataset=dataset, source_import=source_import, line_number=1, content_hash=b"x" * 16
    )
    assert not Example.objects.visible().exists()


def test_a_refused_file_fails_with_one_sentence(dataset: Dataset) -> None:
    done = run(dataset, "instruction".encode("utf-16"), "wide.jsonl")
    assert done.job is not None
    assert done.job.state == Job.State.FAILED
    assert "wide.jsonl" in done.job.error and "UTF-8" in done.job.error


def test_a_failure_in_the_middle_leaves_no_example(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "CHUNK_RECORDS", 10)
    monkeypatch.setattr(loading, "failpoint", failing_at(30, times=1_000))
    done = run(dataset, lines(*map(record, range(100))))
    assert done.job is not None
    assert done.job.state == Job.State.FAILED
    assert "disk is full" in done.job.error
    assert done.done_at is None
    assert not Example.objects.exists()


def test_it_goes_on_from_the_last_checkpoint(dataset: Dataset, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loading, "CHUNK_RECORDS", 7)
    monkeypatch.setattr(loading, "failpoint", failing_at(28, times=2))
    done = run(dataset, lines(*map(record, range(50)), []))
    assert (done.examples, done.errors) == (50, 1)
    assert list(Example.objects.order_by("pk").values_list("line_number", flat=True)) == list(range(1, 51))


def failing_at(examples: int, times: int) -> Callable[[str], None]:
    """Return a stand-in for `failpoint` that fails a chunk which would bring the examples to that many."""
    left = iter(range(times))

    def maybe_fail(name: str) -> None:
        is_there = name == "import.before_checkpoint" and Example.objects.count() >= examples
        if is_there and next(left, None) is not None:
            raise ValueError("the disk is full")

    return maybe_fail


def test_a_cancelled_import_leaves_no_example(dataset: Dataset) -> None:
    source_import = start(dataset, lines(record(1)))
    assert source_import.job is not None
    job_cancel(job=source_import.job, by="the manager")
    job_work(source_import.job.pk)
    source_import.job.refresh_from_db()
    assert source_import.job.state == Job.State.CANCELLED
    assert not Example.objects.exists()


def test_starting_twice_gives_one_job(dataset: Dataset) -> None:
    source_import = start(dataset, lines(record(1)))
    assert import_start(source_import=source_import, by=None) == source_import.job
    assert Job.objects.count() == 1


def test_the_file_name_of_a_person_never_reaches_the_disk(dataset: Dataset, tmp_path: Path) -> None:
    source_import = start(dataset, lines(record(1)), "../../etc/passwd\0.jsonl")
    assert "passwd" not in source_import.file.name
    assert ".." not in source_import.file.name
