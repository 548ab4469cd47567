"""A release in the order of scores, and one of a selection."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from annotate.models import Dataset, Example, Project
from annotate.services.examples import example_submit
from jobs.models import Job
from jobs.work import job_work
from review.models import ClassifierVersion, Label, Measurement, Release, Selection
from review.queries.policies import policy_of
from review.queries.releases import release_folder
from review.queries.selected import scorer_now
from review.services.decisions import decision_record
from review.services.releases import DatasetElsewhere, NothingToRelease, NotInOrder, release_create
from tests.cast import Cast, conversation
from tests.review.scene import classifier_version, imported, measure, selected

pytestmark = pytest.mark.django_db
SCORES = (0.2, 0.9, None, 0.5, 0.9, 0.1)

type Make = Callable[..., Release]


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def version(project: Project) -> ClassifierVersion:
    return classifier_version(project, activated_at=timezone.now())


@pytest.fixture
def scored(dataset: Dataset, version: ClassifierVersion, cast: Cast) -> list[Example]:
    """Six approved examples, all but the third with a score by the active version."""
    examples = list(Example.objects.filter(source_import=imported(dataset, len(SCORES))).order_by("pk"))
    for example, score in zip(examples, SCORES, strict=True):
        measure([example], quality=score)
    decision_record(dataset=dataset, verdict="accepted", by=cast.manager)
    return examples


@pytest.fixture
def selection(scored: list[Example], dataset: Dataset, version: ClassifierVersion) -> Selection:
    """The second, fifth, fourth and first example, as a finished selection."""
    return selected(version, [scored[at] for at in (1, 4, 3, 0)])


@pytest.fixture
def make(project: Project) -> Make:
    def make(**asked: Any) -> Release:
        given: dict[str, Any] = {"project": project, "format": "messages", "by": None} | asked
        release = release_create(**given)
        assert release.job
        job_work(release.job.pk)
        release.refresh_from_db()
        assert release.job.state == Job.State.DONE, release.job.error
        return release

    return make


def released(release: Release, examples: list[Example]) -> list[int]:
    """Return which of the examples stand in the release, in its order."""
    places = {example.pk: place for place, example in enumerate(examples)}
    return [places[pk] for pk in release.items.order_by("position").values_list("example", flat=True)]


def stated(release: Release) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((release_folder(release) / "manifest.json").read_bytes())
    return found


def test_lines_stand_best_first_and_those_without_a_score_last(scored: list[Example], make: Make) -> None:
    release = make(best_first=True)
    assert released(release, scored) == [1, 4, 3, 0, 5, 2]
    assert stated(release)["order"] == {"by": "score", "unscored": 1}
    assert released(make(), scored) == [0, 1, 2, 3, 4, 5]


def test_a_score_by_another_version_is_none(scored: list[Example], project: Project, make: Make) -> None:
    old = scorer_now(project, policy_of(project)[1])
    ClassifierVersion.objects.update(retired_at=timezone.now())
    classifier_version(project, 2, activated_at=timezone.now())
    measure(scored[5:], quality=0.3)
    assert Measurement.objects.filter(scorers__contains=[old]).count() == 5
    release = make(best_first=True)
    assert released(release, scored) == [5, 0, 1, 2, 3, 4]
    assert stated(release)["order"] == {"by": "score", "unscored": 5}


def test_nothing_stands_in_the_order_of_scores_that_nobody_gives(scored: list[Example], make: Make) -> None:
    ClassifierVersion.objects.update(retired_at=timezone.now())
    with pytest.raises(NotInOrder, match="No version of the classifier is active"):
        make(best_first=True)


def test_a_release_of_a_selection_takes_what_is_approved_as_it_was_chosen(
    scored: list[Example], selection: Selection, make: Make, cast: Cast
) -> None:
    example_submit(example=scored[4], conversation=conversation("Changed?"), based_on=1, by=cast.manager)
    measure([Example.objects.get(pk=scored[4].pk)])
    decision_record(dataset=scored[0].dataset, verdict="accepted", by=cast.manager)
    Label.objects.create(example=scored[3], revision=1, verdict="bad", reasons=[], by=cast.reviewer)
    Example.objects.filter(pk=scored[0].pk).update(state=Example.State.WITHDRAWN)
    release = make(selection=selection)
    assert released(release, scored) == [1]
    said = stated(release)
    # The withdrawn one counts nowhere: it is no part of its dataset any more.
    assert said["counts"]["held_back"] == {"bad": 1, "edited": 1, "unselected": 2}
    assert said["selection"] == {
        "name": "Best", "public_id": str(selection.public_id), "asked": 4, "chosen": 4, "digest": "d" * 64,
        "classifier": 1, "classifier_digest": f"{1:064}", "spread": 1.0, "topics": 50, "seed": 0, "pool": 5,
        "missing": {"bad": 1, "edited": 1, "gone": 1},
    }  # fmt: skip


def test_a_selection_that_is_whole_misses_nothing(
    scored: list[Example], selection: Selection, make: Make
) -> None:
    release = make(selection=selection, best_first=True)
    assert released(release, scored) == [1, 4, 3, 0]
    assert stated(release)["selection"]["missing"] == {}
    assert stated(release)["counts"]["held_back"] == {"edited": 0, "unselected": 2}
    assert stated(make())["selection"] is None


def test_a_selection_that_cannot_be_released_is_refused(selection: Selection, make: Make) -> None:
    Example.objects.update(revision=2)
    Measurement.objects.update(revision=2)
    with pytest.raises(NothingToRelease, match="Nothing that “Best” chose is approved as it was chosen"):
        make(selection=selection)
    Selection.objects.update(done_at=None)
    selection.refresh_from_db()
    with pytest.raises(NotInOrder, match="“Best” is not made yet"):
        make(selection=selection)
    with pytest.raises(DatasetElsewhere, match="Baking"):
        make(selection=selection, project=Project.objects.get(slug="elsewhere"))
    assert not Release.objects.exists()


def test_the_command_takes_a_selection_in_the_order_of_scores(
    scored: list[Example], selection: Selection, tmp_path: Path
) -> None:
    asked = {"project": "kitchen", "format": "alpaca", "out": tmp_path / "out", "selection": "Best"}
    told = json.loads(call_command("release", **asked, best_first=True))
    assert (told["examples"], Release.objects.get().best_first) == (4, True)
    with pytest.raises(CommandError, match="leave --dataset out"):
        call_command("release", **asked | {"out": tmp_path / "other"}, dataset=["Baking"])
    with pytest.raises(CommandError, match="no finished selection “Worst”"):
        call_command("release", **asked | {"out": tmp_path / "other", "selection": "Worst"})
