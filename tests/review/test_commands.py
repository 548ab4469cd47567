"""The commands do what the pages do and end with one JSON object, or with one sentence."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from annotate.models import Dataset, Example, LineError, Membership, Project
from jobs.models import Job
from jobs.services import job_cancel
from review.management.commands import load_demo
from review.manifests import verify_manifest
from review.models import Label, QueueItem, Release, Sample, SampleItem
from review.scorers import SCORERS, Battery
from review.services.claims import claim_next, claims_release
from review.services.decisions import decision_record
from review.services.screening import screening_start
from tests.cast import Cast
from tests.review.scene import SHORT, imported, measure, sampled

pytestmark = pytest.mark.django_db
WHERE = ("--project", "kitchen", "--dataset", "Baking")


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path


def last_line(*command: Any) -> dict[str, Any]:
    out = StringIO()
    call_command(*command, stdout=out)
    values: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
    return values


def test_screen_prints_what_the_limits_keep(dataset: Dataset, capsys: pytest.CaptureFixture[str]) -> None:
    imported(dataset, 3)
    imported(dataset, 1, text=SHORT)
    told = last_line("screen", *WHERE)
    assert list(told) == ["measured", "kept", "dropped", "flagged", "seconds", "scorers"]
    assert (told["measured"], told["kept"], told["dropped"]["length"]) == (4, 3, 1)
    assert set(told["scorers"]) == {scorer.slug for scorer in SCORERS}
    assert all(found["measured"] == 4 and found["seconds"] >= 0 for found in told["scorers"].values())
    assert "No worker is running: the work is done in this process.\n" in capsys.readouterr().err


def test_screen_goes_on_until_nothing_is_left(dataset: Dataset) -> None:
    imported(dataset, 2)
    screening_start(dataset=dataset, by=None)
    imported(dataset, 3)
    assert last_line("screen", *WHERE)["measured"] == 5
    assert not Job.objects.active().exists()


def test_a_dataset_is_found_by_its_slug_too(dataset: Dataset) -> None:
    assert last_line("screen", "--project", "kitchen", "--dataset", "baking")["measured"] == 0


@pytest.mark.parametrize("command", ["screen", "draw_sample"])
@pytest.mark.parametrize(
    ("where", "sentence"),
    [
        (("--project", "nowhere", "--dataset", "Baking"), "There is no project “nowhere”."),
        (
            ("--project", "kitchen", "--dataset", "Nothing"),
            "There is no dataset “Nothing” in project “kitchen”.",
        ),
    ],
)
def test_what_is_not_there_is_named(
    dataset: Dataset, command: str, where: tuple[str, ...], sentence: str
) -> None:
    with pytest.raises(CommandError) as refusal:
        call_command(command, *where)
    assert str(refusal.value) == sentence


def test_a_screening_that_was_cancelled_fails_the_command(
    dataset: Dataset, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    imported(dataset, 3)
    job = screening_start(dataset=dataset, by=None)
    measure_texts = Battery.measure

    def cancelled_meanwhile(*asked: Any, **more: Any) -> Any:
        job_cancel(job=Job.objects.get(pk=job.pk), by=cast.manager)
        return measure_texts(*asked, **more)

    monkeypatch.setattr(Battery, "measure", cancelled_meanwhile)
    with pytest.raises(CommandError, match="Screening of Baking was cancelled"):
        call_command("screen", *WHERE)


def test_draw_sample_prints_the_sample_that_exists(dataset: Dataset) -> None:
    sample = sampled(dataset, 70)
    told = last_line("draw_sample", *WHERE)
    assert told == {"sample": sample.pk, "population": 70, "size": 60, "seed": bytes(sample.seed).hex()}
    assert last_line("draw_sample", *WHERE) == told
    assert Sample.objects.count() == 1


def test_draw_sample_ends_with_the_newest_import(dataset: Dataset) -> None:
    sampled(dataset, 3)
    measure(Example.objects.filter(source_import=imported(dataset, 2)))
    assert last_line("draw_sample", *WHERE)["population"] == 2


@pytest.mark.parametrize(
    ("screened", "sentence"),
    [
        (False, "No sample of Baking can be drawn: nothing in it is screened yet: run screen first."),
        (True, "No sample of Baking can be drawn: the limits keep nothing of it."),
    ],
)
def test_draw_sample_says_why_it_cannot(dataset: Dataset, screened: bool, sentence: str) -> None:
    imported(dataset, 2)
    if screened:
        measure(Example.objects.all(), tokens=1)
    with pytest.raises(CommandError) as refusal:
        call_command("draw_sample", *WHERE)
    assert str(refusal.value) == sentence


@pytest.fixture
def approved(dataset: Dataset, cast: Cast) -> Dataset:
    sampled(dataset, 5)
    decision_record(dataset=dataset, verdict="accepted", by=cast.manager)
    return dataset


def release(out: Path, *more: str) -> dict[str, Any]:
    return last_line("release", "--project", "kitchen", "--format", "alpaca", "--out", str(out), *more)


def test_release_copies_the_files_and_says_which(approved: Dataset, tmp_path: Path) -> None:
    out = tmp_path / "new" / "folder"
    told = release(out, "--name", "spring", "--dataset", "Baking")
    assert list(told) == ["release", "examples", "files", "seconds"]
    assert (told["release"], told["examples"]) == ("spring", 5)
    assert [(file["path"], file["examples"]) for file in told["files"]] == [
        (str(out / "spring.jsonl"), 5), (str(out / "README.md"), 0), (str(out / "manifest.json"), 0)
    ]  # fmt: skip
    assert verify_manifest(out) == []
    assert (
        told["files"][0]["sha256"] == json.loads((out / "manifest.json").read_bytes())["files"][0]["sha256"]
    )


def test_release_does_not_write_over_anything(approved: Dataset, tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text("{}")
    with pytest.raises(CommandError, match="is not an empty folder"):
        release(tmp_path)
    assert not Release.objects.exists()


def test_release_says_why_there_is_nothing(dataset: Dataset, tmp_path: Path) -> None:
    sampled(dataset, 5)
    with pytest.raises(CommandError, match="No dataset is accepted yet"):
        release(tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_release_says_that_a_name_is_taken(approved: Dataset, tmp_path: Path) -> None:
    release(tmp_path / "one", "--name", "spring")
    with pytest.raises(CommandError, match="There is a release “spring” already"):
        release(tmp_path / "two", "--name", "spring")


def demo() -> dict[str, Any]:
    told: dict[str, Any] = json.loads((load_demo.DEMO / "project.json").read_text("utf-8"))
    return told


@pytest.mark.django_db(transaction=True)
def test_the_demo_is_loaded_once(settings: Any) -> None:
    call_command("load_demo", stdout=StringIO())
    project = Project.objects.get()
    told = demo()
    assert (project.slug, project.guidelines) == (told["slug"], told["guidelines"])
    assert {d.name for d in Dataset.objects.all()} == {entry["name"] for entry in told["datasets"]}
    assert Sample.objects.count() == len(told["datasets"])
    reviewed = [entry["name"] for entry in told["datasets"] if entry["reviewed"]]
    due = SampleItem.objects.filter(sample__dataset__name__in=reviewed)
    assert QueueItem.objects.exclude(decided_at=None).count() == Label.objects.count() == due.count() > 100
    # What is not reviewed comes first for whoever tries the demo.
    item = claim_next(project=project, by=User.objects.get(email="reviewer@winnow.example"))
    assert item and item.example.dataset.name == told["datasets"][0]["name"] not in reviewed
    claims_release(project=project, by=User.objects.get(email="reviewer@winnow.example"))
    # The colleague says what is so: every reason given is that of a planted fault.
    faults = load_demo.demo_faults()
    for label in Label.objects.select_related("example__source_import"):
        source = label.example.source_import
        assert source
        reason = faults.get((source.name, label.example.line_number or 0))
        assert label.reasons == ([reason] if reason else [])
    assert not QueueItem.objects.open().exclude(claimed_by=None).exists()
    assert not any(user.has_usable_password() for user in User.objects.all())
    assert (
        Membership.objects.filter(role="reviewer").order_by("pk")[0].user.email == "reviewer@winnow.example"
    )
    counts = [model.objects.count() for model in (Example, LineError, Job, User, Label, Membership)]
    out = StringIO()
    call_command("load_demo", stdout=out)
    assert out.getvalue() == ""
    assert counts == [model.objects.count() for model in (Example, LineError, Job, User, Label, Membership)]


def test_a_demo_that_was_half_loaded_is_completed(tmp_path: Path) -> None:
    call_command("load_demo", stdout=StringIO())
    Dataset.objects.filter(name="Kitchen").update(name="Somebody's", slug="somebodys")
    call_command("load_demo", stdout=StringIO())
    assert Dataset.objects.count() == len(demo()["datasets"]) + 1
    assert Project.objects.count() == 1
