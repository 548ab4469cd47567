"""A worker is killed at every step of a release; after a restart its files are whole and the manifest's sums match."""

import json
from pathlib import Path

import pytest

from annotate.models import Dataset, Example
from jobs.models import Job
from review.manifests import verify_manifest
from review.queries.releases import release_folder
from review.services.decisions import decision_record
from review.services.releases import release_create
from tests.cast import Cast, conversation
from tests.faults.conftest import RealWorker, over, until
from tests.review.scene import measure

pytestmark = pytest.mark.faults

EXAMPLES = 250


@pytest.fixture
def started(transactional_db: None, cast: Cast, dataset: Dataset, settings: object, tmp_path: Path) -> Job:
    """Ask for a release of three chunks, to be written where the worker writes."""
    settings.MEDIA_ROOT = tmp_path / "files"  # type: ignore[attr-defined]
    texts = [conversation(question=f"Why does loaf {number} rise?") for number in range(EXAMPLES)]
    Example.objects.bulk_create(
        [
            Example(
                dataset=dataset, turns=text.as_json(), content_hash=text.content_hash(), author=cast.annotator
            )
            for text in texts
        ]
    )
    measure(Example.objects.all())
    decision_record(dataset=dataset, verdict="accepted", note="", by=cast.manager)
    job = release_create(project=dataset.project, format="alpaca", by=cast.manager).job
    assert job is not None
    return job


@pytest.mark.parametrize(
    "failpoint",
    [
        "release.after_freeze",
        "release.before_checkpoint:2",
        "release.after_checkpoint:2",
        "release.before_rename",
        "release.after_rename",
        "job.after_finish",
    ],
)
def test_killed_at(real_worker: RealWorker, started: Job, failpoint: str) -> None:
    real_worker.start(failpoint)
    real_worker.wait_for_death()
    real_worker.restart()
    until(lambda: over(started), f"the release is over; the worker said:\n{real_worker.said()[-3000:]}")
    assert started.state == Job.State.DONE, started.error
    folder = release_folder(started.release)
    assert verify_manifest(folder) == []
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]
    entry, card = json.loads((folder / "manifest.json").read_bytes())["files"]
    assert card["path"] == "README.md"
    released = [json.loads(line) for line in (folder / entry["path"]).read_bytes().splitlines()]
    asked = [record["instruction"] for record in released]
    assert asked == [f"Why does loaf {number} rise?" for number in range(EXAMPLES)]
