"""The last step of a release: its file is hashed, card and manifest written, the folder given its final name."""

import json
import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

from django.db.models import Count
from django.utils import timezone

from jobs.failpoints import failpoint
from jobs.models import Job
from review.cards import CARD_NAME, card_of
from review.manifests import (
    MANIFEST_NAME,
    Counts,
    Manifest,
    ReleasedFile,
    released_file,
)
from review.models import Release, ReleaseFile, ReleaseItem
from review.queries.releases import release_folder
from review.sampling import Census
from review.services.release_writing import data_name, partial_folder

STREAM = 10_000


def release_finish(job: Job) -> dict[str, Any]:
    """Complete a release; started again after it was killed anywhere, it ends with the same bytes."""
    release = Release.objects.get(pk=job.payload["release"])
    state = job.parts.get().checkpoint
    partial, final = partial_folder(release), release_folder(release)
    if not final.exists():
        _describe(release, state, partial)
        failpoint("release.before_rename")
        partial.rename(final)
        folder_sync(final.parent)
    failpoint("release.after_rename")
    release.manifest = json.loads((final / MANIFEST_NAME).read_bytes())
    files = [ReleasedFile(**file) for file in release.manifest["files"]]
    files.append(replace(released_file(final, MANIFEST_NAME), examples=0))
    ReleaseFile.objects.bulk_create(
        ReleaseFile(
            release=release, path=file.path, sha256=file.sha256, size=file.bytes, examples=file.examples
        )
        for file in files
    )
    release.examples, release.done_at = state["examples"], timezone.now()
    release.save(update_fields=["manifest", "examples", "done_at"])
    began = job.started_at or job.created_at
    seconds = round((release.done_at - began).total_seconds(), 3)
    return {"release": release.name, "examples": release.examples, "seconds": seconds}


def release_abandon(job: Job) -> None:
    """Remove what a release that failed or was cancelled has written; the release stays as a record of that."""
    release = Release.objects.get(pk=job.payload["release"])
    ReleaseItem.objects.filter(release=release).delete()
    shutil.rmtree(partial_folder(release), ignore_errors=True)


def _describe(release: Release, state: dict[str, Any], folder: Path) -> None:
    """Write the card, then the manifest, which names the card's sum; the card names those of the examples only."""
    data = released_file(folder, data_name(release))
    manifest = _manifest(release, state, data)
    _write(folder / CARD_NAME, card_of(manifest))
    card = replace(released_file(folder, CARD_NAME), examples=0)
    _write(folder / MANIFEST_NAME, replace(manifest, files=(data, card)).to_bytes())


def _manifest(release: Release, state: dict[str, Any], data: ReleasedFile) -> Manifest:
    facts = Manifest.from_dict(release.manifest)
    items = ReleaseItem.objects.filter(release=release)
    counts = Counts(
        examples=state["examples"],
        by_dataset=_by(items, "example__dataset__slug"),
        by_source=_by(items, "example__dataset__source"),
        dropped=facts.counts.dropped,
        held_back=facts.counts.held_back,
        left_out=state["left_out"],
        lossy=state["lossy"],
        by_language=facts.counts.by_language,
    )
    return replace(facts, counts=counts, files=(data,), example_ids_digest=_ids_digest(items))


def _by(items: Any, field: str) -> dict[str, int]:
    return {
        row[field]: row["count"] for row in items.values(field).annotate(count=Count("pk")).order_by(field)
    }


def _ids_digest(items: Any) -> str:
    census = Census()
    ids = items.order_by("example__public_id").values_list("example__public_id", flat=True)
    for _ in census.watch(ids.iterator(chunk_size=STREAM)):
        pass
    return census.digest()


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    folder_sync(path.parent)


def folder_sync(folder: Path) -> None:
    """Have the names in a folder written to the disk."""
    # A new name is on the disk only once its folder is.
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
