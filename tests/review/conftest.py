"""What the tests of review's pages share: a release that is done with its files, and a sample labelled twice."""

import hashlib
import json
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from annotate.models import Dataset, Example, Membership, Project
from review.models import Release, ReleaseFile, ReviewRules, Sample
from review.services.second_looks import second_looks_fill
from tests.cast import Cast, ClientOf
from tests.review.doubts import doubting
from tests.review.people import say
from tests.review.scene import queue_of, sampled

LINES = b'{"instruction": "Why?", "output": "Because."}\n'


@pytest.fixture
def released(dataset: Dataset, settings: object, tmp_path: Path) -> Release:
    """A finished release of one line, as the job leaves it."""
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    release = Release.objects.create(
        project=dataset.project, name="Kitchen", format="alpaca", examples=1, done_at=timezone.now(),
        manifest=stated(dataset),
    )  # fmt: skip
    release.datasets.add(dataset)
    folder = tmp_path / "releases" / str(release.public_id)
    folder.mkdir(parents=True)
    for name, content, examples in (
        ("kitchen.jsonl", LINES, 1),
        ("manifest.json", json.dumps(release.manifest).encode(), 0),
    ):
        (folder / name).write_bytes(content)
        sha256 = hashlib.sha256(content).hexdigest()
        ReleaseFile.objects.create(
            release=release, path=name, sha256=sha256, size=len(content), examples=examples
        )
    return release


def stated(dataset: Dataset) -> dict[str, object]:
    """Return a manifest as a finished release has it."""
    counts = {
        "examples": 1, "by_dataset": {dataset.slug: 1}, "by_source": {dataset.source: 1},
        "dropped": {"length": 4}, "held_back": {"bad": 2, "undecided": 0}, "left_out": {},
        "lossy": {"The tag of a turn.": 3},
    }  # fmt: skip
    return {
        "manifest": 1, "winnow": "0.1.0", "release": "Kitchen", "project": dataset.project.slug,
        "format": "alpaca", "created_at": "2026-11-20T14:00:00Z", "counts": counts,
        "policy": {"version": 3, "limits": []},
        "datasets": [{
            "dataset": dataset.slug, "name": dataset.name, "source": "human", "licence": "MIT", "origin": "",
        }],
        "samples": [{
            "dataset": dataset.slug, "size": 60, "reviewed": 60, "bad": 3,
            "share": 0.05, "low": 0.0171, "high": 0.137,
        }],
        "decisions": [{
            "dataset": dataset.slug, "decision": "accepted", "by": "Green Heron", "at": "", "note": "Good.",
        }],
        "files": [], "example_ids_digest": "ab" * 32,
    }  # fmt: skip


@pytest.fixture
def manager(client_of: ClientOf) -> Client:
    return client_of("manager")


@pytest.fixture
def second(project: Project, cast: Cast) -> User:
    person = User.objects.create_user("second@winnow.example", display_name="=Second")
    Membership.objects.create(project=project, user=person, role="reviewer")
    return person


@pytest.fixture
def twice(dataset: Dataset, project: Project, cast: Cast, second: User) -> Sample:
    """Five examples that both label: one says good, good, bad, bad, good; the other bad, good, bad, good, good."""
    found = sampled(dataset, 5, overlap=1.0)
    ReviewRules.objects.update(gold_rate=0.0)
    say(project, cast.reviewer, "good", "good", "bad", "bad", "good", seconds=30.0)
    say(project, second, "bad", "good", "bad", "good", "good", seconds=10.0)
    return found


@pytest.fixture
def examples(dataset: Dataset, project: Project, cast: Cast) -> list[Example]:
    """Six sampled examples that the reviewer labels: good, bad, bad, good, bad, good."""
    found = sampled(dataset, 6)
    ReviewRules.objects.update(gold_rate=0.0)
    say(project, cast.reviewer, "good", "bad", "bad", "good", "bad", "good")
    return [item.example for item in queue_of(found)]


@pytest.fixture
def doubted(examples: list[Example], project: Project) -> list[Example]:
    """Two examples that wait for a second look: the first bad one, which it is surest of, and the first good one."""
    doubting(project, {examples[1].pk: 0.99, examples[0].pk: 0.03, examples[3].pk: 0.3})
    assert second_looks_fill(project=project) == 2
    return [examples[1], examples[0]]
