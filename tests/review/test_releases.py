"""A release holds exactly what is approved, as it was when it was made, and says so of itself."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import User
from annotate.formats import FORMATS, by_slug, read_record
from annotate.models import Dataset, Example, Project
from annotate.records import Conversation, Turn
from annotate.services.examples import example_submit
from jobs.kinds import KINDS
from jobs.models import Job
from jobs.services import job_cancel
from jobs.work import job_work, part_claim, part_run
from review.manifests import Manifest, verify_manifest
from review.models import EvaluationSet, Label, Measurement, Release, ReleaseItem, SampleItem, SampleStage
from review.policies import DEFAULT_POLICY
from review.queries.releases import release_folder, releases_folder, standings
from review.sampling import population_digest
from review.services import release_finishing, release_freezing, release_writing
from review.services.decisions import decision_record
from review.services.release_writing import frozen_texts, partial_folder
from review.services.releases import (
    DatasetElsewhere,
    FormatUnknown,
    NameTaken,
    NothingToRelease,
    release_create,
)
from tests.cast import Cast, ClientOf, conversation, make_example
from tests.review.scene import imported, in_threads, measure, sampled, words

pytestmark = pytest.mark.django_db
committed = pytest.mark.django_db(transaction=True)  # what other connections see

TOOLS = Conversation(
    (
        Turn("user", "What time is it?"),
        Turn("assistant", "clock()", tag="function_call"),
        Turn("tool", "9:00"),
        Turn("assistant", "Nine."),
    )
)

type Make = Callable[..., Release]


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def approved(dataset: Dataset, cast: Cast) -> list[Example]:
    """Ten kept examples in a dataset that was accepted."""
    source = imported(dataset, 10)
    examples = list(Example.objects.filter(source_import=source).order_by("pk"))
    measure(examples)
    decision_record(dataset=dataset, verdict="accepted", by=cast.manager)
    return examples


@pytest.fixture
def make(project: Project, cast: Cast) -> Make:
    """Make a release to its end in this process."""

    def make(**asked: Any) -> Release:
        release = release_create(**{"project": project, "format": "messages", "by": cast.manager} | asked)
        assert release.job
        job_work(release.job.pk)
        release.refresh_from_db()
        assert release.job.state == Job.State.DONE, release.job.error
        return release

    return make


def lines(release: Release) -> list[dict[str, Any]]:
    data = release.files.get(path__endswith=".jsonl")
    return [
        json.loads(line) for line in (release_folder(release) / data.path).read_text("utf-8").splitlines()
    ]


def manifest(release: Release) -> dict[str, Any]:
    values: dict[str, Any] = json.loads((release_folder(release) / "manifest.json").read_bytes())
    return values


def label(example: Example, by: User, verdict: str) -> None:
    Label.objects.create(example=example, revision=example.revision, verdict=verdict, reasons=[], by=by)


def test_the_file_holds_the_approved_examples_in_their_order(approved: list[Example], make: Make) -> None:
    release = make(name="First of all")
    assert lines(release) == [by_slug("messages").write(example.conversation) for example in approved]
    assert verify_manifest(release_folder(release)) == []
    assert {file.path for file in release.files.all()} == {"first-of-all.jsonl", "README.md", "manifest.json"}
    assert (release.examples, release.done_at is not None) == (10, True)
    assert not partial_folder(release).exists()


@pytest.mark.parametrize("slug", [known.slug for known in FORMATS if known.slug != "text"])
def test_every_format_is_read_back_as_it_was(approved: list[Example], make: Make, slug: str) -> None:
    known = by_slug(slug)
    assert [known.read(line) for line in lines(make(format=slug))] == [
        example.conversation for example in approved
    ]


@pytest.mark.parametrize(
    ("change", "standing"),
    [
        ("bad", "bad"), ("disputed", "disputed"), ("withdrawn", None), ("dropped", "length"),
        ("unmeasured", "unmeasured"), ("good", ""), ("edited", ""),
    ],
)  # fmt: skip
def test_only_approved_examples_leave(
    approved: list[Example], make: Make, dataset: Dataset, cast: Cast, change: str, standing: str | None
) -> None:
    example = approved[3]
    mine = Example.objects.filter(pk=example.pk)
    match change:
        case "bad" | "good":
            label(example, cast.reviewer, change)
        case "disputed":
            label(example, cast.reviewer, "bad")
            label(example, cast.manager, "good")
        case "withdrawn":
            mine.update(state=Example.State.WITHDRAWN)
        case "dropped":
            Measurement.objects.filter(example=example).update(tokens=1)
        case "unmeasured":
            mine.update(revision=2)
        case "edited":
            label(example, cast.reviewer, "bad")
            mine.update(revision=2, edited_at=timezone.now())
            Measurement.objects.filter(example=example).update(revision=2)
    release = make()
    assert (example.pk in release.items.values_list("example", flat=True)) == (standing == "")
    counts = manifest(release)["counts"]
    assert counts["examples"] == len(lines(release)) == (10 if standing == "" else 9)
    others = {**counts["dropped"], **counts["held_back"]}
    assert {slug: count for slug, count in others.items() if count} == ({standing: 1} if standing else {})


def test_without_acceptance_only_what_is_labelled_good_leaves(
    dataset: Dataset, make: Make, cast: Cast
) -> None:
    sampled(dataset, 5)
    example = Example.objects.order_by("pk")[2]
    label(example, cast.reviewer, "good")
    release = make()
    assert lines(release) == [by_slug("messages").write(example.conversation)]
    assert manifest(release)["counts"]["held_back"] == {"undecided": 4}


def test_an_acceptance_covers_what_was_there(
    approved: list[Example], dataset: Dataset, make: Make, cast: Cast
) -> None:
    later = imported(dataset, 2)
    measure(Example.objects.filter(source_import=later))
    written = make_example(dataset, author=cast.annotator)
    measure([written])
    release = make()
    assert (release.examples, manifest(release)["counts"]["held_back"]) == (10, {"undecided": 3})
    decision_record(dataset=dataset, verdict="accepted", by=cast.manager)
    assert make().examples == 13


def test_a_later_hold_takes_the_acceptance_back(
    approved: list[Example], dataset: Dataset, make: Make, cast: Cast
) -> None:
    decision_record(dataset=dataset, verdict="held", by=cast.manager)
    with pytest.raises(NothingToRelease, match="No dataset is accepted yet"):
        make()


def test_a_release_can_be_of_some_datasets(
    approved: list[Example], project: Project, make: Make, cast: Cast
) -> None:
    other = Dataset.objects.create(
        project=project, name="Soups", slug="soups", source="scraped", licence="CC0-1.0"
    )
    measure(Example.objects.filter(source_import=imported(other, 2)))
    decision_record(dataset=other, verdict="accepted", by=cast.manager)
    some = manifest(make(datasets=[other]))
    assert (some["counts"]["by_dataset"], some["counts"]["by_source"]) == ({"soups": 2}, {"scraped": 2})
    assert some["datasets"] == [
        {"dataset": "soups", "name": "Soups", "source": "scraped", "licence": "CC0-1.0", "origin": ""}
    ]
    assert manifest(make())["counts"]["by_dataset"] == {"baking": 10, "soups": 2}


def test_the_manifest_says_how_it_was_chosen(
    dataset: Dataset, project: Project, make: Make, cast: Cast
) -> None:
    sample = sampled(dataset, 70)
    label(Example.objects.order_by("pk")[0], cast.reviewer, "good")
    some = SampleItem.objects.order_by("key").values("pk")
    SampleItem.objects.filter(pk__in=some[:5]).update(outcome="good", revision=1, outcome_at=timezone.now())
    decision = decision_record(dataset=dataset, verdict="accepted", note="fine", by=cast.manager)
    release = make(name="spring")
    said = manifest(release)
    ids = Example.objects.values_list("public_id", flat=True)
    assert (said["release"], said["project"], said["format"]) == ("spring", "kitchen", "messages")
    assert said["policy"] == {"version": 1, **DEFAULT_POLICY.to_json()}
    assert said["example_ids_digest"] == population_digest(ids) == sample.population_digest
    (proof,) = said["samples"]
    assert (proof["seed"], proof["bound"]) == (bytes(sample.seed).hex(), bytes(sample.bound).hex())
    assert (proof["size"], proof["population"], proof["dataset"]) == (60, 70, "baking")
    assert (proof["reviewed"], proof["kept"], proof["disputed"], proof["gone"]) == (5, 70, 0, 0)
    assert proof["exact_low"] == 0 < proof["upper"] < proof["exact_high"] < 1
    (stage,) = sample.stages.all()
    assert proof["draws"] == [{
        "number": 1, "size": 60, "population": 70, "population_digest": stage.population_digest,
        "bound": bytes(stage.bound).hex(), "drawn_at": stage.created_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }]  # fmt: skip
    (decided,) = said["decisions"]
    assert (decided["by"], decided["note"]) == (cast.manager.pseudonym, "fine")
    assert decided["at"] == decision.at.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert (
        Manifest.from_dict(release.manifest).to_bytes()
        == (release_folder(release) / "manifest.json").read_bytes()
    )


def test_the_seed_of_a_dataset_that_is_not_decided_leaves_in_no_release(
    dataset: Dataset, make: Make, cast: Cast
) -> None:
    sample = sampled(dataset, 3)
    label(Example.objects.order_by("pk")[0], cast.reviewer, "good")
    seed = bytes(sample.seed)

    def proof(name: str) -> dict[str, Any]:
        found: dict[str, Any] = manifest(make(name=name))["samples"][0]
        return found

    for number, verdict in enumerate((None, "held", "accepted")):
        if verdict:
            decision_record(dataset=dataset, verdict=verdict, by=cast.manager)
        stated = proof(f"release {number}")
        assert stated["seed"] == (seed.hex() if verdict == "accepted" else "")
        assert stated["seed_digest"] == hashlib.sha256(seed).hexdigest()
    SampleStage.objects.create(
        sample=sample,
        number=2,
        bound=b"\xff" * 32,
        size=3,
        population=3,
        population_digest="",
        policy=sample.policy,
    )
    assert proof("drawn since")["seed"] == ""


def test_people_appear_by_pseudonym_only(approved: list[Example], make: Make, cast: Cast) -> None:
    label(approved[0], cast.reviewer, "good")
    folder = release_folder(make())
    text = "".join(path.read_text("utf-8") for path in folder.iterdir())
    for person in (cast.manager, cast.reviewer, cast.annotator):
        assert person.email not in text
        assert person.display_name not in text


def test_an_edit_after_the_freeze_changes_nothing(approved: list[Example], make: Make, cast: Cast) -> None:
    release = make()
    before = list(frozen_texts(release, 0))
    example_submit(example=approved[4], conversation=conversation("Changed?"), based_on=1, by=cast.manager)
    example_submit(example=approved[4], conversation=conversation("Again?"), based_on=2, by=cast.manager)
    assert list(frozen_texts(release, 0)) == before
    assert before[4] == (5, approved[4].turns, approved[4].metadata)


def test_an_edit_between_freeze_and_writing_is_not_released(
    approved: list[Example], make: Make, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def edit(name: str) -> None:
        if name == "release.after_freeze":
            example_submit(
                example=approved[0], conversation=conversation("Changed?"), based_on=1, by=cast.manager
            )

    monkeypatch.setattr(release_writing, "failpoint", edit)
    assert lines(make())[0] == by_slug("messages").write(approved[0].conversation)


def test_what_a_format_loses_is_counted(dataset: Dataset, make: Make, cast: Cast) -> None:
    source = imported(dataset, 3)
    extra = Conversation((Turn("user", "Why?", extra={"id": 1}), Turn("assistant", "So.")))
    Example.objects.filter(source_import=source, line_number=2).update(turns=extra.as_json())
    Example.objects.filter(source_import=source, line_number=3).update(turns=TOOLS.as_json())
    measure(Example.objects.all())
    decision_record(dataset=dataset, verdict="accepted", by=cast.manager)
    release = make(format="alpaca")
    counts = manifest(release)["counts"]
    assert counts["lossy"] == dict.fromkeys(by_slug("alpaca").loses(extra), 1)
    assert counts["left_out"] == {"Alpaca has no place for tool turns.": 1}
    assert counts["examples"] == release.examples == len(lines(release)) == release.items.count() == 2
    assert counts["by_dataset"] == {"baking": 2}


def test_a_text_leaves_as_a_text_and_in_no_other_format(dataset: Dataset, make: Make, cast: Cast) -> None:
    source = imported(dataset, 2)
    text = read_record({"id": "t1", "text": "Bread rises."})
    Example.objects.filter(source_import=source, line_number=2).update(
        turns=text.as_json(), metadata=text.metadata
    )
    measure(Example.objects.all())
    decision_record(dataset=dataset, verdict="accepted", by=cast.manager)
    release = make(format="text")
    assert lines(release) == [{"text": "Bread rises.", "id": "t1"}]
    assert manifest(release)["counts"]["left_out"] == {"Text holds one text and no conversation.": 1}
    others = [make(format=known.slug) for known in FORMATS if known.slug != "text"]
    assert [(len(lines(other)), len(manifest(other)["counts"]["left_out"])) for other in others] == [
        (1, 1)
    ] * 4


def test_many_different_losses_are_summed_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(release_writing, "SENTENCES", 2)
    counts: dict[str, int] = {}
    for sentence in ("a", "b", "c", "a", "d"):
        release_writing._count(counts, sentence)
    assert counts == {"a": 2, "b": 1, "Other losses.": 2}


def test_names_count_up_and_are_taken_once(approved: list[Example], make: Make) -> None:
    assert [make().name, make().name] == ["release-1", "release-2"]
    assert make(name="release-4").name == "release-4"
    assert make().name == "release-5"
    with pytest.raises(NameTaken, match="release-1"):
        make(name=" release-1 ")


@committed
def test_releases_at_once_have_names_of_their_own(approved: list[Example], project: Project) -> None:
    made = in_threads([lambda: release_create(project=project, format="alpaca", by=None)] * 4)
    assert sorted(release.name for release in made) == ["release-1", "release-2", "release-3", "release-4"]


def test_an_unknown_format_and_a_strange_dataset_are_refused(approved: list[Example], make: Make) -> None:
    with pytest.raises(FormatUnknown, match="alpaca, sharegpt, messages"):
        make(format="parquet")
    strange = Dataset.objects.create(
        project=Project.objects.get(slug="elsewhere"), name="Strange", slug="strange"
    )
    with pytest.raises(DatasetElsewhere, match="Strange"):
        make(datasets=[strange])
    assert not Release.objects.exists()


@pytest.mark.parametrize(
    ("situation", "reason"),
    [
        ("empty", "There is nothing in these datasets yet"),
        ("unscreened", "Nothing is screened yet"),
        ("dropped", "The limits keep nothing"),
        ("undecided", "No dataset is accepted yet"),
        ("bad", "Everything that the limits keep is labelled bad"),
    ],
)
def test_an_empty_release_says_why(
    dataset: Dataset, make: Make, cast: Cast, situation: str, reason: str
) -> None:
    if situation != "empty":
        imported(dataset, 1)
    if situation not in ("empty", "unscreened"):
        measure(Example.objects.all(), tokens=1 if situation == "dropped" else 100)
    if situation == "bad":
        label(Example.objects.get(), cast.reviewer, "bad")
    with pytest.raises(NothingToRelease, match=reason):
        make()


class Stopped(Exception):
    """Stands for the end of the worker."""


def stop_at(monkeypatch: pytest.MonkeyPatch, place: str, *, passes: int = 0) -> None:
    """Have the code end at a named place as a killed worker would, after going on `passes` times."""
    seen: list[str] = []

    def failpoint(name: str) -> None:
        if name == place:
            seen.append(name)
            if len(seen) == passes + 1:
                raise Stopped

    monkeypatch.setattr(release_writing, "failpoint", failpoint)
    monkeypatch.setattr(release_finishing, "failpoint", failpoint)


PLACES = (
    "release.after_freeze",
    "release.before_checkpoint",
    "release.after_checkpoint",
    "release.before_rename",
    "release.after_rename",
)


@pytest.mark.parametrize("place", PLACES)
def test_a_release_that_was_stopped_goes_on_to_the_same_bytes(
    approved: list[Example], make: Make, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setattr(release_writing, "CHUNK", 3)
    whole = make(name="same")
    expected = {path.name: path.read_bytes() for path in release_folder(whole).iterdir()}
    Release.objects.filter(pk=whole.pk).update(name="other")
    stop_at(monkeypatch, place, passes=1 if "checkpoint" in place else 0)
    stopped = make(name="same")
    got = {path.name: path.read_bytes() for path in release_folder(stopped).iterdir()}
    when = [json.loads(text["manifest.json"]).pop("created_at") for text in (expected, got)]
    assert got["manifest.json"].replace(when[1].encode(), when[0].encode()) == expected["manifest.json"]
    assert got["same.jsonl"] == expected["same.jsonl"]
    assert got["README.md"] == expected["README.md"]
    assert stopped.items.count() == 10
    assert stopped.files.count() == 3


def test_a_release_brings_its_card_and_its_page_shows_it(
    approved: list[Example], make: Make, dataset: Dataset, client_of: ClientOf
) -> None:
    Dataset.objects.filter(pk=dataset.pk).update(name="<b>Bread</b> | rolls", licence="MIT")
    Measurement.objects.filter(example__in=approved[:3]).update(language="en")
    release = make()
    card = (release_folder(release) / "README.md").read_text("utf-8")
    stated = manifest(release)
    assert stated["counts"]["by_language"] == {"en": 3, "und": 7}
    assert "license: mit" in card
    assert f"{stated['files'][0]['sha256']}  release-1.jsonl" in card
    listed = release.files.get(path="README.md")
    assert stated["files"][1] == {
        "path": "README.md", "sha256": listed.sha256, "examples": 0, "bytes": listed.size,
    }  # fmt: skip
    assert listed.sha256 == hashlib.sha256(card.encode()).hexdigest()
    page = client_of("reviewer").get(f"/p/kitchen/releases/{release.public_id}/").content.decode()
    assert "<td>&lt;b&gt;Bread&lt;/b&gt; | rolls</td>" in page
    assert "pretty_name" not in page
    (release_folder(release) / "README.md").write_text(card.replace("10 examples", "11 examples"))
    (problem,) = verify_manifest(release_folder(release))
    assert problem.startswith("README.md is not the file that was released")


def test_bytes_behind_the_checkpoint_are_cut_off(
    approved: list[Example], project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release_writing, "CHUNK", 3)
    release = release_create(project=project, format="messages", by=None)
    assert release.job
    stop_at(monkeypatch, "release.after_checkpoint")
    part = part_claim(release.job.pk)
    assert part
    part_run(part)
    half = partial_folder(release) / "release-1.jsonl"
    with half.open("ab") as file:
        file.write(b'{"half a line' * 10_000)
    job_work(release.job.pk)
    assert len(lines(release)) == 10
    assert verify_manifest(release_folder(release)) == []


def test_a_half_written_file_that_is_gone_fails_the_release(
    approved: list[Example], project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(release_writing, "CHUNK", 3)
    release = release_create(project=project, format="messages", by=None)
    assert release.job
    stop_at(monkeypatch, "release.after_checkpoint")
    part = part_claim(release.job.pk)
    assert part
    part_run(part)
    (partial_folder(release) / "release-1.jsonl").unlink()
    job_work(release.job.pk)
    release.job.refresh_from_db()
    assert (release.job.state, release.job.error) == (
        Job.State.FAILED, "The half-written file is gone or was cut short. Make the release again."
    )  # fmt: skip
    assert not ReleaseItem.objects.exists()


def test_a_cancelled_release_leaves_no_files(approved: list[Example], project: Project) -> None:
    release = release_create(project=project, format="messages", by=None)
    assert release.job
    partial_folder(release).mkdir(parents=True)
    job_cancel(job=release.job, by="somebody")
    assert list(releases_folder().iterdir()) == []
    assert Release.objects.get().done_at is None


@committed
def test_the_freeze_sees_one_moment(
    approved: list[Example], make: Make, cast: Cast, dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    freeze = release_freezing._items_freeze

    def then_label(*asked: Any) -> int:
        count = freeze(*asked)
        in_threads([lambda: label(approved[0], cast.reviewer, "bad")])
        in_threads([lambda: decision_record(dataset=dataset, verdict="rejected", by=None)])
        return count

    monkeypatch.setattr(release_freezing, "_items_freeze", then_label)
    said = manifest(make())
    assert (said["counts"]["examples"], said["counts"]["held_back"]) == (10, {})
    assert [decision["decision"] for decision in said["decisions"]] == ["accepted"]
    assert standings([dataset], DEFAULT_POLICY) == {"bad": 1, "undecided": 9}


@pytest.mark.parametrize(
    ("role", "sees", "cancels"),
    [
        ("manager", True, True),
        ("reviewer", True, False),
        ("annotator", False, False),
        ("outsider", False, False),
    ],
)
def test_who_sees_and_stops_a_release(
    approved: list[Example], project: Project, cast: Cast, role: str, sees: bool, cancels: bool
) -> None:
    release = release_create(project=project, format="messages", by=None)
    kind, job = KINDS["release"], release.job
    assert job
    assert (kind.may_see(cast[role], job), kind.may_cancel(cast[role], job)) == (sees, cancels)
    assert kind.page(job) == f"/p/kitchen/releases/{release.public_id}/"


def test_what_a_model_will_be_tested_on_is_named(
    approved: list[Example], dataset: Dataset, make: Make, client_of: ClientOf
) -> None:
    held_out = EvaluationSet.objects.create(project=dataset.project, name="Exam", sha256="a" * 64, count=20)
    told = {"contamination": [{"set": "Exam", "item": 4, "overlap": 1.0, "how": "whole"}]}
    measure(approved[1:])  # by today's sets
    measure(approved[:2], contamination=1.0, details=told)
    Measurement.objects.filter(example=approved[0]).update(ruling=1)  # a manager keeps this one all the same
    Measurement.objects.filter(example=approved[2]).update(scorers=[])
    page = words(client_of("manager").get("/p/kitchen/releases/"))
    assert "1 example has not been compared with the evaluation sets of today." in page
    assert f"{approved[0]} Exam, item 4: 100 %" in page
    stated = make().manifest["contamination"]
    assert stated["sets"] == [{"name": "Exam", "sha256": held_out.sha256, "items": 20}]
    assert stated["unchecked"] == 1
    assert stated["found"] == [
        {"example": str(approved[0].public_id), "set": "Exam", "item": 4, "overlap": 1.0, "how": "whole"}
    ]
    assert make(name="again").manifest["counts"]["dropped"]["contamination"] == 1
