"""A selection is chosen from what would be released, is the same however often it is stopped, and never changes."""

import json
from collections import Counter
from collections.abc import Iterable
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from annotate.models import Dataset, Example, Project
from annotate.services.examples import example_submit
from jobs.kinds import KINDS
from jobs.models import Job
from jobs.services import job_cancel
from jobs.work import job_work, part_claim, part_run
from review.models import ClassifierVersion, ClusterMember, DuplicateCluster, Label, Measurement, Selection
from review.quality.spread import best_spread, digest_of
from review.queries.policies import policy_of
from review.services import selection_making
from review.services.decisions import decision_record
from review.services.policies import policy_save
from review.services.releases import release_create
from review.services.score_limits import with_minimum
from review.services.selection_files import GONE, TOPICS, selection_folder
from review.services.selections import (
    NameUsed,
    NothingToSelect,
    StillUsed,
    selection_create,
    selection_delete,
)
from tests.cast import Cast, conversation
from tests.review.quality.test_picks import ABOUT, CONVERSATIONS
from tests.review.scene import classifier_version, done, imported, measure

pytestmark = pytest.mark.django_db
COUNT = 60
SCORES = np.random.default_rng(3).permutation(COUNT) / COUNT


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def version(project: Project) -> ClassifierVersion:
    return classifier_version(project, activated_at=timezone.now())


def filled(dataset: Dataset, rows: Iterable[int] = range(COUNT)) -> list[Example]:
    """Store scored texts about four subjects in this order, each under the public id of its number."""
    source = imported(dataset, 0)
    Example.objects.bulk_create(
        Example(
            dataset=dataset, source_import=source, line_number=line, turns=CONVERSATIONS[row].as_json(),
            content_hash=CONVERSATIONS[row].content_hash(), public_id=UUID(int=row + 1),
        )
        for line, row in enumerate(rows, start=1)
    )  # fmt: skip
    measure(Example.objects.filter(source_import=source))
    found = list(Measurement.objects.filter(dataset=dataset).select_related("example"))
    for each in found:
        each.quality = SCORES[each.example.public_id.int - 1]
    Measurement.objects.bulk_update(found, ["quality"])
    decision_record(dataset=dataset, verdict="accepted", by=None)
    return list(Example.objects.filter(source_import=source).order_by("public_id"))


@pytest.fixture
def pool(dataset: Dataset, version: ClassifierVersion) -> list[Example]:
    return filled(dataset)


def asked(dataset: Dataset, **more: Any) -> Selection:
    given: dict[str, Any] = {"size": 12, "topics": 4, "by": None, "datasets": [dataset]} | more
    return selection_create(project=dataset.project, **given)


def made(dataset: Dataset, **more: Any) -> Selection:
    selection = asked(dataset, **more)
    assert selection.job
    done(selection.job)
    selection.refresh_from_db()
    return selection


def numbers(selection: Selection) -> list[int]:
    """Return which of the texts were chosen, in the order of choice."""
    ids = selection.items.order_by("position").values_list("example__public_id", flat=True)
    return [each.int - 1 for each in ids]


def test_the_best_of_every_topic_are_chosen(pool: list[Example], dataset: Dataset) -> None:
    selection = made(dataset)
    assert (selection.pool, selection.examples, selection.alike, selection.unscored) == (COUNT, 12, 0, 0)
    assert selection.done_at
    chosen = numbers(selection)
    assert Counter(ABOUT[row] for row in chosen) == dict.fromkeys(("bread", "chess", "rain", "tax"), 3)
    for subject in ("bread", "chess", "rain", "tax"):
        own = sorted((row for row in range(COUNT) if ABOUT[row] == subject), key=lambda row: -SCORES[row])
        assert [row for row in chosen if ABOUT[row] == subject] == own[:3]
    assert selection.digest == digest_of(str(UUID(int=row + 1)) for row in chosen)
    first = selection.items.get(position=1)
    assert (first.revision, first.score, first.example_id) == (1, SCORES[chosen[0]], pool[chosen[0]].pk)


def test_the_profile_tells_topics_and_scores_of_the_pool_and_of_the_chosen(
    pool: list[Example], dataset: Dataset
) -> None:
    profile = made(dataset).profile
    assert [(topic["pool"], topic["chosen"]) for topic in profile["topics"]] == [(15, 3)] * 4
    assert {len(topic["words"]) for topic in profile["topics"]} == {3}
    assert [sum(profile["scores"][name]) for name in ("pool", "chosen")] == [COUNT, 12]
    assert len(profile["scores"]["pool"]) == 20


def test_without_spread_quality_alone_decides(pool: list[Example], dataset: Dataset) -> None:
    assert numbers(made(dataset, spread=0.0)) == np.argsort(-SCORES)[:12].tolist()


def test_only_what_would_be_released_and_is_scored_is_chosen(
    pool: list[Example], dataset: Dataset, cast: Cast
) -> None:
    best = np.argsort(-SCORES)[:4].tolist()
    Label.objects.create(example=pool[best[0]], revision=1, verdict="bad", reasons=[], by=cast.reviewer)
    measure([pool[best[1]]], quality=None)
    measure([pool[best[2]]], quality=1.0, scorers=[])
    selection = made(dataset, size=100)
    assert not {*best[:3]} & {*numbers(selection)}
    assert (selection.pool, selection.examples, selection.unscored) == (57, 57, 2)


def test_of_near_duplicates_the_best_is_chosen(
    pool: list[Example], dataset: Dataset, project: Project
) -> None:
    for kind, rows in (("near", (0, 1)), ("semantic", (1, 2)), ("exact", (4, 5))):
        cluster = DuplicateCluster.objects.create(project=project, kind=kind, keeper=pool[rows[0]], size=2)
        for row in rows:
            ClusterMember.objects.create(
                cluster=cluster, kind=kind, example=pool[row], revision=1 + (row == 5), similarity=0.9
            )
    selection = made(dataset, size=100)
    assert (selection.examples, selection.alike) == (58, 2)
    # The cluster of 4 and 5 speaks of a text that 5 does not have.
    assert {0, 1, 2, 4, 5} & {*numbers(selection)} == {max(range(3), key=SCORES.__getitem__), 4, 5}


def test_the_order_in_which_examples_came_changes_nothing(
    dataset: Dataset, version: ClassifierVersion
) -> None:
    digests = set()
    for order in (range(COUNT), np.random.default_rng(8).permutation(COUNT).tolist()):
        filled(dataset, order)
        selection = made(dataset, seed=4)
        digests.add(selection.digest)
        selection_delete(selection=selection)
        Example.objects.all().delete()
    assert len(digests) == 1


def test_the_seed_settles_ties_only(pool: list[Example], dataset: Dataset) -> None:
    measure(pool, quality=0.5)
    digests = {made(dataset, seed=seed).digest for seed in (1, 1, 2)}
    assert len(digests) == 2


class Stopped(Exception):
    """Stands for the end of the worker."""


def stop_at(monkeypatch: pytest.MonkeyPatch, place: str) -> list[str]:
    """Have the code end at a named place, once, as a killed worker would; return the places passed."""
    seen: list[str] = []

    def failpoint(name: str) -> None:
        seen.append(name)
        if name == place and seen.count(name) == 1:
            raise Stopped

    monkeypatch.setattr(selection_making, "failpoint", failpoint)
    return seen


@pytest.mark.parametrize(
    "place", ["after_freeze", "after_topics", "before_checkpoint", "after_checkpoint", "before_commit"]
)
def test_a_selection_that_was_stopped_ends_with_the_same(
    pool: list[Example], dataset: Dataset, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    monkeypatch.setattr(selection_making, "CHUNK", 25)
    whole = made(dataset)
    seen = stop_at(monkeypatch, f"selection.{place}")
    stopped = made(dataset)
    assert (stopped.digest, stopped.profile) == (whole.digest, whole.profile)
    assert numbers(stopped) == numbers(whole)
    assert seen.count("selection.after_freeze") == seen.count("selection.after_topics") == 1
    assert not selection_folder(stopped).exists()


def test_what_is_edited_meanwhile_is_chosen_as_it_was(
    pool: list[Example], dataset: Dataset, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = made(dataset)

    def edit(name: str) -> None:
        if name == "selection.after_freeze":
            for row in numbers(expected)[:2]:
                example_submit(
                    example=pool[row], conversation=conversation("Changed?"), based_on=1, by=cast.manager
                )

    monkeypatch.setattr(selection_making, "failpoint", edit)
    selection = made(dataset)
    assert selection.digest == expected.digest
    assert {*selection.items.values_list("revision", flat=True)} == {1}


def test_the_policy_that_holds_when_it_begins_decides_and_is_named(
    pool: list[Example], dataset: Dataset, project: Project
) -> None:
    selection = asked(dataset, size=100)
    version, policy = policy_of(project)
    assert version
    policy_save(project=project, policy=with_minimum(policy, 0.5), by=None)
    assert selection.job
    done(selection.job)
    selection.refresh_from_db()
    assert (selection.policy_version, selection.examples) == (version.version + 1, int((SCORES >= 0.5).sum()))


def test_a_version_that_is_retired_meanwhile_fails_it(pool: list[Example], dataset: Dataset) -> None:
    selection = asked(dataset)
    ClassifierVersion.objects.update(retired_at=timezone.now())
    assert failure(selection) == "Version 1 of the classifier is not active any more."
    assert not selection.items.exists()
    assert selection.done_at is None


def test_files_that_are_gone_fail_it(
    pool: list[Example], dataset: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    stop_at(monkeypatch, "selection.after_topics")
    selection = asked(dataset)
    assert selection.job
    part = part_claim(selection.job.pk)
    assert part
    part_run(part)
    (selection_folder(selection) / TOPICS).write_bytes(b"PK, but no archive")
    assert failure(selection) == GONE
    assert not selection_folder(selection).exists()


def failure(selection: Selection) -> str:
    assert selection.job
    job_work(selection.job.pk)
    selection.job.refresh_from_db()
    assert selection.job.state == Job.State.FAILED
    return selection.job.error


def test_a_cancelled_one_leaves_nothing_and_can_be_deleted(pool: list[Example], dataset: Dataset) -> None:
    selection = asked(dataset)
    with pytest.raises(StillUsed, match="being made"):
        selection_delete(selection=selection)
    assert selection.job
    job_cancel(job=selection.job, by="somebody")
    selection_delete(selection=selection)
    assert not Selection.objects.exists()


def test_one_that_was_released_stays(pool: list[Example], dataset: Dataset) -> None:
    selection = made(dataset)
    release_create(project=dataset.project, format="messages", by=None, name="spring", selection=selection)
    with pytest.raises(StillUsed, match="“spring” is of this selection"):
        selection_delete(selection=selection)


def test_names_are_taken_once_and_found_where_none_is_given(pool: list[Example], dataset: Dataset) -> None:
    assert [asked(dataset).name, asked(dataset).name] == ["best-12", "best-12-2"]
    assert asked(dataset, name=" Few ").name == "Few"
    with pytest.raises(NameUsed, match="“Few”"):
        asked(dataset, name="Few")


@pytest.mark.parametrize(
    ("situation", "reason"),
    [
        ("no version", "No version of the classifier is active"),
        ("not accepted", "Nothing of these datasets would be released now"),
        ("no scores", "Nothing that would be released has a score by version 1 yet"),
    ],
)
def test_where_there_is_nothing_to_choose_from_it_says_why(
    pool: list[Example], dataset: Dataset, situation: str, reason: str
) -> None:
    match situation:
        case "no version":
            ClassifierVersion.objects.update(retired_at=timezone.now())
        case "not accepted":
            decision_record(dataset=dataset, verdict="held", by=None)
        case "no scores":
            measure(pool, quality=None)
    with pytest.raises(NothingToSelect, match=reason):
        asked(dataset)
    assert not Selection.objects.exists()


def test_sizes_that_cannot_be_are_refused(pool: list[Example], dataset: Dataset) -> None:
    wrong: list[dict[str, Any]] = [
        {"size": 0},
        {"topics": 0},
        {"spread": -1.0},
        {"spread": 21.0},
        {"seed": -1},
    ]
    for each in wrong:
        with pytest.raises(ValueError, match="no selection"):
            asked(dataset, **each)
    elsewhere = Project.objects.create(name="Elsewhere", slug="elsewhere")
    with pytest.raises(ValueError, match="another project"):
        selection_create(project=elsewhere, size=1, by=None, datasets=[dataset])


def test_who_sees_and_stops_one(pool: list[Example], dataset: Dataset, cast: Cast) -> None:
    job, kind = asked(dataset).job, KINDS["make-selection"]
    assert job
    found = {
        role: (kind.may_see(cast[role], job), kind.may_cancel(cast[role], job))
        for role in ("manager", "reviewer", "annotator", "outsider")
    }
    assert found == {
        "manager": (True, True), "reviewer": (True, False), "annotator": (False, False),
        "outsider": (False, False),
    }  # fmt: skip
    selection = Selection.objects.get()
    assert kind.page(job) == f"/p/kitchen/selections/{selection.public_id}/"


def test_as_diverse_as_can_be_is_a_number() -> None:
    ids = [f"id {row}" for row in range(2_000)]
    topics = np.zeros(2_000, np.int64)
    found = best_spread(ids, np.full(2_000, 0.5), np.full(2_000, -1), topics, 2_000, spread=20.0)
    assert bool(np.isfinite(found.value).all() and (found.value > 0).all())


def verified() -> tuple[dict[str, Any], str]:
    """Return what the command prints, and how it fails."""
    out, failed = StringIO(), ""
    try:
        call_command("verify_selection", "best-12", "--project", "kitchen", stdout=out)
    except CommandError as error:
        failed = str(error)
    return json.loads(out.getvalue()), failed


def test_made_again_it_is_the_same_until_something_changes(
    pool: list[Example], dataset: Dataset, cast: Cast
) -> None:
    selection = made(dataset)
    told, failed = verified()
    assert (told["same"], told["digest"], told["both"], failed) == (True, selection.digest, 12, "")
    first, second, third, *_ = numbers(selection)
    example_submit(example=pool[first], conversation=conversation("Changed?"), based_on=1, by=cast.manager)
    Label.objects.create(example=pool[second], revision=1, verdict="bad", reasons=[], by=cast.reviewer)
    Measurement.objects.filter(example=pool[third]).update(scorers=[])
    told, failed = verified()
    assert (told["same"], told["both"], told["chosen"], told["pool"]) == (False, 9, 12, 57)
    assert (told["missing"], told["unscored"]) == ({"bad": 1, "unmeasured": 1}, 1)
    assert failed == "It comes out otherwise now: 9 of 12 would be chosen again."
    assert selection.items.count() == 12
